// `--ping N`: N round trips, one after the other, on the channel `ping`; the peer sends back what it gets.
import type { RTCDataChannel } from "../api.js";
import { type Problem, problem, toProblem } from "./problem.js";
import { type ChannelUser, type Message, Stopwatch } from "./transfer.js";

/** Microseconds. */
export interface PingResult {
  n: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

export interface PingObserver {
  onResult(result: PingResult): void;
  onFailed(problem: Problem): void;
}

/** The number of the round, at the start of each message. */
const numberBytes = 4;

function evaluate(times: Float64Array): PingResult {
  times.sort();
  const at = (index: number): number => Math.floor(times[Math.min(times.length - 1, index)] ?? 0);
  const percentile = (percent: number): number => at(Math.floor((times.length * percent) / 100));
  return {
    n: times.length,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    max: at(times.length - 1),
  };
}

export class Ping implements ChannelUser {
  readonly #rounds: number;
  readonly #message: Uint8Array<ArrayBuffer>;
  readonly #observer: PingObserver;
  readonly #times: number[] = [];
  readonly #stopwatch = new Stopwatch();
  #channel: RTCDataChannel | undefined;
  #finished = false;

  constructor(rounds: number, messageBytes: number, observer: PingObserver) {
    this.#rounds = rounds;
    this.#message = new Uint8Array(Math.max(messageBytes, numberBytes));
    this.#observer = observer;
  }

  onOpen(channel: RTCDataChannel): void {
    this.#channel = channel;
    this.#sendNext();
  }

  #sendNext(): void {
    new DataView(this.#message.buffer).setUint32(0, this.#times.length);
    this.#stopwatch.start();
    try {
      this.#channel?.send(this.#message);
    } catch (thrown) {
      this.#fail(toProblem(thrown));
    }
  }

  onMessage(message: Message): void {
    if (this.#finished) return;
    if (!this.#isWhatWasSent(message)) {
      this.#fail(problem("DataError", "The peer does not send back what it gets: does it run with --echo?"));
      return;
    }
    this.#times.push(this.#stopwatch.milliseconds() * 1000);
    if (this.#times.length < this.#rounds) {
      this.#sendNext();
      return;
    }
    this.#finished = true;
    this.#observer.onResult(evaluate(Float64Array.from(this.#times)));
  }

  #isWhatWasSent(message: Message): boolean {
    if (typeof message === "string" || message.byteLength !== this.#message.length) return false;
    const bytes = new Uint8Array(message);
    return bytes.every((byte, index) => byte === this.#message[index]);
  }

  onBufferedAmountLow(): void {}

  onClose(): void {
    if (!this.#finished) this.#fail(problem("NetworkError", "The channel closed before the last round trip."));
  }

  unfinished(): boolean {
    return !this.#finished;
  }

  #fail(why: Problem): void {
    this.#finished = true;
    this.#observer.onFailed(why);
  }
}
