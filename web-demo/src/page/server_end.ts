// Signalling through the demo's server: to the native peer, or to the tab that knows the room.
import { type FromPage, readFromServer, type Signal } from "../../shared/signalling.js";
import type { FarSideObserver, SignallingEnd } from "./far_side.js";

export class ServerEnd implements SignallingEnd {
  readonly #socket: WebSocket;

  constructor(join: FromPage, observer: FarSideObserver) {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/signal`);
    this.#socket = socket;
    socket.onopen = () => this.#tell(join);
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = typeof data === "string" ? readFromServer(data) : null;
      if (!message) return;
      if ("role" in message) observer.onRole(message.role);
      else if ("signal" in message) observer.onSignal(message.signal);
      else if ("event" in message) observer.onNativeEvent(message.event);
      else observer.onEnded(message.ended);
    };
    socket.onclose = () => observer.onEnded("The demo’s server does not answer. Is scripts/demo --web still running?");
  }

  send(signal: Signal): void {
    this.#tell({ signal });
  }
  close(): void {
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #tell(message: FromPage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
