// Which number stands for which remote in the bridge's datagrams. The bridge assigns one to each remote whose datagrams
// come in; what is sent to that remote uses the same. Others are named in full.
import type { Endpoint } from "./endpoint.js";

/** The bridge has 256 at most. */
const maxContexts = 1024;

export class BridgeContexts {
  readonly #endpoints = new Map<number, Endpoint>();
  readonly #contexts = new Map<string, number>();

  /** Whether it was taken. */
  assign(context: number, endpoint: Endpoint): boolean {
    if (this.#endpoints.has(context) || this.#endpoints.size >= maxContexts) return false;
    this.#endpoints.set(context, endpoint);
    this.#contexts.set(endpoint.text, context);
    return true;
  }

  close(context: number): void {
    const endpoint = this.#endpoints.get(context);
    this.#endpoints.delete(context);
    if (endpoint && this.#contexts.get(endpoint.text) === context) this.#contexts.delete(endpoint.text);
  }

  endpointOf(context: number): Endpoint | undefined {
    return this.#endpoints.get(context);
  }
  /** 0: there is none. */
  contextFor(endpoint: Endpoint): number {
    return this.#contexts.get(endpoint.text) ?? 0;
  }
}
