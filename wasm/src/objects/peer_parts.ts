// What belongs to a connection: its channels, and the transports that were asked for.
import { Adopted, type Connection } from "./adoption.js";
import type { CoreObject } from "./core_object.js";
import { RTCDataChannel, type ChannelHost } from "./data_channel.js";

export class PeerParts {
  /** Those that are not closed: one that someone listens to must not go because nobody holds it. */
  readonly #channels = new Set<RTCDataChannel>();
  /** By the core's numbers. */
  readonly #transports = new Map<number, CoreObject>();

  get hasChannels(): boolean {
    return this.#channels.size > 0;
  }
  addChannel(handle: number, host: ChannelHost): RTCDataChannel {
    const channel = new RTCDataChannel(handle, host);
    this.#channels.add(channel);
    return channel;
  }
  forgetChannel(channel: RTCDataChannel): void {
    this.#channels.delete(channel);
  }

  /** The one object for a number of the core's. */
  transport<T extends object>(handle: number, owner: Connection, make: (adopted: Adopted) => T): T {
    const known = this.#transports.get(handle);
    if (known) return known as unknown as T;
    const made = make(new Adopted(handle, owner));
    this.#transports.set(handle, made as unknown as CoreObject);
    return made;
  }

  /** Whether their connection is under way has changed. */
  review(): void {
    for (const channel of this.#channels) channel._review();
    for (const transport of this.#transports.values()) transport._review();
  }
  /** All was told: the core's transports are let go of. */
  finish(): void {
    for (const transport of this.#transports.values()) transport._finish();
  }
}
