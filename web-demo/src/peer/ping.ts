// Round trips on a channel of their own, which neither orders nor repeats: a lost one is a gap, and holds up nothing.
export const pingLabel = "ping";
export const pingInit: RTCDataChannelInit = { ordered: false, maxRetransmits: 0 };

const intervalMilliseconds = 250;
/** What takes longer counts as lost. */
const maxInFlight = 40;

export class Ping {
  readonly #channel: RTCDataChannel;
  readonly #sentAt = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #next = 0;

  /** Only while nothing else is under way: a ping behind or before a queue measures the queue. */
  constructor(channel: RTCDataChannel, isIdle: () => boolean, onRoundTrip: (milliseconds: number) => void) {
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string") return;
      const sentAt = this.#sentAt.get(data);
      if (this.#sentAt.delete(data) && sentAt !== undefined && isIdle()) onRoundTrip(performance.now() - sentAt);
    });
    this.#timer = setInterval(() => {
      if (isIdle()) this.#send();
      else this.#sentAt.clear();
    }, intervalMilliseconds);
  }

  #send(): void {
    if (this.#channel.readyState !== "open") return;
    const text = String(this.#next++);
    this.#sentAt.set(text, performance.now());
    const [oldest] = this.#sentAt.keys();
    if (this.#sentAt.size > maxInFlight && oldest !== undefined) this.#sentAt.delete(oldest);
    this.#channel.send(text);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
