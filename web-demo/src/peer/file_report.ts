// How a transfer tells of itself.
import type { FileView } from "./messages.js";

export type Report = (view: FileView) => void;

export function startedView(direction: FileView["direction"], id: number, name: string, total: number): FileView {
  return {
    direction,
    id,
    name,
    total,
    bytes: 0,
    seconds: 0,
    phase: "moving",
    here: null,
    there: null,
    problem: null,
    blob: null,
  };
}

export function finished(view: FileView, seconds: number): FileView {
  return { ...view, bytes: view.total, seconds, phase: "done" };
}

export function failed(view: FileView, problem: string): FileView {
  return { ...view, phase: "failed", problem };
}

const intervalMilliseconds = 100;

/** A stopwatch, and when it is time to tell again. */
export class Cadence {
  #began = performance.now();
  #told = 0;

  start(): void {
    this.#began = performance.now();
  }
  seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }
  due(): boolean {
    const now = performance.now();
    if (now - this.#told < intervalMilliseconds) return false;
    this.#told = now;
    return true;
  }
}
