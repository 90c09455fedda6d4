// W3C webrtc-pc §6.3.
import { makeError } from "../errors.js";
import type { EventOptions } from "../events.js";
import { defineInterface, toDictionary } from "../webidl.js";
import { RTCDataChannel } from "./data_channel.js";

export class RTCDataChannelEvent extends Event {
  readonly #channel: RTCDataChannel;

  constructor(type: string, init: EventOptions & { channel: RTCDataChannel }) {
    const { channel } = toDictionary(init, "RTCDataChannelEventInit");
    super(type, init);
    if (!(channel instanceof RTCDataChannel)) {
      throw makeError("TypeError", "An RTCDataChannelEvent needs a channel, which is an RTCDataChannel.");
    }
    this.#channel = channel;
  }

  get channel(): RTCDataChannel {
    return this.#channel;
  }
}
defineInterface(RTCDataChannelEvent);
