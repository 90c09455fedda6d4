// The portico at the top of the page: a part for each layer, lit while the layer stands. The table of layers says the
// same in words.
import type { Layer } from "../peer/messages.js";

export type Part = Layer | "bridge" | "open";

const standing = ["complete", "connected", "completed"];

export class Figure {
  light(part: Part, lit: boolean): void {
    const group = document.querySelector<SVGGElement>(`#figure [data-part="${part}"]`);
    if (group) group.dataset["lit"] = String(lit);
  }
  layer(layer: Layer, state: string): void {
    this.light(layer, standing.includes(state));
  }
  /** All but what is there without a connection. */
  reset(): void {
    for (const part of ["gatherer", "ice", "dtls", "sctp", "open"] as const) this.light(part, false);
  }
}
