// The bridge's UDP port in one address family.
import { core } from "../core.js";
import type { BridgeConnection } from "./bridge_connection.js";
import { type BoundAddress, CapsuleWriter, datagramCapsuleBytes } from "./capsules.js";
import { type Endpoint, isLoopback } from "./endpoint.js";
import type { OutgoingBatch, ReceivedDatagram, UdpReceiver, UdpSocket } from "./transport.js";

/** TCP must not turn into a buffer: above this, what is to be sent is dropped, as a full UDP socket does. */
const highWaterBytes = 256 << 10;
/** The bridge takes 262,144 bytes in a message. */
const maxMessageBytes = 200_000;

export class BridgeSocket implements UdpSocket {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
  readonly loopback: boolean;
  droppedDatagrams = 0;
  keepAlive = true;
  readonly #connection: BridgeConnection;
  readonly #largestPayload: number;
  #receiver: UdpReceiver | null = null;
  #received: ReceivedDatagram[] = [];
  #closed = false;
  #failure: string | null = null;

  constructor(connection: BridgeConnection, { bound, public: seen }: BoundAddress, largestPayload: number) {
    // Peers reach it where the world sees it; what it can reach, it reaches from either.
    const { family, address, port } = seen ?? bound;
    this.family = family;
    this.address = address;
    this.port = port;
    this.loopback = isLoopback(address);
    this.#connection = connection;
    this.#largestPayload = largestPayload;
  }

  open(receiver: UdpReceiver): void {
    this.#receiver = receiver;
    const message = this.#failure;
    if (message !== null) core().platform.task(() => receiver.failed(message));
  }

  /** A batch is a message, or as many as it takes. */
  send(batch: OutgoingBatch): void {
    if (this.#closed) return;
    let next = 0;
    while (next < batch.count) {
      if (this.#connection.bufferedAmount > highWaterBytes) {
        this.droppedDatagrams += batch.count - next;
        return;
      }
      next = this.#sendMessage(batch, next);
    }
  }

  #sendMessage(batch: OutgoingBatch, start: number): number {
    let bytes = 0;
    let end = start;
    for (; end < batch.count; end++) {
      const size = this.#capsuleBytes(batch, end);
      if (end > start && bytes + size > maxMessageBytes) break;
      bytes += size;
    }
    const writer = new CapsuleWriter(bytes);
    for (let i = start; i < end; i++) this.#write(writer, batch, i);
    if (writer.length > 0) this.#connection.sendMessage(writer.written);
    return end;
  }

  #capsuleBytes(batch: OutgoingBatch, index: number): number {
    const endpoint = batch.endpoint(index);
    const context = this.#connection.contextFor(endpoint);
    return datagramCapsuleBytes(context, context === 0 ? endpoint : null, batch.bytes(index));
  }

  #write(writer: CapsuleWriter, batch: OutgoingBatch, index: number): void {
    const bytes = batch.bytes(index);
    if (bytes > this.#largestPayload) {
      this.droppedDatagrams++;
      return;
    }
    const endpoint = batch.endpoint(index);
    const context = this.#connection.contextFor(endpoint);
    const at = writer.datagram(context, context === 0 ? endpoint : null, bytes);
    batch.copyPayload(index, writer.bytes, at);
  }

  receive(endpoint: Endpoint, payload: Uint8Array): void {
    this.#received.push({ endpoint, payload });
  }
  /** All of a message at once. */
  deliver(): void {
    if (this.#received.length === 0) return;
    const batch = this.#received;
    this.#received = [];
    if (!this.#closed) this.#receiver?.receive(batch);
  }

  countRefusal(): void {
    this.droppedDatagrams++;
  }

  fail(message: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = message;
    this.#receiver?.failed(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#received = [];
    this.#connection.socketClosed(this);
  }

  setKeepAlive(keep: boolean): void {
    this.keepAlive = keep;
    this.#connection.setKeepAlive();
  }
}
