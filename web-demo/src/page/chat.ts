// What was said. All of it is text, whoever sent it.
import { byId, make } from "./dom.js";

/** Older lines go. */
const maxLines = 500;

export class Chat {
  readonly #talk = byId("talk", HTMLDivElement);
  readonly #form = byId("say", HTMLFormElement);
  readonly #input = byId("words", HTMLInputElement);
  #far = "They";

  constructor(onSay: (text: string) => void) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#input.value.trim();
      if (text === "" || this.#input.disabled) return;
      this.#add("mine", "You: ", text);
      onSay(text);
      this.#input.value = "";
    });
    this.reset("Connect to a peer, and say something.");
  }

  /** `far`: who speaks there. */
  begin(far: string, note: string): void {
    this.#far = far;
    this.reset(note);
  }
  reset(note: string): void {
    this.#talk.replaceChildren(make("p", "note", note));
    this.enable(false);
  }
  note(text: string): void {
    this.#append(make("p", "note", text));
  }
  enable(on: boolean): void {
    for (const control of this.#form.querySelectorAll<HTMLInputElement | HTMLButtonElement>("input, button")) {
      control.disabled = !on;
    }
  }
  hear(text: string): void {
    this.#add("theirs", `${this.#far}: `, text);
  }

  #add(whose: "mine" | "theirs", who: string, text: string): void {
    this.#append(make("p", whose, make("span", "hidden", who), text));
  }
  #append(line: HTMLParagraphElement): void {
    this.#talk.append(line);
    while (this.#talk.childElementCount > maxLines) this.#talk.firstElementChild?.remove();
    this.#talk.scrollTop = this.#talk.scrollHeight;
  }
}
