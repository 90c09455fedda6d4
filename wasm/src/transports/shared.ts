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
 * The first gatherer's addresses and ports count for all.
 */
export class SharedTransport implements UdpTransport {
  readonly usesLocalAddresses: boolean;
  readonly #transport: UdpTransport;
  #bound: UdpSocket[] | Promise<UdpSocket[]> | null = null;
  readonly #requests = new Set<BindRequest>();

  constructor(transport: UdpTransport) {
    this.#transport = transport;
    this.usesLocalAddresses = transport.usesLocalAddresses;
  }

  bind(request: BindRequest): UdpSocket[] | Promise<UdpSocket[]> {
    this.#requests.add(request);
    request.signal.addEventListener("abort", () => this.#requests.delete(request), { once: true });
    this.#bound ??= this.#bindAnew(request);
    return this.#bound;
  }

  #bindAnew(request: BindRequest): UdpSocket[] | Promise<UdpSocket[]> {
    const bound = this.#transport.bind({
      ...request,
      // The sockets outlive the gatherer that was first.
      signal: new AbortController().signal,
      refused: (problem) => this.#refused(problem),
    });
    if (!(bound instanceof Promise)) return this.#share(bound);
    return bound.then(
      (sockets) => (this.#bound = this.#share(sockets)),
      (error: unknown) => {
        this.#bound = null;
        throw error;
      },
    );
  }

  #share(sockets: readonly UdpSocket[]): UdpSocket[] {
    const wanted = () => this.#requests.size > 0;
    return sockets.map((socket) => new SharedSocket(socket, wanted, () => (this.#bound = null)));
  }

  #refused(problem: TransportProblem): void {
    for (const request of this.#requests) request.refused(problem);
  }
}

/** Tells the transport of its end; the next gatherer then binds anew. */
class SharedSocket implements UdpSocket {
  readonly #socket: UdpSocket;
  readonly #wanted: () => boolean;
  readonly #onEnd: () => void;
  #opened = false;
  readonly connect?: NonNullable<UdpSocket["connect"]>;

  constructor(socket: UdpSocket, wanted: () => boolean, onEnd: () => void) {
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
        this.#onEnd();
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
    this.#onEnd();
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
