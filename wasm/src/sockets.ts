// The host's sockets by the numbers that the module knows them by, and the datagrams that go between the two.
import { descriptorBytes, ModuleBatch, writeDescriptor } from "./batch.js";
import type { ModuleExports, Pointer } from "./exports.js";
import type { Memory } from "./memory.js";
import { EndpointTable } from "./transports/endpoint.js";
import type { ReceivedDatagram, UdpSocket } from "./transports/transport.js";

/** Datagrams for one call in: what is more waits for the next, so that the receive area stays small. */
const maxBatch = 1024;
const maxBatchBytes = 1 << 20;

/** One for all transports: who sends is whom we send to. */
export const endpoints = new EndpointTable();

/** What a gatherer keeps of the sockets that were bound for it. */
export class SocketGroup {
  readonly sockets = new Set<UdpSocket>();
  /** Why the last of them died, while none has come in its place. */
  failure: string | null = null;
  readonly #onFailure: (message: string) => void;
  #droppedByClosed = 0;

  constructor(onFailure: (message: string) => void) {
    this.#onFailure = onFailure;
  }

  get droppedDatagrams(): number {
    let dropped = this.#droppedByClosed;
    for (const socket of this.sockets) dropped += socket.droppedDatagrams;
    return dropped;
  }
  add(socket: UdpSocket): void {
    this.sockets.add(socket);
    this.failure = null;
  }
  /** Sockets that die of the same cause tell it once. */
  fail(message: string): void {
    if (this.failure === message) return;
    this.failure = message;
    this.#onFailure(message);
  }
  at(address: string): UdpSocket[] {
    return [...this.sockets].filter((socket) => socket.address === address);
  }
  forget(socket: UdpSocket): void {
    if (this.sockets.delete(socket)) this.#droppedByClosed += socket.droppedDatagrams;
  }
}

export class Sockets {
  readonly #exports: ModuleExports;
  readonly #memory: Memory;
  readonly #batch: ModuleBatch;
  /** A socket has a group for each gatherer that shares it (SharedTransport). */
  readonly #open = new Map<number, { socket: UdpSocket; groups: Set<SocketGroup> }>();
  readonly #ids = new Map<UdpSocket, number>();
  #last = 0;
  /** Runs what no user's code waits for. */
  readonly #quietly: (call: () => void) => void;
  #keepAlive = false;

  constructor(exports: ModuleExports, memory: Memory, quietly: (call: () => void) => void) {
    this.#exports = exports;
    this.#memory = memory;
    this.#batch = new ModuleBatch(memory, endpoints);
    this.#quietly = quietly;
  }

  /** Offers sockets for the time of `call`; closes those that were not taken. */
  offer(sockets: readonly UdpSocket[], group: SocketGroup, call: () => void): void {
    for (const socket of sockets) this.#offerOne(socket, group);
    try {
      call();
    } finally {
      this.#exports.portico_wasm_withdraw_sockets();
    }
  }

  /** As if the socket had said that it is of no more use. */
  lose(socket: UdpSocket, message: string): void {
    const id = this.#ids.get(socket);
    if (id !== undefined) this.#quietly(() => this.#failInCore(id, message));
  }

  /** Sockets that nobody has waited for: those that others use stay. */
  discard(sockets: readonly UdpSocket[]): void {
    for (const socket of sockets) if (!this.#ids.has(socket)) socket.close();
  }

  #offerOne(socket: UdpSocket, group: SocketGroup): void {
    const known = this.#ids.get(socket);
    const id = known ?? ++this.#last;
    group.add(socket);
    const [address = 0] = this.#memory.texts([socket.address]);
    this.#exports.portico_wasm_offer_socket(id, address, socket.port, socket.loopback ? 1 : 0);
    if (known !== undefined) {
      this.#open.get(known)?.groups.add(group);
      return;
    }
    this.#adopt(id, socket, new Set([group]));
  }

  #adopt(id: number, socket: UdpSocket, groups: Set<SocketGroup>): void {
    this.#ids.set(socket, id);
    this.#open.set(id, { socket, groups });
    socket.setKeepAlive(this.#keepAlive);
    socket.open({
      receive: (datagrams) => this.#quietly(() => this.#receive(id, datagrams)),
      failed: (message) => this.#quietly(() => this.#fail(id, message)),
    });
  }

  /** A socket in a multicast group, on the interface of socket `id`; 0 where there can be none. */
  openMulticast(id: number, group: string, port: number): number {
    try {
      const socket = this.#open.get(id)?.socket.openMulticast?.(group, port);
      if (!socket) return 0;
      this.#adopt(++this.#last, socket, new Set());
      return this.#last;
    } catch {
      return 0; // another program has the port for itself, or the interface has no multicast
    }
  }

  find(id: number): UdpSocket | undefined {
    return this.#open.get(id)?.socket;
  }

  send(id: number, batch: Pointer, count: number): void {
    this.#open.get(id)?.socket.send(this.#batch.set(batch, count));
  }

  close(id: number): void {
    const entry = this.#open.get(id);
    if (!entry) return;
    this.#open.delete(id);
    this.#ids.delete(entry.socket);
    for (const group of entry.groups) group.forget(entry.socket);
    entry.socket.close();
  }

  closeAll(): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }

  setKeepAlive(keep: boolean): void {
    this.#keepAlive = keep;
    for (const { socket } of this.#open.values()) socket.setKeepAlive(keep);
  }

  #receive(id: number, datagrams: readonly ReceivedDatagram[]): void {
    let start = 0;
    while (start < datagrams.length && this.#open.has(id)) {
      let end = start;
      let bytes = 0;
      while (end < datagrams.length && end - start < maxBatch) {
        const length = datagrams[end]?.payload.byteLength ?? 0;
        if (end > start && bytes + length > maxBatchBytes) break;
        bytes += length;
        end++;
      }
      this.#receiveSome(id, datagrams, start, end, bytes);
      start = end;
    }
  }

  #receiveSome(id: number, datagrams: readonly ReceivedDatagram[], start: number, end: number, bytes: number): void {
    const count = end - start;
    const area = this.#exports.portico_wasm_receive_area(count, bytes);
    let payload = area + count * descriptorBytes;
    for (let i = 0; i < count; i++) {
      const datagram = datagrams[start + i];
      if (!datagram) break;
      const length = datagram.payload.byteLength;
      writeDescriptor(this.#memory, area + i * descriptorBytes, datagram.endpoint, payload, length);
      this.#memory.bytes.set(datagram.payload, payload);
      payload += length;
    }
    this.#exports.portico_wasm_receive(id, count);
  }

  #fail(id: number, message: string): void {
    const entry = this.#open.get(id);
    if (!entry) return;
    this.#failInCore(id, message);
    for (const group of entry.groups) group.fail(message);
  }

  #failInCore(id: number, message: string): void {
    this.close(id);
    const [text = 0] = this.#memory.texts([message]);
    this.#exports.portico_wasm_socket_failed(id, text);
  }
}
