// Files come from a drop anywhere on the page, or from the file dialogue.
import { byId } from "./dom.js";

export interface DropObserver {
  onFile(file: File): void;
  /** A file came while there is no connection. */
  onNobody(): void;
}

export class Drop {
  readonly #input = byId("choose", HTMLInputElement);
  readonly #veil = byId("drop-veil", HTMLElement);
  readonly #observer: DropObserver;
  #enabled = false;

  constructor(observer: DropObserver) {
    this.#observer = observer;
    this.#input.addEventListener("change", () => {
      this.#take(this.#input.files);
      this.#input.value = "";
    });
    addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      // Without this the browser would leave the page for the file.
      event.preventDefault();
      this.#veil.hidden = !this.#enabled;
    });
    addEventListener("dragleave", ({ relatedTarget }) => {
      if (relatedTarget === null) this.#veil.hidden = true;
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.#veil.hidden = true;
      this.#take(event.dataTransfer?.files ?? null);
    });
    this.enable(false);
  }

  enable(on: boolean): void {
    this.#enabled = on;
    this.#input.disabled = !on;
    this.#input.labels?.[0]?.toggleAttribute("data-disabled", !on);
    if (!on) this.#veil.hidden = true;
  }

  #take(files: FileList | null): void {
    if (!this.#enabled && files?.length) this.#observer.onNobody();
    else for (const file of files ?? []) this.#observer.onFile(file);
  }
}
