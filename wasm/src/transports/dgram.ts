// UDP in Node: a socket of its own for each local address.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { messageOf } from "../errors.js";
import { endpoints } from "../sockets.js";
import { isLoopback } from "./endpoint.js";
import { localAddresses, watchAddresses } from "./interfaces.js";
import { Membership } from "./membership.js";
import { openStream } from "./tcp.js";
import type {
  BindRequest,
  NetworkAddresses,
  OutgoingBatch,
  ReceivedDatagram,
  Stream,
  StreamReceiver,
  StreamRequest,
  UdpReceiver,
  UdpSocket,
  UdpTransport,
} from "./transport.js";

/** What the system is asked to hold in each direction; it grants what it allows. */
const systemBufferBytes = 2 << 20;
/** Datagrams that Node holds while the system's buffer is full. What is more is dropped, as a full UDP socket does. */
const maxQueuedBytes = 1 << 20;
/** Datagrams of one wake-up that may wait for their turn. */
const maxReceivedBytes = 4 << 20;

export class DgramTransport implements UdpTransport {
  readonly usesLocalAddresses = true;

  bind(request: BindRequest): UdpSocket[] {
    const sockets: UdpSocket[] = [];
    const inUse = request.inUse ?? [];
    // Loopback, where there is nothing else, is for those who have nothing.
    const addresses = localAddresses(request, inUse.length === 0);
    const chosen = request.interfaces.length + request.excludedInterfaces.length > 0;
    if (addresses.length + inUse.length === 0 && chosen) {
      const names = Object.keys(networkInterfaces()).join(", ") || "none";
      request.refused({
        message: `No network interface that may be used has a usable address. There are: ${names}.`,
      });
    }
    for (const address of addresses) {
      if (inUse.includes(address)) continue;
      try {
        sockets.push(bindOne(address, request.portRange));
      } catch (error) {
        request.refused({ address, message: `Can't bind to ${address}: ${messageOf(error)}` });
      }
    }
    return sockets;
  }

  watchNetworks(request: BindRequest, onChange: (change: NetworkAddresses) => void): () => void {
    return watchAddresses(request, onChange);
  }
}

function bindOne(address: string, [low, high]: readonly [number, number]): UdpSocket {
  if (low === 0) return new DgramSocket(address, 0);
  // From a random port on, so that several gatherers don't all try the same one first.
  const ports = Math.max(high, low) - low + 1;
  const first = Math.floor(Math.random() * ports);
  let failure: unknown;
  for (let i = 0; i < ports; i++) {
    try {
      return new DgramSocket(address, low + ((first + i) % ports));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

class DgramSocket implements UdpSocket {
  readonly address: string;
  readonly port: number;
  readonly loopback: boolean;
  droppedDatagrams = 0;
  readonly #socket: Socket;
  #receiver: UdpReceiver | null = null;
  #received: ReceivedDatagram[] = [];
  #receivedBytes = 0;
  #closed = false;

  /** With a membership it is bound to the group and has the port together with other programs. */
  constructor(address: string, port: number, membership: Membership | null = null) {
    const type = address.includes(":") ? "udp6" : "udp4";
    const family = type === "udp6" ? 6 : 4;
    // Every address is a literal. A lookup that answers at once spares the resolver for each datagram, and makes bind()
    // take effect at once.
    this.#socket = createSocket({
      type,
      ipv6Only: type === "udp6",
      reuseAddr: membership !== null,
      lookup: (host, _options, callback) => callback(null, host, family),
    });
    let failure: Error | null = null;
    this.#socket.on("error", (error) => {
      failure = error;
      this.#fail(error);
    });
    this.#socket.bind({ port, address: membership?.bindAddress ?? address, exclusive: true });
    try {
      if (failure !== null) throw failure as Error;
      membership?.join(this.#socket);
    } catch (error) {
      this.close();
      throw error;
    }
    this.address = address;
    this.port = this.#socket.address().port;
    this.loopback = isLoopback(address);
    this.#growBuffers();
    this.#socket.on("message", (payload, remote) => {
      if (membership?.isOnLink(remote.address) ?? true) this.#onMessage(payload, remote);
    });
  }

  openMulticast(group: string, port: number): UdpSocket {
    return new DgramSocket(this.address, port, new Membership(group, this.address));
  }

  #growBuffers(): void {
    for (const grow of ["setRecvBufferSize", "setSendBufferSize"] as const) {
      try {
        this.#socket[grow](systemBufferBytes);
      } catch {
        // The system allows no more than it does by itself.
      }
    }
  }

  open(receiver: UdpReceiver): void {
    this.#receiver = receiver;
  }

  connect(request: StreamRequest, receiver: StreamReceiver): Stream {
    return openStream(this.address, request, receiver);
  }

  send(batch: OutgoingBatch): void {
    if (this.#closed) return;
    // Node may keep buffers until the kernel has room, and the module's memory is not ours after this call.
    const copy = Buffer.allocUnsafeSlow(batch.totalBytes);
    let queued = this.#socket.getSendQueueSize();
    let offset = 0;
    for (let i = 0; i < batch.count; i++) {
      const bytes = batch.bytes(i);
      if (queued > maxQueuedBytes) {
        this.droppedDatagrams++;
        continue;
      }
      batch.copyPayload(i, copy, offset);
      const { port, address } = batch.endpoint(i);
      this.#sendOne(copy, offset, bytes, port, address);
      offset += bytes;
      if (queued > 0 || (i & 15) === 15) queued = this.#socket.getSendQueueSize();
    }
  }

  #sendOne(buffer: Buffer, offset: number, bytes: number, port: number, address: string): void {
    try {
      this.#socket.send(buffer, offset, bytes, port, address);
    } catch {
      this.droppedDatagrams++;
    }
  }

  /** What one wake-up of the loop finds goes in as one batch. */
  #onMessage(payload: Buffer, remote: RemoteInfo): void {
    const endpoint = endpoints.ofText(withoutScope(remote.address), remote.port);
    if (!endpoint || this.#receivedBytes + payload.byteLength > maxReceivedBytes) {
      this.droppedDatagrams++;
      return;
    }
    this.#receivedBytes += payload.byteLength;
    if (this.#received.push({ endpoint, payload }) === 1) setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    const batch = this.#received;
    this.#received = [];
    this.#receivedBytes = 0;
    if (!this.#closed) this.#receiver?.receive(batch);
  }

  #fail(error: Error): void {
    const receiver = this.#receiver;
    if (this.#closed || receiver === null) return;
    this.close();
    receiver.failed(`The UDP socket ${this.address}:${String(this.port)} failed: ${error.message}`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#received = [];
    this.#socket.close();
  }

  setKeepAlive(keep: boolean): void {
    if (this.#closed) return;
    if (keep) this.#socket.ref();
    else this.#socket.unref();
  }
}

function withoutScope(address: string): string {
  const scope = address.indexOf("%");
  return scope < 0 ? address : address.slice(0, scope);
}
