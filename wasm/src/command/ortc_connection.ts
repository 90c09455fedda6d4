// ICE, DTLS and SCTP of one peer, started and stopped as one. What `peer`, `send` and `receive` have in common, and
// the shortest complete use of the library.
import {
  BridgeTransport,
  type RTCCertificate,
  type RTCDataChannel,
  type RTCDtlsParameters,
  RTCDtlsTransport,
  type RTCIceCandidate,
  type RTCIceCandidatePair,
  RTCIceGatherer,
  type RTCIceParameters,
  type RTCIceStartRole,
  RTCIceTransport,
  RTCSctpTransport,
} from "../api.js";
import type { ChannelParameters } from "./argument_values.js";
import type { IceArguments } from "./arguments.js";
import type { OrtcParameters } from "./ortc_parameters.js";
import { fail, type Problem, problem, toProblem } from "./problem.js";

export interface ConnectionOptions {
  ice: IceArguments;
  /** Unless one of the two sides is ICE-lite. */
  controlling: boolean;
  certificate?: RTCCertificate;
}

export type StateOf = "gathering" | "ice" | "dtls" | "sctp" | "connection";

export interface ConnectionObserver {
  /** To be sent to the peer: once gathering is complete, and again after each ICE restart. */
  onLocalParameters(parameters: OrtcParameters): void;
  onState(of: StateOf, state: string): void;
  onSelectedPair(pair: RTCIceCandidatePair): void;
  onChannel(channel: RTCDataChannel): void;
  /** A server that could not be used, a candidate that was refused: the connection goes on. */
  onTrouble(problem: Problem): void;
  /** SCTP is up. */
  onConnected(): void;
  /** The last event, but for states: the peer has ended the connection, or an error has. */
  onEnded(problem: Problem | undefined): void;
}

function makeGatherer(ice: IceArguments): RTCIceGatherer {
  const { url, token } = ice.bridge ?? {};
  return new RTCIceGatherer({
    iceServers: ice.iceServers,
    iceTransportPolicy: ice.relayOnly ? "relay" : "all",
    iceLite: ice.iceLite,
    bindAddresses: ice.bindAddresses,
    includeLoopback: ice.includeLoopback,
    ...(ice.portRange ? { portRange: ice.portRange } : {}),
    ...(url !== undefined ? { transport: new BridgeTransport(url, token !== undefined ? { token } : {}) } : {}),
  });
}

