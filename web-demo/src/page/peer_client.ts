// The page's end of the peer in the worker.
import type { Command, PeerEvent } from "../peer/messages.js";

export class PeerClient {
  readonly #onEvent: (event: PeerEvent) => void;
  readonly #onBroken: (why: string) => void;
  #worker: Worker | null = null;
  /** The core loads while the worker's module runs: what is posted meanwhile finds no listener, and is kept here. */
  #waiting: Command[] | null = [];

  constructor(onEvent: (event: PeerEvent) => void, onBroken: (why: string) => void) {
    this.#onEvent = onEvent;
    this.#onBroken = onBroken;
    this.start();
  }

  /** A worker that broke is replaced. */
  start(): void {
    if (this.#worker) return;
    const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "portico" });
    this.#waiting = [];
    worker.onmessage = ({ data }: MessageEvent<PeerEvent>) => {
      if (data.event === "ready") this.#flush(worker);
      this.#onEvent(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      if (this.#worker === worker) this.#worker = null;
      this.#onBroken(event.message || "The worker did not load.");
    };
    this.#worker = worker;
  }

  do(command: Command): void {
    if (this.#waiting) this.#waiting.push(command);
    else this.#worker?.postMessage(command);
  }

  #flush(worker: Worker): void {
    for (const command of this.#waiting ?? []) worker.postMessage(command);
    this.#waiting = null;
  }
}
