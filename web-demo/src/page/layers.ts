// The four layers, each with its way from new to connected, and when it got there.
import type { Layer } from "../peer/messages.js";
import { byId, make, setText } from "./dom.js";
import { milliseconds } from "./format.js";

const names: Record<Layer, string> = { gatherer: "Gatherer", ice: "ICE", dtls: "DTLS", sctp: "SCTP" };
/** Of a layer's way. */
const steps = 3;
const places: Record<string, number> = {
  new: 0,
  gathering: 1,
  checking: 1,
  connecting: 1,
  complete: 2,
  connected: 2,
  completed: 2,
};

type Kind = "idle" | "busy" | "good" | "bad";

interface Row {
  row: HTMLTableRowElement;
  marks: HTMLElement[];
  state: HTMLElement;
  after: HTMLElement;
  place: number;
}

export class Layers {
  readonly #rows = new Map<Layer, Row>();

  constructor() {
    const body = byId("layers", HTMLTableSectionElement);
    for (const layer of Object.keys(names) as Layer[]) {
      const row = makeRow(names[layer]);
      this.#rows.set(layer, row);
      body.append(row.row);
    }
    this.reset();
  }

  reset(): void {
    for (const row of this.#rows.values()) show(row, "idle", -1, "–", "");
  }

  /** They are closed with the connection, of which the peer says nothing any more. */
  close(): void {
    for (const row of this.#rows.values()) {
      if (row.place >= 0) show(row, "idle", -1, "closed", "");
    }
  }

  set(layer: Layer, state: string, after: number): void {
    const row = this.#rows.get(layer);
    if (!row) return;
    const place = places[state] ?? row.place;
    show(row, kindOf(state, place), place, state, state === "new" ? "" : milliseconds(after));
  }
}

function kindOf(state: string, place: number): Kind {
  if (state === "failed" || state === "disconnected") return "bad";
  if (!(state in places) || place === 0) return "idle";
  return place === steps - 1 ? "good" : "busy";
}

function makeRow(name: string): Row {
  const marks: HTMLElement[] = [];
  const track = make("div", "track");
  for (let place = 0; place < steps; ++place) {
    if (place > 0) marks.push(make("b"));
    marks.push(make("i"));
  }
  track.append(...marks);
  const head = make("th", "", name);
  head.scope = "row";
  const progress = make("td", "", track);
  progress.setAttribute("aria-hidden", "true");
  const state = make("td", "state");
  const after = make("td", "after");
  return { row: make("tr", "", head, progress, state, after), marks, state, after, place: -1 };
}

function show(row: Row, kind: Kind, place: number, state: string, after: string): void {
  row.place = place;
  row.row.dataset["kind"] = kind;
  // Marks are a dot, then a line and a dot for each step after the first.
  row.marks.forEach((mark, index) => {
    mark.classList.toggle("past", index <= place * 2);
    mark.classList.toggle("here", index === place * 2);
  });
  setText(row.state, state);
  setText(row.after, after);
}
