// portico.wasm without the package: wasm/module.h as a small class, with sockets that reach each other in memory.
import { webcrypto as crypto } from "node:crypto"; // Node 18 has no global one
import { readFileSync } from "node:fs";

const recordBytes = 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The addresses that sockets of all modules have here: "192.0.2.1:5000" to who has it. */
export class Wire {
  #owners = new Map();
  sent = 0;
  attach(address, deliver) {
    this.#owners.set(address, deliver);
  }
  detach(address) {
    this.#owners.delete(address);
  }
  /** A batch in one go, as a socket would find it. */
  send(from, batch) {
    const byOwner = new Map();
    for (const { to, payload } of batch) {
      this.sent += 1;
      if (!byOwner.has(to)) byOwner.set(to, []);
      byOwner.get(to).push({ from, payload });
    }
    for (const [to, datagrams] of byOwner) setImmediate(() => this.#owners.get(to)?.(datagrams));
  }
}

export class Module {
  static compile(path = process.env.PORTICO_WASM) {
    return new WebAssembly.Module(readFileSync(path));
  }

  #timer;
  #nextSocket = 1;
  #sockets = new Map();
  events = [];
  #waiting = [];
  #ended = false;

  constructor(compiled, { wire = new Wire(), imports = {} } = {}) {
    this.wire = wire;
    const host = {
      event: (type, object, number, data, bytes) => this.#onEvent({ type, object, number, data: this.bytes(data, bytes).slice() }),
      now: () => performance.now(),
      unix_seconds: () => Date.now() / 1000,
      random: (out, bytes) => void crypto.getRandomValues(this.bytes(out, bytes)),
      schedule: () => queueMicrotask(() => this.exports.portico_wasm_run()),
      set_timer: (delay) => {
        clearTimeout(this.#timer);
        if (delay >= 0 && !this.#ended) this.#timer = setTimeout(() => this.exports.portico_wasm_run(), Math.ceil(delay));
      },
      udp_send: (socket, batch, count) => this.#send(socket, batch, count),
      udp_close: (socket) => {
        this.wire.detach(this.#sockets.get(socket));
        this.#sockets.delete(socket);
      },
      multicast_open: () => 0,
      tcp_open: () => {},
      tcp_send: () => 1,
      tcp_close: () => {},
      resolve: () => {},
      cancel_resolve: () => {},
      out_of_memory: (bytes) => {
        throw new RangeError(`No memory for ${bytes} bytes`);
      },
    };
    this.exports = new WebAssembly.Instance(compiled, { portico: { ...host, ...imports } }).exports;
    this.exports._initialize();
    this.exports.portico_wasm_init();
  }

  /** No more turns: what has a timer would keep Node from ending. */
  end() {
    clearTimeout(this.#timer);
    this.#ended = true;
  }

  bytes(at, length) {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }

  /** Calls a function of portico.h: strings and bytes are copied in, a string that comes back is copied out. */
  call(name, ...values) {
    const copies = [];
    const plain = values.map((value) => {
      if (typeof value === "number") return value;
      if (value === null) return 0;
      const copy = typeof value === "string" ? encoder.encode(value + "\0") : value;
      const at = this.exports.portico_wasm_allocate(copy.length);
      this.bytes(at, copy.length).set(copy);
      copies.push(at);
      return at;
    });
    try {
      const result = this.exports[name](...plain);
      if (result < 0) throw new Error(`${name}: ${this.text(this.exports.portico_last_error())}`);
      return result;
    } finally {
      copies.forEach((at) => this.exports.portico_wasm_free(at));
    }
  }
  textOf(name, ...values) {
    const at = this.call(name, ...values);
    if (at === 0) throw new Error(`${name}: ${this.text(this.exports.portico_last_error())}`);
    return this.text(at);
  }
  jsonOf(name, ...values) {
    return JSON.parse(this.textOf(name, ...values));
  }
  text(at) {
    const memory = new Uint8Array(this.exports.memory.buffer);
    return decoder.decode(memory.slice(at, memory.indexOf(0, at)));
  }

  /** Binds, offers and gathers, as the transport of the package does. */
  gather(gatherer, operation, address, port) {
    this.offer(address, port);
    this.call("portico_ice_gatherer_gather", gatherer, null, operation);
    this.exports.portico_wasm_withdraw_sockets();
  }
  offer(address, port, loopback = 0) {
    const socket = this.#nextSocket++;
    this.#sockets.set(socket, `${address}:${port}`);
    this.wire.attach(`${address}:${port}`, (datagrams) => this.#receive(socket, datagrams));
    this.call("portico_wasm_offer_socket", socket, address, port, loopback);
    return socket;
  }
  get openSockets() {
    return this.#sockets.size;
  }

  /** The next event, also one of the past, that fits; each is given once. */
  async next(matches) {
    const index = this.events.findIndex(matches);
    if (index >= 0) return this.events.splice(index, 1)[0];
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }
  #onEvent(event) {
    const index = this.#waiting.findIndex(({ matches }) => matches(event));
    if (index >= 0) this.#waiting.splice(index, 1)[0].resolve(event);
    else this.events.push(event);
  }

  #send(socket, batch, count) {
    const view = new DataView(this.exports.memory.buffer);
    const datagrams = [];
    for (let at = batch; at < batch + count * recordBytes; at += recordBytes) {
      const payload = this.bytes(view.getUint32(at + 24, true), view.getUint32(at + 20, true)).slice();
      datagrams.push({ to: `${this.bytes(at, 4).join(".")}:${view.getUint16(at + 16, true)}`, payload });
    }
    this.wire.send(this.#sockets.get(socket), datagrams);
  }
  #receive(socket, datagrams) {
    const total = datagrams.reduce((sum, { payload }) => sum + payload.length, 0);
    const area = this.exports.portico_wasm_receive_area(datagrams.length, total);
    const view = new DataView(this.exports.memory.buffer);
    let payloadAt = area + datagrams.length * recordBytes;
    datagrams.forEach(({ from, payload }, index) => {
      const at = area + index * recordBytes;
      const [ip, port] = from.split(":");
      this.bytes(at, 4).set(ip.split(".").map(Number));
      view.setUint16(at + 16, Number(port), true);
      view.setUint16(at + 18, 4, true);
      view.setUint32(at + 20, payload.length, true);
      view.setUint32(at + 24, payloadAt, true);
      this.bytes(payloadAt, payload.length).set(payload);
      payloadAt += payload.length;
    });
    this.exports.portico_wasm_receive(socket, datagrams.length);
  }
}
