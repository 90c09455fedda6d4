// As many bytes as the channel takes, until told to stop.
import { room, type Traffic } from "./traffic.js";

export const floodLabel = "flood";
const messageBytes = 64 * 1024;

export class Flood {
  readonly #channel: RTCDataChannel;
  readonly #traffic: Traffic;
  readonly #message: Uint8Array<ArrayBuffer>;
  #on = true;

  constructor(channel: RTCDataChannel, maxMessageBytes: number, traffic: Traffic) {
    this.#channel = channel;
    this.#traffic = traffic;
    this.#message = new Uint8Array(Math.min(messageBytes, maxMessageBytes));
  }

  async run(): Promise<void> {
    while (this.#on) {
      await room(this.#channel);
      if (!this.#on || this.#channel.readyState !== "open") return;
      this.#traffic.send(this.#channel, this.#message);
    }
  }

  stop(): void {
    this.#on = false;
    this.#channel.close();
  }
}
