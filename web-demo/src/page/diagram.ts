// Whom this tab is connected to: the candidates of both sides, the pairs between them, and the pair in use.
import { keyOf } from "../peer/candidate.js";
import type { CandidateView, Side } from "../peer/messages.js";
import { byId, make } from "./dom.js";

/** More are counted, and not drawn: the figure is small. */
const maxShown = 6;
const svg = "http://www.w3.org/2000/svg";

export interface FarSide {
  name: string;
  what: string;
  /** What its candidates are ports of. */
  via: string;
}

export const nobody: FarSide = { name: "Nobody yet", what: "Choose a peer above", via: "" };

interface Entry {
  candidate: CandidateView;
  item: HTMLLIElement;
}

export class Diagram {
  readonly #curves = byId("curves", SVGSVGElement);
  readonly #lists: Record<Side, HTMLUListElement> = {
    local: byId("local-candidates", HTMLUListElement),
    remote: byId("remote-candidates", HTMLUListElement),
  };
  readonly #entries: Record<Side, Map<string, Entry>> = { local: new Map(), remote: new Map() };
  #selected: { local: string; remote: string } | null = null;

  constructor() {
    new ResizeObserver(() => this.#draw()).observe(this.#curves);
    this.reset(nobody);
  }

  reset(far: FarSide): void {
    byId("far-name", HTMLElement).textContent = far.name;
    byId("far-what", HTMLElement).textContent = far.what;
    byId("far-via", HTMLElement).textContent = far.via;
    byId("path-label", HTMLElement).textContent = "";
    this.#selected = null;
    for (const side of ["local", "remote"] as const) {
      this.#entries[side].clear();
      this.#lists[side].replaceChildren(make("li", "candidate empty", "no candidates"));
    }
    this.#draw();
  }

  add(side: Side, candidate: CandidateView): void {
    const entries = this.#entries[side];
    const key = keyOf(candidate);
    if (entries.has(key) || entries.size >= maxShown) return;
    if (entries.size === 0) this.#lists[side].replaceChildren();
    const item = itemOf(candidate);
    entries.set(key, { candidate, item });
    this.#lists[side].append(item);
    this.#draw();
  }

  select(local: CandidateView, remote: CandidateView): void {
    this.add("local", local);
    this.add("remote", remote);
    this.#mark({ local: keyOf(local), remote: keyOf(remote) });
    byId("path-label", HTMLElement).textContent = local.protocol.toUpperCase();
  }

  /** No pair is in use any more. */
  end(): void {
    this.#mark(null);
    byId("path-label", HTMLElement).textContent = "";
  }

  #mark(selected: { local: string; remote: string } | null): void {
    this.#selected = selected;
    for (const side of ["local", "remote"] as const) {
      for (const [key, { candidate, item }] of this.#entries[side]) {
        const used = key === selected?.[side];
        item.dataset["used"] = String(used);
        const type = item.querySelector(".candidate-type");
        if (type) type.textContent = used ? `${typeOf(candidate)}, in use` : typeOf(candidate);
      }
    }
    this.#draw();
  }

  #draw(): void {
    const box = this.#curves.getBoundingClientRect();
    const middleOf = ({ item }: Entry) => {
      const { top, height } = item.getBoundingClientRect();
      return top + height / 2 - box.top;
    };
    const paths: SVGPathElement[] = [];
    for (const [localKey, local] of this.#entries.local) {
      for (const [remoteKey, remote] of this.#entries.remote) {
        if (local.candidate.protocol !== remote.candidate.protocol) continue;
        const used = this.#selected?.local === localKey && this.#selected.remote === remoteKey;
        const course = curve(box.width, middleOf(local), middleOf(remote));
        // The pair in use lies above the others.
        if (used) paths.push(pathOf(course, "used"), pathOf(course, "flow"));
        else paths.unshift(pathOf(course, ""));
      }
    }
    this.#curves.replaceChildren(...paths);
  }
}

function itemOf(candidate: CandidateView): HTMLLIElement {
  const port = `:${String(candidate.port)}`;
  const address = make("span", "candidate-address", shortAddress(candidate.address), make("wbr"), port);
  address.title = candidate.address;
  return make("li", "candidate", address, make("span", "candidate-type", typeOf(candidate)));
}

function typeOf({ type, protocol }: CandidateView): string {
  return protocol === "tcp" ? `${type}, TCP` : type;
}

/** A browser hides its addresses behind names of 36 characters, of which a few tell them apart. */
function shortAddress(address: string): string {
  if (address.endsWith(".local")) return `${address.slice(0, 6)}….local`;
  return address.includes(":") ? `[${address}]` : address;
}

function curve(width: number, from: number, to: number): string {
  const bend = width / 2;
  const [x, y] = [width.toFixed(1), to.toFixed(1)];
  return `M0 ${from.toFixed(1)}C${bend.toFixed(1)} ${from.toFixed(1)} ${bend.toFixed(1)} ${y} ${x} ${y}`;
}

function pathOf(course: string, className: string): SVGPathElement {
  const path = document.createElementNS(svg, "path");
  path.setAttribute("d", course);
  if (className) path.setAttribute("class", className);
  return path;
}
