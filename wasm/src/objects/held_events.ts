// Events that W3C has in tasks of their own, where the core has them in one turn: who awaits the first sees the state of the
// first, and has time to listen for the next.
import { core } from "../core.js";

export class HeldEvents {
  #held: (() => void)[] | null = null;

  /** At once, or behind those that are held. */
  tell(event: () => void): void {
    if (this.#held) this.#held.push(event);
    else event();
  }
  get isHolding(): boolean {
    return this.#held !== null;
  }
  /** What comes after this waits for a task. */
  hold(): void {
    if (this.#held) return;
    const held: (() => void)[] = [];
    this.#held = held;
    core().platform.task(() => {
      this.#held = null;
      // One of them may hold the others again.
      for (const event of held) this.tell(event);
    });
  }
}
