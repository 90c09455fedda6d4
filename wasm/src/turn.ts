// When the core gets its turn: in a microtask after the code that called it, and when its one timer is due.

/** The module asks for each deadline once, so a turn that came before it would be the last: clocks round, this is more. */
const lateMs = 0.01;
/** The longest delay that setTimeout() takes, about 24.8 days. */
const maxDelayMs = 0x7fffffff;

type TimerHandle = ReturnType<typeof setTimeout>;

export class Turn {
  readonly #run: () => void;
  #scheduled = false;
  #ended = false;
  #keepAlive = true;
  /** By performance.now(); Infinity: none. */
  #deadline = Infinity;
  #timer: TimerHandle | null = null;
  #timerDue = Infinity;

  constructor(run: () => void) {
    this.#run = run;
  }

  schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#ended) this.#run();
    });
  }

  /** Negative: none. A timer that is due no later than the new deadline stays: it sets the next one itself. */
  setTimer(delayMs: number): void {
    if (delayMs < 0 || this.#ended) {
      this.#deadline = Infinity;
      this.#clear();
      return;
    }
    this.#deadline = performance.now() + delayMs + lateMs;
    if (this.#timer !== null && this.#timerDue <= this.#deadline) return;
    this.#arm();
  }

  #arm(): void {
    this.#clear();
    const delay = Math.min(Math.max(0, Math.ceil(this.#deadline - performance.now())), maxDelayMs);
    this.#timerDue = performance.now() + delay;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (performance.now() < this.#deadline) {
        this.#arm();
      } else {
        this.#deadline = Infinity;
        this.#run();
      }
    }, delay);
    if (!this.#keepAlive) unref(this.#timer);
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerDue = Infinity;
  }

  /** Whether the timer keeps a Node process alive. */
  setKeepAlive(keep: boolean): void {
    this.#keepAlive = keep;
    if (this.#timer === null) return;
    if (keep) ref(this.#timer);
    else unref(this.#timer);
  }

  end(): void {
    this.#ended = true;
    this.#clear();
  }
}

// Node's timers are objects; a page's are numbers, and nothing there ends by itself.
function ref(timer: TimerHandle): void {
  if (typeof timer === "object") timer.ref();
}
function unref(timer: TimerHandle): void {
  if (typeof timer === "object") timer.unref();
}
