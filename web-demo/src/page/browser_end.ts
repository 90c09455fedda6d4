// The browser's own RTCPeerConnection as the other side. It runs in the page: browsers have none in workers.
import type { Signal } from "../../shared/signalling.js";
import { Session } from "../peer/session.js";
import type { FarSideObserver, SignallingEnd } from "./far_side.js";

export class BrowserEnd implements SignallingEnd {
  readonly #session: Session;
  #closed = false;

  /** `stun`: the URL of a server that tells the browser its address. */
  constructor(stun: string, observer: FarSideObserver) {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: stun }] });
    this.#session = new Session(connection, { role: "answer", echoes: true }, (event) => {
      if (this.#closed) return;
      if (event.event === "signal") observer.onSignal(event.signal);
      else if (event.event === "problem") observer.onEnded(`The browser’s own peer: ${event.problem}`);
    });
    queueMicrotask(() => {
      if (!this.#closed) observer.onRole("offer");
    });
  }

  send(signal: Signal): void {
    this.#session.do({ command: "signal", signal });
  }
  close(): void {
    this.#closed = true;
    this.#session.close();
  }
}
