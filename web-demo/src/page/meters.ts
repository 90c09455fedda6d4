// Round trip and throughput: the numbers of now, and the plots.
import { byId, setText } from "./dom.js";
import { digits } from "./format.js";
import { Plot } from "./plot.js";

const megabyte = 1_000_000;
/** Of samples, for a number that can be read while it moves. */
const smoothed = 4;
/** For a plot of nothing. */
const leastMilliseconds = 0.5;
const leastMegabytes = 1;
/** A description that changes at each sample would never be read to its end. */
const samplesPerDescription = 20;

export class Meters {
  readonly #roundTripElement = byId("round-trip-plot", HTMLElement);
  readonly #throughputElement = byId("throughput-plot", HTMLElement);
  readonly #roundTrip = new Plot(this.#roundTripElement, [{ colour: "--accent", fill: true }], leastMilliseconds);
  readonly #throughput = new Plot(
    this.#throughputElement,
    [
      { colour: "--accent", fill: true },
      { colour: "--second", fill: false },
    ],
    leastMegabytes,
  );
  #pending: number[] = [];
  #recent: number[] = [];
  #rates: number[] = [];
  #samples = 0;

  reset(): void {
    this.#pending = [];
    this.#recent = [];
    this.#rates = [];
    this.#roundTrip.clear();
    this.#throughput.clear();
    this.end();
  }

  /** There is no number of now any more; the plots stay. */
  end(): void {
    setText(byId("round-trip-now", HTMLElement), "–");
    setText(byId("throughput-now", HTMLElement), "–");
  }

  redraw(): void {
    this.#roundTrip.redraw();
    this.#throughput.redraw();
  }

  addRoundTrip(milliseconds: number): void {
    this.#pending.push(milliseconds);
    this.#recent = [...this.#recent, milliseconds].slice(-2 * smoothed);
  }

  /** The clock of both plots: four times a second. */
  addTraffic(sent: number, received: number): void {
    this.#roundTrip.push(this.#pending.length > 0 ? median(this.#pending) : null);
    this.#pending = [];
    this.#throughput.push(sent / megabyte, received / megabyte);
    this.#rates = [...this.#rates, Math.max(sent, received) / megabyte].slice(-smoothed);
    if (this.#recent.length > 0) setText(byId("round-trip-now", HTMLElement), digits(median(this.#recent)));
    setText(byId("throughput-now", HTMLElement), rateText(mean(this.#rates)));
    if (this.#samples++ % samplesPerDescription === 0) this.#describe();
  }

  #describe(): void {
    const slowest = this.#roundTrip.highest(0);
    const now = this.#recent.length > 0 ? digits(median(this.#recent)) : null;
    this.#roundTripElement.ariaLabel =
      slowest === null || now === null
        ? "Round trips of the last 30 seconds: none yet"
        : `Round trips of the last 30 seconds: now ${now} milliseconds, at most ${digits(slowest)}`;
    const [sent, received] = [this.#throughput.highest(0) ?? 0, this.#throughput.highest(1) ?? 0];
    this.#throughputElement.ariaLabel =
      `Throughput of the last 30 seconds: at most ${rateText(sent)} megabytes a second sent, ` +
      `${rateText(received)} received`;
  }
}

function rateText(megabytes: number): string {
  return megabytes < 0.05 ? "0" : megabytes.toFixed(1);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
