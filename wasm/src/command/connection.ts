// What `peer` asks of a connection, whichever way it signals; and what both ways share: they watch the same transports.
import type {
  RTCDataChannel,
  RTCDtlsTransport,
  RTCIceCandidatePair,
  RTCIceTransport,
  RTCNetworkChangeEvent,
  RTCPeerConnectionIceErrorEvent,
  RTCSctpTransport,
} from "../api.js";
import type { ChannelParameters } from "./argument_values.js";
import type { JsonObject } from "./json.js";
import { type Problem, problem, toProblem } from "./problem.js";

export type StateOf = "gathering" | "ice" | "dtls" | "sctp" | "connection";

export interface ConnectionObserver {
  /** A line of signalling, to be sent to the peer. */
  onSignal(line: JsonObject): void;
  onState(of: StateOf, state: string): void;
  onSelectedPair(pair: RTCIceCandidatePair): void;
  onNetworkChange?(change: RTCNetworkChangeEvent): void;
  onChannel(channel: RTCDataChannel): void;
  /** A server that could not be used, a line that was refused: the connection goes on. */
  onTrouble(problem: Problem): void;
  /** SCTP is up. */
  onConnected(): void;
  /** The last event, but for states: the peer has ended the connection, or an error has. */
  onEnded(problem: Problem | undefined): void;
}

export abstract class Connection {
  #observer: ConnectionObserver | undefined;
  /** Why a transport is about to fail. */
  #lastProblem: Problem | undefined;
  #stays = false;
  #connected = false;
  #ended = false;
  #stopping = false;
  readonly #told = new Map<StateOf, string>();

  /** Channels may have been created before. Once. `stays`: where ICE fails, that is trouble, and no end. */
  start(observer: ConnectionObserver, stays: boolean): void {
    this.#observer = observer;
    this.#stays = stays;
    this.begin();
  }
  protected abstract begin(): void;

  /** A line of the peer's signalling. What is wrong with it is thrown, or told as trouble if it shows later. */
  abstract take(line: JsonObject): void;
  /** Rejects with an InvalidStateError before there is something to restart. */
  abstract restartIce(): Promise<void>;
  abstract createDataChannel(parameters: ChannelParameters): RTCDataChannel;
  /** With the transports below it. null as long as nothing has been negotiated. */
  abstract get sctp(): RTCSctpTransport | null;
  /** Ends everything at once; resolves after the last state. */
  abstract stop(): Promise<void>;

  get connected(): boolean {
    return this.#connected;
  }

  /** Tells of the transport and of those below it, from now on. */
  protected watch(sctp: RTCSctpTransport): void {
    this.#watchIce(sctp.transport.transport);
    this.#watchDtls(sctp.transport);
    sctp.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    sctp.onstatechange = () => {
      this.tellState("sctp", sctp.state);
      if (sctp.state === "connected" && !this.#connected) {
        this.#connected = true;
        this.#observer?.onConnected();
      }
      // A peer that ends with ABORT, as aiortc does, has ended and not failed.
      if (sctp.state === "closed") this.end(undefined);
    };
  }

  #watchIce(ice: RTCIceTransport): void {
    ice.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    // Told once ICE has settled on it: until then another may be nominated.
    let told = true;
    const tellPair = () => {
      const pair = ice.state === "completed" && !told ? ice.getSelectedCandidatePair() : null;
      if (!pair) return;
      told = true;
      this.#observer?.onSelectedPair(pair);
    };
    ice.onselectedcandidatepairchange = () => {
      told = false;
      tellPair();
    };
    ice.onstatechange = () => {
      tellPair();
      this.tellState("ice", ice.state);
      this.onTransportState();
      if (ice.state === "failed") this.#lostPath();
    };
  }

  #watchDtls(dtls: RTCDtlsTransport): void {
    dtls.onerror = ({ error }) => (this.#lastProblem = toProblem(error));
    dtls.onstatechange = () => {
      this.tellState("dtls", dtls.state);
      this.onTransportState();
      if (dtls.state === "failed") this.#failed("The DTLS handshake failed.");
      if (dtls.state === "closed") this.end(undefined);
    };
  }

  /** ICE or DTLS has told a new state. */
  protected onTransportState(): void {}

  /** A change. Two of one turn find the state of the second one when they are told. */
  protected tellState(of: StateOf, state: string): void {
    if (this.#told.get(of) === state) return;
    this.#told.set(of, state);
    this.#observer?.onState(of, state);
  }

  protected tellNetworkChange(change: RTCNetworkChangeEvent): void {
    if (!this.#stopping) this.#observer?.onNetworkChange?.(change);
  }
  protected tellSignal(line: JsonObject): void {
    this.#observer?.onSignal(line);
  }
  protected tellChannel(channel: RTCDataChannel): void {
    this.#observer?.onChannel(channel);
  }

  /** Once it is stopping, there is none. */
  protected tellTrouble(why: Problem): void {
    if (!this.#stopping) this.#observer?.onTrouble(why);
  }

  protected tellServerTrouble({ url, errorCode, errorText }: RTCPeerConnectionIceErrorEvent): void {
    const where = url === "" ? "" : `${url}: ${errorCode} `;
    this.tellTrouble(problem("NetworkError", where + errorText));
  }

  #lostPath(): void {
    const why = this.#lastProblem ?? problem("NetworkError", "No path to the peer works (any more).");
    this.#lastProblem = undefined;
    if (!this.#stays) return this.end(why);
    this.tellTrouble(why); // restart-ice may find another
  }

  #failed(sentence: string): void {
    this.end(this.#lastProblem ?? problem("NetworkError", sentence));
  }

  protected end(why: Problem | undefined): void {
    if (this.#ended || this.#stopping) return;
    this.#ended = true;
    void this.statesTold().then(() => this.#observer?.onEnded(why));
  }
  /** Resolves when all states that belong to what has happened were told. */
  protected statesTold(): Promise<void> {
    return Promise.resolve();
  }

  protected get isStopping(): boolean {
    return this.#stopping;
  }
  /** To be called first in stop(). */
  protected stopping(): void {
    this.#stopping = true;
  }
}