export class OrtcConnection {
  readonly gatherer: RTCIceGatherer;
  readonly ice: RTCIceTransport;
  readonly dtls: RTCDtlsTransport;
  readonly sctp: RTCSctpTransport;
  readonly #options: ConnectionOptions;
  readonly #observer: ConnectionObserver;
  #remote: OrtcParameters | undefined;
  /** Why a transport is about to fail. */
  #lastProblem: Problem | undefined;
  #connectionState = "new";
  /** Our own ICE restart waits for the peer's new parameters. */
  #restartAsked = false;
  #connected = false;
  #ended = false;
  #stopping = false;
  readonly #told = new Map<StateOf, string>();
  /** What the peer sent and what was asked for takes effect in order, also when it takes time (restarting binds). */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionOptions, observer: ConnectionObserver) {
    this.#options = options;
    this.#observer = observer;
    this.gatherer = makeGatherer(options.ice);
    this.ice = new RTCIceTransport(this.gatherer);
    this.dtls = new RTCDtlsTransport(this.ice, options.certificate ? [options.certificate] : []);
    this.sctp = new RTCSctpTransport(this.dtls);
    this.#watchIce();
    this.#watchDtls();
    this.#watchSctp();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** A change. Two of one turn find the state of the second one when they are told. */
  #tellState(of: StateOf, state: string): void {
    if (this.#told.get(of) === state) return;
    this.#told.set(of, state);
    this.#observer.onState(of, state);
  }

  #watchIce(): void {
    const { gatherer, ice } = this;
    gatherer.onstatechange = () => this.#tellState("gathering", gatherer.state);
    gatherer.onicecandidateerror = ({ url, errorCode, errorText }) => {
      const where = url === "" ? "" : `${url}: ${errorCode} `;
      this.#observer.onTrouble(problem("NetworkError", where + errorText));
    };
    ice.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    ice.onselectedcandidatepairchange = () => {
      const pair = ice.getSelectedCandidatePair();
      if (pair) this.#observer.onSelectedPair(pair);
    };
    ice.onstatechange = () => {
      this.#tellState("ice", ice.state);
      this.#updateConnectionState();
      if (ice.state === "failed") this.#failed("No path to the peer works (any more).");
    };
  }

  #watchDtls(): void {
    const { dtls } = this;
    dtls.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    dtls.onstatechange = () => {
      this.#tellState("dtls", dtls.state);
      this.#updateConnectionState();
      if (dtls.state === "failed") this.#failed("The DTLS handshake failed.");
      if (dtls.state === "closed") this.#end(undefined);
    };
  }

  #watchSctp(): void {
    const { sctp } = this;
    sctp.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    sctp.ondatachannel = ({ channel }) => this.#observer.onChannel(channel);
    sctp.onstatechange = () => {
      this.#tellState("sctp", sctp.state);
      if (sctp.state === "connected") {
        this.#connected = true;
        this.#observer.onConnected();
      }
      // A peer that ends with ABORT, as aiortc does, has ended and not failed.
      if (sctp.state === "closed") this.#end(undefined);
    };
  }

  /** Gathers. */
  start(): void {
    this.gatherer.gather().then(
      () => this.#tellLocalParameters(),
      (reason: unknown) => this.#end(toProblem(reason)),
    );
  }

  #tellLocalParameters(): void {
    if (this.#stopping) return;
    this.#observer.onLocalParameters({
      ice: this.gatherer.getLocalParameters(),
      candidates: this.gatherer.getLocalCandidates(),
      dtls: this.dtls.getLocalParameters(),
      sctp: RTCSctpTransport.getCapabilities(),
      sctpPort: this.sctp.port,
    });
  }

  #inOrder(task: () => void | Promise<void>): Promise<void> {
    const result = this.#work.then(() => (this.#stopping ? undefined : task()));
    // Whoever asked hears of a failure; what comes next runs all the same.
    this.#work = result.catch(() => undefined);
    return result;
  }

  // RFC 8445 §6.1.1: a full agent controls a lite one; of two alike the offerer does.
  #roleFor(remote: RTCIceParameters): RTCIceStartRole {
    const { ice, controlling } = this.#options;
    if (ice.iceLite !== (remote.iceLite ?? false)) return ice.iceLite ? "controlled" : "controlling";
    return controlling ? "controlling" : "controlled";
  }

  // ORTC's rule for two automatic sides, that the controlling one is the DTLS server, taken from the ICE roles that
  // signalling gave them: those of the checks may change while one side has not started yet (RFC 8445 §7.3.1.1).
  #withRole(remote: OrtcParameters): RTCDtlsParameters {
    if (remote.dtls.role !== "auto") return remote.dtls;
    return { ...remote.dtls, role: this.#roleFor(remote.ice) === "controlling" ? "client" : "server" };
  }

  /** The peer's parameters. The first starts everything; later ones with new ICE credentials are an ICE restart of the
   * peer's, which is answered by new parameters of our own, or the answer to ours. Rejects with the calls' errors. */
  accept(remote: OrtcParameters): Promise<void> {
    return this.#inOrder(() => (this.#remote ? this.#acceptAgain(remote, this.#remote) : this.#acceptFirst(remote)));
  }

  #acceptFirst(remote: OrtcParameters): void {
    this.#startIce(remote);
    // Refused fingerprints leave ICE to its checks; the peer's next parameters begin here again.
    forgetOutcome(this.dtls.start(this.#withRole(remote)));
    this.#remote = remote;
    try {
      forgetOutcome(this.sctp.start(remote.sctp, remote.sctpPort));
    } catch (thrown) {
      this.#end(toProblem(thrown));
    }
  }

  async #acceptAgain(remote: OrtcParameters, known: OrtcParameters): Promise<void> {
    // RFC 8842 §5.1: an ICE restart keeps the DTLS association, and so its certificate.
    if (JSON.stringify(remote.dtls.fingerprints) !== JSON.stringify(known.dtls.fingerprints)) {
      fail("InvalidStateError", "The peer's certificate can't change in a connection.");
    }
    if (JSON.stringify(remote.ice) === JSON.stringify(known.ice)) return;
    const answered = this.#restartAsked;
    this.#restartAsked = false;
    if (!answered) await this.ice.restart();
    this.#startIce(remote);
    this.#remote = remote;
    if (!answered) this.#tellLocalParameters();
  }

  #startIce(remote: OrtcParameters): void {
    forgetOutcome(this.ice.start(remote.ice, this.#roleFor(remote.ice)));
    for (const candidate of remote.candidates) this.#add(candidate);
    // One line has them all. A line without any says that they come in lines of their own.
    if (remote.candidates.length > 0) this.#add(null);
  }

  /** null: no more come. */
  addCandidate(candidate: RTCIceCandidate | null): void {
    void this.#inOrder(() => this.#add(candidate));
  }

  #add(candidate: RTCIceCandidate | null): void {
    const refused = (why: unknown): void => {
      if (!this.#stopping) this.#observer.onTrouble(toProblem(why));
    };
    try {
      this.ice.addRemoteCandidate(candidate).catch(refused);
    } catch (thrown) {
      refused(thrown);
    }
  }

  /** Rejects with an InvalidStateError before the start. */
  restartIce(): Promise<void> {
    return this.#inOrder(async () => {
      if (!this.#remote) fail("InvalidStateError", "ICE has not started: there is nothing to restart.");
      await this.ice.restart();
      this.#restartAsked = true;
      this.#tellLocalParameters();
    });
  }

  createDataChannel({ label, ...init }: ChannelParameters): RTCDataChannel {
    return this.sctp.createDataChannel(label, init);
  }

  // W3C webrtc-pc §4.3.3 RTCPeerConnectionState, of one ICE and one DTLS transport.
  #currentConnectionState(): string {
    const ice = this.ice.state;
    const dtls = this.dtls.state;
    if (ice === "closed" || dtls === "closed") return "closed";
    if (ice === "failed" || dtls === "failed") return "failed";
    if (ice === "disconnected") return "disconnected";
    if (ice === "new" && dtls === "new") return "new";
    const path = ice === "connected" || ice === "completed";
    return path && dtls === "connected" ? "connected" : "connecting";
  }

  #updateConnectionState(): void {
    const state = this.#currentConnectionState();
    if (state === this.#connectionState) return;
    this.#connectionState = state;
    this.#observer.onState("connection", state);
  }

  #failed(sentence: string): void {
    this.#end(this.#lastProblem ?? problem("NetworkError", sentence));
  }

  #end(why: Problem | undefined): void {
    if (this.#ended || this.#stopping) return;
    this.#ended = true;
    queueMicrotask(() => this.#observer.onEnded(why));
  }

  /** Ends everything at once; resolves after the last state. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const stopped = [this.sctp, this.dtls, this.ice].map(async (transport) => transport.stop());
    await Promise.allSettled(stopped);
  }
}

/** For an operation whose failure comes as a state, too. */
function forgetOutcome(operation: Promise<unknown>): void {
  operation.catch(() => undefined);
}
