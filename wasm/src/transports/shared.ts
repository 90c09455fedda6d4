// One bound socket (of each address and family) for any number of gatherers.
import type {
  BindRequest,
  OutgoingBatch,
  TransportProblem,
  UdpReceiver,
  UdpSocket,
  UdpTransport,
} from "./transport.js";

/**
 * What another transport binds first serves every gatherer and RTCPeerConnection that is given this one, while any of
 * them is open: one port of this machine, one WebSocket of the bridge. The core finds whom a datagram is for in constant
 * time: a STUN request by the username fragment, all else by the address that it comes from. Two connections between the
 * same two ports can't be told apart: peers in one program that are to connect with each other need ports of their own.
 * A TURN server gives an address to the first that asks; others get an `icecandidateerror` with code 437.
 *
 * The first gatherer's addresses and ports count for all. A network that goes takes its socket from all of them, and of
 * one that comes they share the new socket.
 */
export class SharedTransport implements UdpTransport {
  readonly usesLocalAddresses: boolean;
  readonly watchNetworks?: NonNullable<UdpTransport["watchNetworks"]>;
  readonly #transport: UdpTransport;
  #sockets: SharedSocket[] = [];
  #binding: Promise<void> | null = null;
  /** Whose addresses and ports count; null: nothing is bound. */
  #first: BindRequest | null = null;
  /** There may be an address without a socket. */
  #incomplete = true;
  readonly #requests = new Set<BindRequest>();

  constructor(transport: UdpTransport) {
    this.#transport = transport;
    this.usesLocalAddresses = transport.usesLocalAddresses;
    if (transport.watchNetworks) {
      this.watchNetworks = (request, onChange) =>
        transport.watchNetworks?.(this.#first ?? request, (change) => {
          this.#incomplete = true;
          onChange(change);
        }) as () => void;
    }
  }

  bind(request: BindRequest): UdpSocket[] | Promise<UdpSocket[]> {
    this.#requests.add(request);
    request.signal.addEventListener("abort", () => this.#requests.delete(request), { once: true });
    if (this.#incomplete) this.#bindMissing(request);
    return this.#binding ? this.#binding.then(() => this.#newTo(request)) : this.#newTo(request);
  }

  #newTo(request: BindRequest): UdpSocket[] {
    return this.#sockets.filter((socket) => !request.inUse?.includes(socket.address));
  }

  #bindMissing(request: BindRequest): void {
    this.#incomplete = false;
    this.#first ??= request;
    const bound = this.#transport.bind({
      ...this.#first,
      inUse: this.#sockets.map(({ address }) => address),
      // The sockets outlive the gatherer that was first.
      signal: new AbortController().signal,
      refused: (problem) => this.#refused(problem),
    });
    if (!(bound instanceof Promise)) return this.#share(bound);
    this.#binding = bound
      .then(
        (sockets) => this.#share(sockets),
        (error: unknown) => {
          this.#ended();
          throw error;
        },
      )
      .finally(() => (this.#binding = null));
  }

  #share(sockets: readonly UdpSocket[]): void {
    const wanted = () => this.#requests.size > 0;
    for (const socket of sockets) this.#sockets.push(new SharedSocket(socket, wanted, (shared) => this.#ended(shared)));
    if (this.#sockets.length === 0) this.#ended();
  }

  #ended(socket?: SharedSocket): void {
    this.#sockets = this.#sockets.filter((one) => one !== socket);
    this.#incomplete = true;
    if (this.#sockets.length === 0) this.#first = null;
  }

  #refused(problem: TransportProblem): void {
    for (const request of this.#requests) request.refused(problem);
  }
}

/** Tells the transport of its end; the next gatherer then binds another. */
class SharedSocket implements UdpSocket {
  readonly #socket: UdpSocket;
  readonly #wanted: () => boolean;
  readonly #onEnd: (self: SharedSocket) => void;
  #opened = false;
  readonly connect?: NonNullable<UdpSocket["connect"]>;

  constructor(socket: UdpSocket, wanted: () => boolean, onEnd: (self: SharedSocket) => void) {
    this.#socket = socket;
    this.#wanted = wanted;
    this.#onEnd = onEnd;
    if (socket.connect) this.connect = socket.connect.bind(socket);
  }
  get address(): string {
    return this.#socket.address;
  }
  get port(): number {
    return this.#socket.port;
  }
  get loopback(): boolean {
    return this.#socket.loopback;
  }
  get droppedDatagrams(): number {
    return this.#socket.droppedDatagrams;
  }
  open(receiver: UdpReceiver): void {
    this.#opened = true;
    this.#socket.open({
      receive: (datagrams) => receiver.receive(datagrams),
      failed: (message) => {
        this.#onEnd(this);
        receiver.failed(message);
      },
    });
  }
  send(batch: OutgoingBatch): void {
    this.#socket.send(batch);
  }
  close(): void {
    // A gatherer that closed before it had its sockets gives them back; another may be about to take them.
    if (!this.#opened && this.#wanted()) return;
    this.#onEnd(this);
    this.#socket.close();
  }
  get openMulticast(): UdpSocket["openMulticast"] {
    const socket = this.#socket;
    return socket.openMulticast && ((group, port) => socket.openMulticast?.(group, port) as UdpSocket);
  }
  setKeepAlive(keep: boolean): void {
    this.#socket.setKeepAlive(keep);
  }
}
