// Counts what goes over all channels, for the rates on the page.

/** What may wait in a channel: enough to keep the path busy between two turns, little enough for an honest progress bar. */
export const highWaterBytes = 1024 * 1024;
export const lowWaterBytes = 256 * 1024;

export class Traffic {
  /** Bytes given to send() of each channel; those in bufferedAmount have not left yet. */
  readonly #queued = new Map<RTCDataChannel, number>();
  #left = 0;
  #received = 0;
  #last = { sent: 0, received: 0, at: performance.now() };

  send(channel: RTCDataChannel, message: string | Uint8Array<ArrayBuffer>): void {
    if (typeof message === "string") channel.send(message);
    else channel.send(message);
    const bytes = typeof message === "string" ? message.length : message.byteLength;
    this.#queued.set(channel, (this.#queued.get(channel) ?? 0) + bytes);
  }

  receive(bytes: number): void {
    this.#received += bytes;
  }

  forget(channel: RTCDataChannel): void {
    this.#left += this.#queued.get(channel) ?? 0;
    this.#queued.delete(channel);
  }

  /** Bytes a second since the last call. */
  sample(): { sent: number; received: number } {
    const now = performance.now();
    const sent = this.#sent();
    const seconds = Math.max((now - this.#last.at) / 1000, 1e-3);
    const rates = {
      sent: Math.max(0, sent - this.#last.sent) / seconds,
      received: (this.#received - this.#last.received) / seconds,
    };
    this.#last = { sent, received: this.#received, at: now };
    return rates;
  }

  #sent(): number {
    let bytes = this.#left;
    for (const [channel, queued] of this.#queued) bytes += queued - channel.bufferedAmount;
    return bytes;
  }
}

/** Resolves when there is room in the channel again, or no channel. */
export function room(channel: RTCDataChannel): Promise<void> {
  if (channel.bufferedAmount < highWaterBytes || channel.readyState !== "open") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      channel.removeEventListener("bufferedamountlow", done);
      channel.removeEventListener("close", done);
      resolve();
    };
    channel.bufferedAmountLowThreshold = lowWaterBytes;
    channel.addEventListener("bufferedamountlow", done);
    channel.addEventListener("close", done);
  });
}
