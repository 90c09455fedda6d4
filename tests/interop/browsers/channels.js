// The data channels of one RTCPeerConnection: what CLI.md says of channels, messages and their ends.

function toBase64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = "";
  // String.fromCharCode takes its characters from the stack, which is small.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

export class Channels {
  #connection;
  #options;
  #print;
  #byLabel = new Map();

  constructor(connection, options, print) {
    this.#connection = connection;
    this.#options = options;
    this.#print = print;
    connection.addEventListener("datachannel", ({ channel }) => this.#adopt(channel));
  }

  create({ label, init }) {
    this.#adopt(this.#connection.createDataChannel(label, init));
  }

  /** The channel, or an InvalidStateError. */
  find(label) {
    const channel = this.#byLabel.get(label);
    if (!channel) throw new DOMException(`There is no channel "${label}".`, "InvalidStateError");
    return channel;
  }

  send({ label, text, base64 }) {
    this.find(label).send(text ?? fromBase64(base64));
  }

  #adopt(channel) {
    this.#byLabel.set(channel.label, channel);
    channel.binaryType = "arraybuffer";
    const received = { bytes: 0, messages: 0, began: performance.now() };
    const tell = (event) => {
      const { label, id, protocol, ordered, negotiated, maxRetransmits, maxPacketLifeTime } = channel;
      this.#print({ event, label, id, protocol, ordered, negotiated, maxRetransmits, maxPacketLifeTime });
    };
    // Firefox says "open" of a channel that it was offered after the event that brings it, Chromium before or after.
    if (channel.readyState === "open") tell("open");
    else channel.addEventListener("open", () => tell("open"));
    channel.addEventListener("message", ({ data }) => this.#onMessage(channel, data, received));
    channel.addEventListener("error", ({ error }) => this.#print({ event: "error", name: error.name, message: error.message }));
    channel.addEventListener("close", () => {
      if (this.#options.quiet) this.#tellCount(channel.label, received);
      tell("close");
    });
  }

  #onMessage(channel, data, received) {
    const isText = typeof data === "string";
    const bytes = isText ? new TextEncoder().encode(data).length : data.byteLength;
    received.bytes += bytes;
    received.messages += 1;
    if (!this.#options.quiet) {
      this.#print({ event: "message", label: channel.label, bytes, ...(isText ? { text: data } : { base64: toBase64(data) }) });
    }
    if (this.#options.echoes) channel.send(data);
  }

  #tellCount(label, { bytes, messages, began }) {
    const seconds = (performance.now() - began) / 1000;
    this.#print({ event: "done", direction: "receive", label, bytes, total: 0, messages, seconds });
  }
}
