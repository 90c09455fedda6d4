// Files on their way: how far, how fast, and whether both ends have the same bytes.
import type { FileView } from "../peer/messages.js";
import { announce } from "./announcer.js";
import { byId, make, setText } from "./dom.js";
import { bytes, rate } from "./format.js";

/** Older ones go, with what was received. */
const maxShown = 12;

interface Row {
  item: HTMLLIElement;
  count: HTMLElement;
  bar: HTMLProgressElement;
  cancel: HTMLButtonElement;
  hashes: HTMLElement;
  verdict: HTMLElement;
  view: FileView;
  url: string | null;
}

export class Transfers {
  readonly #list = byId("transfers", HTMLUListElement);
  readonly #rows = new Map<string, Row>();
  readonly #onCancel: (id: number) => void;
  #far = "The other side";
  #prefix = 0;

  constructor(onCancel: (id: number) => void) {
    this.#onCancel = onCancel;
  }

  /** Of a new connection, whose files count from one again. */
  begin(far: string): void {
    this.#far = far;
    ++this.#prefix;
  }

  /** What is still on its way will not arrive. */
  end(): void {
    for (const { view } of this.#rows.values()) {
      if (view.phase === "moving") this.update({ ...view, phase: "failed", problem: "The connection closed." });
    }
  }

  update(view: FileView): void {
    const key = `${String(this.#prefix)} ${view.direction} ${String(view.id)}`;
    const row = this.#rows.get(key) ?? this.#add(key, view);
    const before = row.view.phase;
    row.view = view;
    show(row, this.#far);
    if (before === "moving" && view.phase === "done") {
      if (view.blob) this.#offer(row, view.blob);
      announce(`${view.name} arrived. Both ends have the same SHA-256.`);
    } else if (before === "moving" && view.phase === "failed") {
      announce(`${view.name}: ${view.problem ?? "it failed"}`);
    }
  }

  /** What the native peer printed of the file that it has taken. */
  confirm(sha256: string): void {
    const rows = [...this.#rows.values()].filter(({ view }) => view.direction === "send" && view.here === sha256);
    const row = rows.at(-1);
    if (row) this.update({ ...row.view, there: sha256 });
  }

  #add(key: string, view: FileView): Row {
    const name = make("span", "transfer-name", view.name);
    name.title = view.name;
    const count = make("span", "transfer-count");
    const cancel = make("button", "button quiet", "Cancel");
    cancel.type = "button";
    cancel.ariaLabel = `Cancel ${view.name}`;
    cancel.hidden = view.direction === "receive";
    cancel.addEventListener("click", () => this.#onCancel(view.id));
    const bar = make("progress");
    bar.ariaLabel = view.name;
    const hashes = make("dl", "hashes");
    const verdict = make("p", "verdict");
    const item = make("li", "transfer", make("div", "transfer-head", name, count, cancel), bar, hashes, verdict);
    const row = { item, count, bar, cancel, hashes, verdict, view, url: null };
    this.#rows.set(key, row);
    this.#list.prepend(item);
    for (const [oldest, old] of [...this.#rows].slice(0, -maxShown)) {
      this.#rows.delete(oldest);
      old.item.remove();
      if (old.url !== null) URL.revokeObjectURL(old.url);
    }
    return row;
  }

  #offer(row: Row, blob: Blob): void {
    row.url = URL.createObjectURL(blob);
    const save = make("a", "button quiet", "Save");
    save.href = row.url;
    save.download = row.view.name;
    save.ariaLabel = `Save ${row.view.name}`;
    row.cancel.replaceWith(save);
  }
}

function show(row: Row, far: string): void {
  const { view, item, bar } = row;
  item.dataset["phase"] = view.phase;
  bar.max = Math.max(1, view.total);
  bar.value = view.phase === "done" ? bar.max : view.bytes;
  setText(row.count, countOf(view));
  if (view.phase !== "moving") row.cancel.hidden = true;
  showHashes(row.hashes, view, far);
  row.verdict.hidden = view.phase === "moving";
  row.verdict.dataset["state"] = view.phase === "done" ? "good" : "bad";
  setText(row.verdict, view.phase === "done" ? "The same SHA-256 at both ends" : (view.problem ?? ""));
}

function countOf(view: FileView): string {
  const way = view.direction === "send" ? "sent" : "received";
  if (view.phase === "done") return `${bytes(view.total)} ${way}, ${rate(view.total / Math.max(view.seconds, 1e-3))}`;
  if (view.phase === "failed") return `${bytes(view.bytes)} of ${bytes(view.total)} ${way}`;
  if (view.seconds === 0) return `${bytes(view.total)}, waiting`;
  return `${bytes(view.bytes)} of ${bytes(view.total)}, ${rate(view.bytes / view.seconds)}`;
}

function showHashes(list: HTMLElement, view: FileView, far: string): void {
  const lines: [string, string | null][] = [
    ["This tab", view.here],
    [far, view.there],
  ];
  const known = lines.filter((line): line is [string, string] => line[1] !== null);
  const text = known.map(([, hash]) => hash).join();
  if (list.dataset["text"] === text) return;
  list.dataset["text"] = text;
  list.replaceChildren(...known.flatMap(([who, hash]) => [make("dt", "", who), make("dd", "", hash)]));
}
