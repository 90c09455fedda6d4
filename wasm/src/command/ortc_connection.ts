// ICE, DTLS and SCTP of one peer, started and stopped as one, with ORTC's parameters as signalling. `send` and `receive`
// have it, and `peer --ortc`; and it is the shortest complete use of the library.
import {
  type RTCCertificate,
  type RTCDataChannel,
  type RTCDtlsParameters,
  RTCDtlsTransport,
  type RTCIceCandidate,
  RTCIceGatherer,
  type RTCIceParameters,
  type RTCIceStartRole,
  RTCIceTransport,
  RTCSctpTransport,
} from "../api.js";
import type { ChannelParameters } from "./argument_values.js";
import type { IceArguments } from "./arguments.js";
import { Connection } from "./connection.js";
import { iceOptions } from "./ice_options.js";
import { findString, has, type JsonObject } from "./json.js";
import { candidateFromJson, ortcFromJson, type OrtcParameters, ortcToJson } from "./ortc_parameters.js";
import { fail, toProblem } from "./problem.js";

export interface OrtcOptions {
  ice: IceArguments;
  /** Unless one of the two sides is ICE-lite. */
  controlling: boolean;
  certificate?: RTCCertificate;
}

/** It signals once gathering is complete, and again after each ICE restart. */
export class OrtcConnection extends Connection {
  readonly sctp: RTCSctpTransport;
  readonly #gatherer: RTCIceGatherer;
  readonly #ice: RTCIceTransport;
  readonly #dtls: RTCDtlsTransport;
  readonly #options: OrtcOptions;
  #remote: OrtcParameters | undefined;
  /** Our own ICE restart waits for the peer's new parameters. */
  #restartAsked = false;
  /** What the peer sent and what was asked for takes effect in order, also when it takes time (restarting binds). */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: OrtcOptions) {
    super();
    this.#options = options;
    this.#gatherer = new RTCIceGatherer(iceOptions(options.ice));
    this.#ice = new RTCIceTransport(this.#gatherer);
    this.#dtls = new RTCDtlsTransport(this.#ice, options.certificate ? [options.certificate] : []);
    this.sctp = new RTCSctpTransport(this.#dtls);
  }

  protected override begin(): void {
    const gatherer = this.#gatherer;
    gatherer.onstatechange = () => this.tellState("gathering", gatherer.state);
    gatherer.onicecandidateerror = (event) => this.tellServerTrouble(event);
    gatherer.onnetworkchange = (change) => {
      this.tellNetworkChange(change);
      const restart = this.#options.ice.networkChangePolicy === "restart" && change.restartNeeded;
      if (restart && !this.#restartAsked) this.restartIce().catch((why: unknown) => this.tellTrouble(toProblem(why)));
    };
    this.watch(this.sctp);
    this.sctp.ondatachannel = ({ channel }) => this.tellChannel(channel);
    gatherer.gather().then(
      () => this.#signal(),
      (reason: unknown) => this.end(toProblem(reason)),
    );
  }

  /** What the last signal has said. */
  localParameters(): OrtcParameters {
    return {
      ice: this.#gatherer.getLocalParameters(),
      candidates: this.#gatherer.getLocalCandidates(),
      dtls: this.#dtls.getLocalParameters(),
      sctp: RTCSctpTransport.getCapabilities(),
      sctpPort: this.sctp.port,
    };
  }

  #signal(): void {
    if (!this.isStopping) this.tellSignal({ ortc: ortcToJson(this.localParameters()) });
  }

  override take(line: JsonObject): void {
    if (has(line, "ortc")) this.#takeParameters(line["ortc"]);
    else if (has(line, "candidate")) this.#takeCandidate(line);
    else fail("NotSupportedError", "This peer runs with --ortc: it takes no SDP.");
  }

  #takeParameters(value: unknown): void {
    const { parameters, refused } = ortcFromJson(value);
    for (const why of refused) this.tellTrouble(why);
    this.accept(parameters).catch((why: unknown) => this.tellTrouble(toProblem(why)));
  }

  #takeCandidate(line: JsonObject): void {
    const text = findString(line, "candidate") ?? fail("TypeError", '"candidate" is a string.');
    const candidate = text === "" ? null : candidateFromJson(line);
    void this.#inOrder(() => this.#add(candidate));
  }

  #inOrder(task: () => void | Promise<void>): Promise<void> {
    const result = this.#work.then(() => (this.isStopping ? undefined : task()));
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
    forgetOutcome(this.#dtls.start(this.#withRole(remote)));
    this.#remote = remote;
    try {
      forgetOutcome(this.sctp.start(remote.sctp, remote.sctpPort));
    } catch (thrown) {
      this.end(toProblem(thrown));
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
    if (!answered) await this.#ice.restart();
    this.#startIce(remote);
    this.#remote = remote;
    if (!answered) this.#signal();
  }

  #startIce(remote: OrtcParameters): void {
    forgetOutcome(this.#ice.start(remote.ice, this.#roleFor(remote.ice)));
    for (const candidate of remote.candidates) this.#add(candidate);
    // One line has them all. A line without any says that they come in lines of their own.
    if (remote.candidates.length > 0) this.#add(null);
  }

  /** null: no more come. */
  #add(candidate: RTCIceCandidate | null): void {
    const refused = (why: unknown): void => this.tellTrouble(toProblem(why));
    try {
      this.#ice.addRemoteCandidate(candidate).catch(refused);
    } catch (thrown) {
      refused(thrown);
    }
  }

  override restartIce(): Promise<void> {
    return this.#inOrder(async () => {
      if (!this.#remote) fail("InvalidStateError", "ICE has not started: there is nothing to restart.");
      await this.#ice.restart();
      this.#restartAsked = true;
      this.#signal();
    });
  }

  override createDataChannel({ label, ...init }: ChannelParameters): RTCDataChannel {
    return this.sctp.createDataChannel(label, init);
  }

  // W3C webrtc-pc §4.3.3 RTCPeerConnectionState, of one ICE and one DTLS transport.
  #connectionState(): string {
    const ice = this.#ice.state;
    const dtls = this.#dtls.state;
    if (ice === "closed" || dtls === "closed") return "closed";
    if (ice === "failed" || dtls === "failed") return "failed";
    if (ice === "disconnected") return "disconnected";
    if (ice === "new" && dtls === "new") return "new";
    const path = ice === "connected" || ice === "completed";
    return path && dtls === "connected" ? "connected" : "connecting";
  }

  protected override onTransportState(): void {
    this.tellState("connection", this.#connectionState());
  }

  override async stop(): Promise<void> {
    this.stopping();
    const stopped = [this.sctp, this.#dtls, this.#ice].map(async (transport) => transport.stop());
    await Promise.allSettled(stopped);
  }
}

/** For an operation whose failure comes as a state, too. */
function forgetOutcome(operation: Promise<unknown>): void {
  operation.catch(() => undefined);
}
