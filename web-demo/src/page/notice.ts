// What is wrong, in the page's one place for it, and a way on.
import { byId } from "./dom.js";

export class Notice {
  readonly #element = byId("notice", HTMLElement);
  readonly #retry = byId("retry", HTMLButtonElement);
  #onRetry: (() => void) | null = null;

  constructor() {
    this.#retry.addEventListener("click", () => {
      const again = this.#onRetry;
      this.hide();
      again?.();
    });
    byId("dismiss", HTMLButtonElement).addEventListener("click", () => this.hide());
  }

  show(title: string, text: string, onRetry: (() => void) | null = null): void {
    this.#onRetry = onRetry;
    this.#retry.hidden = onRetry === null;
    this.#put(".notice-title", title);
    this.#put(".notice-text", text);
    this.#element.hidden = false;
  }

  hide(): void {
    const hadFocus = this.#element.contains(document.activeElement);
    this.#element.hidden = true;
    // The button that was pressed has gone: the keyboard goes on where the choice is.
    if (hadFocus) byId("connect", HTMLElement).focus();
  }

  #put(selector: string, text: string): void {
    const line = this.#element.querySelector(selector);
    if (line) line.textContent = text;
  }
}
