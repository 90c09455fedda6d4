// `--flood`: messages of one size, as fast as the channel takes them, for some time.
import type { RTCDataChannel, RTCSctpTransport } from "../api.js";
import { problem, toProblem } from "./problem.js";
import {
  Cadence,
  highWaterBytes,
  lowWaterBytes,
  Stopwatch,
  type TransferCount,
  type TransferObserver,
} from "./transfer.js";

/** Once the time is up nothing tells that the last byte was acknowledged but a look. */
const lookMilliseconds = 5;

/** In rounds of at most 256 KiB or 256 messages, so that small messages do not hold up the loop for long. */
const roundBytes = 256 * 1024;
const roundMessages = 256;

export class Flood {
  readonly #transport: RTCSctpTransport;
  readonly #channel: RTCDataChannel;
  readonly #milliseconds: number;
  readonly #message: Uint8Array<ArrayBuffer>;
  readonly #perRound: number;
  readonly #observer: TransferObserver;
  readonly #stopwatch = new Stopwatch();
  readonly #cadence = new Cadence();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #messages = 0;
  #timeIsUp = false;
  #finished = false;

  constructor(
    transport: RTCSctpTransport,
    channel: RTCDataChannel,
    seconds: number,
    messageBytes: number,
    observer: TransferObserver,
  ) {
    this.#transport = transport;
    this.#channel = channel;
    this.#milliseconds = seconds * 1000;
    this.#message = Uint8Array.from({ length: messageBytes }, (_, index) => index & 0xff);
    this.#perRound = Math.max(1, Math.min(roundMessages, Math.ceil(roundBytes / Math.max(1, messageBytes))));
    this.#observer = observer;
  }

  start(): void {
    this.#channel.bufferedAmountLowThreshold = lowWaterBytes;
    this.#stopwatch.start();
    this.#timer = setTimeout(() => this.#end(), this.#milliseconds);
    this.feed();
  }

  /** Also when the channel has room again. */
  feed(): void {
    if (this.#finished) return;
    try {
      while (!this.#timeIsUp && this.#channel.bufferedAmount < highWaterBytes) {
        for (let i = 0; i < this.#perRound; ++i) {
          this.#channel.send(this.#message);
          ++this.#messages;
        }
        // The clock is read once for each round: it would cost more than a message of 100 bytes does.
        this.#timeIsUp = this.#stopwatch.milliseconds() >= this.#milliseconds;
      }
    } catch (thrown) {
      this.stop();
      this.#observer.onFailed("send", toProblem(thrown));
      return;
    }
    if (this.#cadence.due()) this.#observer.onProgress("send", this.#count());
  }

  /** The time is up: what is queued has to arrive. */
  #end(): void {
    if (this.#finished) return;
    // A timer may come a little early.
    this.#timeIsUp = this.#stopwatch.milliseconds() >= this.#milliseconds;
    if (this.#timeIsUp && this.#transport.drained) {
      this.stop();
      this.#observer.onDone("send", this.#count());
      return;
    }
    if (this.#cadence.due()) this.#observer.onProgress("send", this.#count());
    this.#timer = setTimeout(() => this.#end(), lookMilliseconds);
  }

  /** Nothing comes any more. */
  stop(): void {
    this.#finished = true;
    clearTimeout(this.#timer);
  }

  onClose(): void {
    if (this.#finished) return;
    this.stop();
    this.#observer.onFailed("send", problem("NetworkError", "The channel closed before all was delivered."));
  }

  #count(): TransferCount {
    const bytes = this.#messages * this.#message.length;
    return {
      label: this.#channel.label,
      bytes: this.#finished ? bytes : bytes - Math.min(bytes, this.#channel.bufferedAmount),
      total: 0,
      messages: this.#messages,
      seconds: this.#stopwatch.seconds(),
      sha256: null,
    };
  }
}
