// The states of a connection's layers as they move. W3C's members say where each is found.
import { viewOf } from "./candidate.js";
import type { CandidateView, Layer } from "./messages.js";

export interface StatesObserver {
  onState(layer: Layer, state: string): void;
  onSelected(local: CandidateView, remote: CandidateView): void;
}

export class States {
  readonly #connection: RTCPeerConnection;
  readonly #observer: StatesObserver;
  readonly #last = new Map<Layer, string>();
  #sctp: RTCSctpTransport | null = null;

  constructor(connection: RTCPeerConnection, observer: StatesObserver) {
    this.#connection = connection;
    this.#observer = observer;
    for (const type of ["icegatheringstatechange", "iceconnectionstatechange", "signalingstatechange"]) {
      connection.addEventListener(type, () => this.look());
    }
    this.look();
  }

  /** The transports are there once a description is. */
  look(): void {
    this.#tell("gatherer", this.#connection.iceGatheringState);
    this.#tell("ice", this.#connection.iceConnectionState);
    const { sctp } = this.#connection;
    if (sctp && sctp !== this.#sctp) this.#watch(sctp);
    // W3C has no state before `connecting`, which is there from the first description on.
    const begun = sctp !== null && sctp.transport.state !== "new";
    this.#tell("dtls", sctp?.transport.state ?? "new");
    this.#tell("sctp", begun || sctp?.state === "closed" ? sctp.state : "new");
  }

  #watch(sctp: RTCSctpTransport): void {
    this.#sctp = sctp;
    const ice = sctp.transport.iceTransport;
    sctp.addEventListener("statechange", () => this.look());
    sctp.transport.addEventListener("statechange", () => this.look());
    ice.addEventListener("selectedcandidatepairchange", () => {
      const pair = ice.getSelectedCandidatePair();
      if (pair) this.#observer.onSelected(viewOf(pair.local), viewOf(pair.remote));
    });
  }

  #tell(layer: Layer, state: string): void {
    if (this.#last.get(layer) === state) return;
    this.#last.set(layer, state);
    this.#observer.onState(layer, state);
  }
}
