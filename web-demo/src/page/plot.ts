// A plot of the last half minute, by uPlot.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const seconds = 30;
const samplesPerSecond = 4;
const count = seconds * samplesPerSecond + 1;
const times = Array.from({ length: count }, (_, index) => index / samplesPerSecond - seconds);

export interface Line {
  /** A colour of the style sheet. */
  colour: string;
  fill: boolean;
}

export class Plot {
  readonly #plot: uPlot;
  readonly #lines: (number | null)[][];

  constructor(element: HTMLElement, lines: readonly Line[], least: number) {
    this.#lines = lines.map(() => Array.from({ length: count }, () => null));
    const colour = (name: string) => () => colourOf(element, name);
    const axis: uPlot.Axis = {
      stroke: colour("--soft"),
      font: `11px ${getComputedStyle(element).fontFamily}`,
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      ...sizeOf(element),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 12, 0, 0],
      scales: {
        x: { time: false, range: [-seconds, 0] },
        // Its top is a round number above all that is shown, so that it does not tremble.
        y: { range: (_, _lowest, highest: number | null) => [0, ceiling(Math.max(least, highest ?? 0))] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          splits: () => [-30, -20, -10, 0],
          values: (_, splits) => splits.map((split) => (split === 0 ? "now" : `${String(-split)} s`)),
        },
        {
          ...axis,
          grid: { stroke: colour("--line"), width: 1 },
          size: 38,
          space: 36,
          values: (_, splits) => splits.map((split) => String(Number(split.toPrecision(3)))),
        },
      ],
      series: [
        {},
        ...lines.map((line): uPlot.Series => ({
          stroke: colour(line.colour),
          width: 1.75,
          points: { show: false },
          ...(line.fill ? { fill: () => faint(colourOf(element, line.colour)) } : {}),
        })),
      ],
    };
    this.#plot = new uPlot(options, this.#data(), element);
    new ResizeObserver(() => this.#plot.setSize(sizeOf(element))).observe(element);
  }

  /** One value for each line; null is a gap. */
  push(...values: (number | null)[]): void {
    this.#lines.forEach((line, index) => {
      line.shift();
      line.push(values[index] ?? null);
    });
    this.#plot.setData(this.#data());
  }

  clear(): void {
    for (const line of this.#lines) line.fill(null);
    this.#plot.setData(this.#data());
  }

  /** In the colours of now. */
  redraw(): void {
    this.#plot.redraw(false, true);
  }

  highest(line: number): number | null {
    const values = this.#lines[line]?.filter((value) => value !== null) ?? [];
    return values.length === 0 ? null : Math.max(...values);
  }

  #data(): uPlot.AlignedData {
    return [times, ...this.#lines];
  }
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(element.clientWidth, 100), height: Math.max(element.clientHeight, 100) };
}

/** The next of 1, 2, 4, 5, 8 times a power of ten. */
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 5, 8, 10].find((factor) => factor * power >= value * 1.05);
  return (step ?? 20) * power;
}

/** A canvas knows no custom properties: an element is asked. */
function colourOf(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const colour = getComputedStyle(element).color;
  element.style.color = before;
  return colour;
}

function faint(colour: string): string {
  return colour.replace("rgb(", "rgba(").replace(")", ", 0.12)");
}
