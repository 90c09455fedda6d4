// The button that fills the path.
import { byId } from "./dom.js";

export class FloodSwitch {
  readonly #button = byId("flood", HTMLButtonElement);

  constructor(onSwitch: (on: boolean) => void) {
    this.#button.addEventListener("click", () => onSwitch(this.#button.getAttribute("aria-pressed") !== "true"));
  }

  show(on: boolean): void {
    this.#button.setAttribute("aria-pressed", String(on));
    this.#button.textContent = on ? "Stop the flood" : "Flood";
  }
  enable(on: boolean): void {
    this.#button.disabled = !on;
    if (!on) this.show(false);
  }
}
