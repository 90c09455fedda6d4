// The sockets of a gatherer, or of a connection's: bound before the core asks for them, offered for the time of one call,
// bound anew at a restart when all of them died.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { SocketGroup } from "../sockets.js";
import type {
  BindRequest,
  NetworkAddresses,
  TransportProblem,
  UdpSocket,
  UdpTransport,
} from "../transports/transport.js";
import type { RTCNetworkChangePolicy } from "./gather_options.js";

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
  networkChangePolicy?: RTCNetworkChangePolicy;
}

/** For whom it binds; it must not keep that alive: a WebSocket takes time to open, and networks are watched. */
export interface BindingOwner {
  refused(problem: TransportProblem): void;
  /** Of the core's gatherer or connection; 0: it is gone. */
  handle(): number;
}

export class Binding {
  readonly #transport: UdpTransport | undefined;
  readonly #request: BindRequest;
  readonly #group: SocketGroup;
  readonly #abort = new AbortController();
  readonly #owner: BindingOwner;
  readonly #gathersAnew: boolean;
  #stopWatching: (() => void) | null = null;

  constructor(options: BindOptions, owner: BindingOwner) {
    const { transport, bindAddresses = [], includeLoopback = false, portRange = [0, 0] } = options;
    const { interfaces = [], excludedInterfaces = [] } = options;
    const refused = (problem: TransportProblem) => owner.refused(problem);
    this.#transport = transport;
    this.#owner = owner;
    this.#gathersAnew = (options.networkChangePolicy ?? "none") !== "none";
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
    this.#stopWatching?.();
  }

  /** Binds, then makes the call. A Promise only if binding takes time. */
  bindAndCall<T>(call: () => T): T | Promise<T> {
    const transport = this.#transport ?? defaultTransport();
    const inUse = [...this.#group.sockets].map((socket) => socket.address);
    const bound = transport.bind({ ...this.#request, inUse });
    this.#watch(transport);
    return bound instanceof Promise ? this.#later(bound, call) : this.#offer(bound, call);
  }

  /** The same where there are none, or where more can be had for what is not bound yet. */
  callWithSockets<T>(call: () => T): T | Promise<T> {
    return this.hasSockets && this.#stopWatching === null ? call() : this.bindAndCall(call);
  }

  /** Makes the call without new sockets. */
  call(call: () => unknown): void {
    this.#offer([], call);
  }

  #watch(transport: UdpTransport): void {
    if (this.#stopWatching || this.#abort.signal.aborted || !transport.watchNetworks) return;
    const self = new WeakRef(this);
    const stop = transport.watchNetworks(this.#request, (change) => {
      const binding = self.deref();
      if (binding && !core().death && binding.#owner.handle() !== 0) binding.#onNetworkChange(change);
      else stop();
    });
    this.#stopWatching = stop;
  }

  #onNetworkChange({ added, removed }: NetworkAddresses): void {
    const lost = removed.flatMap((address) => this.#group.at(address));
    for (const socket of lost) core().sockets.lose(socket, `The network interface with ${socket.address} has gone.`);
    const tell = () => {
      const [addedAt = 0, removedAt = 0] = core().texts(added.join(" "), removed.join(" "));
      core().check(core().exports.portico_wasm_network_changed(this.#owner.handle(), addedAt, removedAt));
    };
    if (added.length > 0 && this.#gathersAnew) void this.bindAndCall(tell);
    else this.call(tell);
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
