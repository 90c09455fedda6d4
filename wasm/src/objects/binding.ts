// The sockets of a gatherer, or of a connection's: bound before the core asks for them, offered for the time of one call,
// bound anew at a restart when all of them died.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { SocketGroup } from "../sockets.js";
import type { BindRequest, TransportProblem, UdpSocket, UdpTransport } from "../transports/transport.js";

let chosenTransport: UdpTransport | null = null;

/** What a gatherer uses that was given no transport; null: the platform's own. */
export function setDefaultTransport(transport: UdpTransport | null): void {
  chosenTransport = transport;
}

/** null: there is none as yet. */
export function presentTransport(): UdpTransport | null {
  return chosenTransport ?? core().platform.defaultTransport;
}

export function defaultTransport(): UdpTransport {
  const transport = presentTransport();
  if (transport) return transport;
  throw makeError(
    "NotSupportedError",
    "A page has no UDP of its own. Give the RTCIceGatherer a transport: " +
      '{ transport: new BridgeTransport("wss://bridge.example/udp", { token }) }, or call setDefaultTransport().',
  );
}

/** What a gatherer's user, or a connection's, says of sockets. */
export interface BindOptions {
  transport?: UdpTransport;
  bindAddresses?: readonly string[];
  includeLoopback?: boolean;
  portRange?: readonly [number, number];
  interfaces?: readonly string[];
  excludedInterfaces?: readonly string[];
}

export class Binding {
  readonly #transport: UdpTransport | undefined;
  readonly #request: BindRequest;
  readonly #group: SocketGroup;
  readonly #abort = new AbortController();

  /** It may outlive whom it binds for while a WebSocket opens: `refused` must not keep that. */
  constructor(options: BindOptions, refused: (problem: TransportProblem) => void) {
    const { transport, bindAddresses = [], includeLoopback = false, portRange = [0, 0] } = options;
    const { interfaces = [], excludedInterfaces = [] } = options;
    this.#transport = transport;
    this.#request = {
      ...{ bindAddresses, includeLoopback, portRange, interfaces, excludedInterfaces, refused },
      signal: this.#abort.signal,
    };
    this.#group = new SocketGroup((message) => refused({ message }));
  }

  get droppedDatagrams(): number {
    return this.#group.droppedDatagrams;
  }
  /** Why the sockets died, when none is left. */
  get failure(): string | null {
    return this.hasSockets ? null : this.#group.failure;
  }
  get hasSockets(): boolean {
    return this.#group.sockets.size > 0;
  }
  /** Sockets that are being bound are closed again. */
  close(): void {
    this.#abort.abort(makeError("AbortError", "It was closed before its sockets were bound."));
  }

  /** Binds, then makes the call. A Promise only if binding takes time. */
  bindAndCall<T>(call: () => T): T | Promise<T> {
    const bound = (this.#transport ?? defaultTransport()).bind(this.#request);
    return bound instanceof Promise ? this.#later(bound, call) : this.#offer(bound, call);
  }

  /** Makes the call without new sockets. */
  call(call: () => unknown): void {
    this.#offer([], call);
  }

  async #later<T>(bound: Promise<UdpSocket[]>, call: () => T): Promise<T> {
    const release = core().registry.hold();
    try {
      const sockets = await bound;
      if (!this.#abort.signal.aborted && !core().death) return this.#offer(sockets, call);
      core().sockets.discard(sockets);
      throw core().death ?? (this.#abort.signal.reason as Error);
    } finally {
      release();
    }
  }

  #offer<T>(sockets: readonly UdpSocket[], call: () => T): T {
    let result: T | undefined;
    core().sockets.offer(sockets, this.#group, () => {
      result = call();
    });
    return result as T;
  }
}
