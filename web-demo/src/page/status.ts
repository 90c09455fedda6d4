// How the connection stands, in one line; and which choice is taken.
import { byId, setText } from "./dom.js";
import type { Target } from "./targets.js";

export type StatusKind = "idle" | "waiting" | "good" | "bad";

export class Status {
  readonly #line = byId("status", HTMLElement);
  readonly #disconnect = byId("disconnect", HTMLButtonElement);
  readonly #choices = [...document.querySelectorAll<HTMLButtonElement>(".choice")];

  set(kind: StatusKind, text: string): void {
    this.#line.dataset["state"] = kind;
    setText(this.#line, text);
    if (kind === "good") this.#mark("Connected");
    const hadFocus = document.activeElement === this.#disconnect;
    this.#disconnect.hidden = kind === "idle" || kind === "bad";
    if (hadFocus && this.#disconnect.hidden) byId("connect", HTMLElement).focus();
  }

  choose(target: Target | null): void {
    for (const choice of this.#choices) {
      const word = choice.querySelector(".choice-go");
      choice.dataset["offer"] ??= word?.textContent ?? "";
      if (choice.dataset["target"] === target) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
      if (word) setText(word, choice.dataset["offer"]);
    }
    this.#mark(target === "tab" ? "Waiting" : "Connecting");
  }

  /** The words on the choice that is taken; the status line is what is read out. */
  #mark(text: string): void {
    const word = this.#choices.find((choice) => choice.ariaCurrent === "true")?.querySelector(".choice-go");
    if (word) setText(word, text);
  }

  static vital(id: "core" | "bridge", kind: StatusKind, text: string): void {
    const line = byId(id, HTMLElement);
    line.dataset["state"] = kind;
    setText(line, text);
  }
}
