// The link with which a second tab finds this one. The room is in the fragment, which no server and no log sees.
import { isRoom } from "../../shared/signalling.js";
import { announce } from "./announcer.js";
import { byId } from "./dom.js";

const prefix = "#room=";

export class Invitation {
  readonly #element = byId("invitation", HTMLElement);
  readonly #link = byId("link", HTMLInputElement);
  readonly #copy = byId("copy", HTMLButtonElement);

  constructor() {
    this.#link.addEventListener("focus", () => this.#link.select());
    this.#copy.addEventListener("click", () => void this.#toClipboard());
  }

  /** The room of the link that this page was opened with. */
  static accepted(): string | null {
    const room = location.hash.startsWith(prefix) ? location.hash.slice(prefix.length) : null;
    return isRoom(room) ? room : null;
  }

  show(room: string): string {
    const url = new URL(location.href);
    url.hash = prefix + room;
    this.#link.value = url.href;
    this.#copy.textContent = "Copy";
    this.#element.hidden = false;
    return url.href;
  }
  hide(): void {
    this.#element.hidden = true;
  }

  async #toClipboard(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#copy.textContent = "Copied";
      announce("The link is copied.");
    } catch {
      // Not every page may: the text is marked for the person to copy.
      this.#link.focus();
      this.#link.select();
    }
  }
}
