// RTCDataChannel: messages, in order or not, reliable or not. W3C webrtc-pc §6.2.
import { core } from "../core.js";
import { makeError, type PorticoErrorName } from "../errors.js";
import type { RTCErrorDetailType, RTCErrorEvent } from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { defineHandlers, type Handler } from "../target.js";
import { defineInterface, toDOMString, toEnforcedRange } from "../webidl.js";
import { CoreObject } from "./core_object.js";
import { HeldEvents } from "./held_events.js";
import { priorityOf, type RTCPriorityType } from "./data_channel_init.js";
import { requireSendable, SendQueue, sizeOf, type Sendable } from "./send_queue.js";
import type { RTCSctpTransport } from "./sctp_transport.js";

export type RTCDataChannelState = "connecting" | "open" | "closing" | "closed";
export type BinaryType = "arraybuffer" | "blob";

/** The DOM's MessageEvent, in a type that Node's have no other of. */
export interface RTCDataChannelMessageEvent extends Event {
  /** Binary messages come as binaryType says. */
  readonly data: string | ArrayBuffer | Blob;
  /** The page's own; empty in Node. */
  readonly origin: string;
}

/** Of W3C's RTCDataChannelStats. */
export interface RTCDataChannelCounters {
  messagesSent: number;
  bytesSent: number;
  messagesReceived: number;
  bytesReceived: number;
}

interface Parameters {
  label: string;
  protocol: string;
  ordered: boolean;
  maxPacketLifeTime: number | null;
  maxRetransmits: number | null;
  negotiated: boolean;
  priority: number;
}

/** What the core tells as numbers. */
interface Facts {
  id: number | null;
  bufferedAmount: number;
  threshold: number;
}

/** What channels are made on: an RTCSctpTransport, or an RTCPeerConnection that may have none as yet. */
export interface ChannelHost {
  /** @internal */
  readonly _sctp: RTCSctpTransport | null;
  /** @internal Whether events may come that no call causes. */
  readonly _isUnderWay: boolean;
  /** @internal Something was given to send(): it goes out, whoever listens. */
  _sending(): void;
  /** @internal */
  _forget(channel: RTCDataChannel): void;
}

export class RTCDataChannel extends CoreObject {
  declare onopen: Handler<this>;
  declare onmessage: Handler<this, RTCDataChannelMessageEvent>;
  declare onbufferedamountlow: Handler<this>;
  declare onclosing: Handler<this>;
  declare onclose: Handler<this>;
  declare onerror: Handler<this, RTCErrorEvent>;

  readonly #host: ChannelHost;
  readonly #parameters: Parameters;
  readonly #queue = new SendQueue((data) => this.#sendNow(data));
  #binaryType: BinaryType = "arraybuffer";
  #last: Facts | null = null;
  #closing = false;
  readonly #events = new HeldEvents();
  /** A channel of the peer's, of which no `open` has told as yet. */
  #isAnnounced = false;

  /** @internal Use RTCPeerConnection.createDataChannel() or RTCSctpTransport.createDataChannel(). */
  constructor(handle: number, host: ChannelHost) {
    super(handle);
    this.#host = host;
    this.#parameters = this._json<Parameters>("portico_data_channel_parameters");
  }

  get label(): string {
    return this.#parameters.label;
  }
  get protocol(): string {
    return this.#parameters.protocol;
  }
  get ordered(): boolean {
    return this.#parameters.ordered;
  }
  get maxPacketLifeTime(): number | null {
    return this.#parameters.maxPacketLifeTime;
  }
  get maxRetransmits(): number | null {
    return this.#parameters.maxRetransmits;
  }
  get negotiated(): boolean {
    return this.#parameters.negotiated;
  }
  get priority(): RTCPriorityType {
    return priorityOf(this.#parameters.priority);
  }
  /** null before an RTCPeerConnection has negotiated it. */
  get transport(): RTCSctpTransport | null {
    return this.#host._sctp;
  }
  /** null until it is known. */
  get id(): number | null {
    return this.#facts().id;
  }
  get readyState(): RTCDataChannelState {
    const state = this._text("portico_data_channel_state") as RTCDataChannelState;
    return this.#closing && state === "open" ? "closing" : state;
  }
  /** Bytes given to send() that are not in a packet yet. */
  get bufferedAmount(): number {
    return this.#facts().bufferedAmount + this.#queue.bytes;
  }
  get bufferedAmountLowThreshold(): number {
    return this.#facts().threshold;
  }
  set bufferedAmountLowThreshold(bytes: number) {
    const { exports } = core();
    const threshold = toEnforcedRange(bytes, maxUnsignedLong, "bufferedAmountLowThreshold");
    if (this.#last) this.#last.threshold = threshold;
    else this._call((handle) => exports.portico_data_channel_set_buffered_amount_low_threshold(handle, threshold));
  }
  /** How binary messages come; "arraybuffer" by default. */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }
  set binaryType(type: BinaryType) {
    const text = toDOMString(type);
    // Web IDL §3.7.6: an attribute ignores what is no value of its enumeration.
    if (text === "arraybuffer" || text === "blob") this.#binaryType = text;
  }
  getStats(): RTCDataChannelCounters {
    const counters = this._json<RTCDataChannelCounters | null>("portico_data_channel_stats");
    return counters ?? { messagesSent: 0, bytesSent: 0, messagesReceived: 0, bytesReceived: 0 };
  }

  #facts(): Facts {
    if (this.#last) return this.#last;
    const { exports } = core();
    const id = exports.portico_data_channel_id(this._handle);
    return {
      id: id < 0 ? null : id,
      bufferedAmount: exports.portico_data_channel_buffered_amount(this._handle),
      threshold: exports.portico_data_channel_buffered_amount_low_threshold(this._handle),
    };
  }

  /** Copies the message. Throws an InvalidStateError unless open, a TypeError over transport.maxMessageSize, an
   * OperationError when 16 MiB of the association wait already: mind bufferedAmount. */
  send(data: Sendable): void {
    requireSendable(data);
    if (this.readyState !== "open") {
      throw makeError("InvalidStateError", `The RTCDataChannel is ${this.readyState}, not open.`);
    }
    if (this.#queue.isEmpty && !(data instanceof Blob)) {
      this.#sendNow(data);
      return;
    }
    const bytes = sizeOf(data);
    if (bytes > (this.#host._sctp?.maxMessageSize ?? Infinity)) {
      throw makeError("TypeError", `${String(bytes)} bytes are more than the peer takes in a message.`);
    }
    this.#queue.add(data, bytes);
  }

  #sendNow(data: Exclude<Sendable, Blob>): void {
    const { exports, memory } = core();
    try {
      if (typeof data === "string") {
        const { pointer, length } = memory.encode(data);
        this._call((handle) => exports.portico_data_channel_send(handle, pointer, length, 1));
        this.#host._sending();
        return;
      }
      const bytes = bytesOf(data);
      const pointer = memory.copyIn(bytes);
      this._call((handle) => exports.portico_data_channel_send(handle, pointer, bytes.byteLength, 0));
      this.#host._sending();
    } finally {
      if (!core().death) memory.trimScratch();
    }
  }

  /** What is queued is delivered; then both directions are reset (RFC 8831 §6.7). Idempotent. */
  close(): void {
    if (this._handle === 0 || this.#closing) return;
    this.#closing = true;
    this.#queue.whenEmpty(() => {
      if (this._handle !== 0) this._call((handle) => core().exports.portico_data_channel_close(handle));
    });
  }

  /** @internal It is the peer's, and is being told of. What happens next is told in tasks after that. */
  _announced(): void {
    this.#isAnnounced = true;
    this.#events.hold();
    this.#events.tell(() => this.#onOpen());
    this._review();
  }

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (type === EventType.message) {
      const { memory } = core();
      const message = number === 1 ? memory.textOf(data, bytes) : memory.copyOut(data, bytes);
      this.#events.tell(() => this.#dispatchMessage(message));
    } else if (type === EventType.error) {
      const text = core().memory.textOf(data, bytes);
      this.#events.tell(() => this._dispatchCoreError(number, text));
    } else if (type === EventType.close) {
      this.#events.tell(() => this.#onClose());
    } else if (type === EventType.open) {
      if (this.#isAnnounced) return;
      this._review();
      this.#events.tell(() => this.#onOpen());
    } else {
      this._review();
      const name = type === EventType.closing ? "closing" : "bufferedamountlow";
      this.#events.tell(() => this.dispatchEvent(new Event(name)));
    }
  }

  /** W3C webrtc-pc §6.2: not when it was closed meanwhile. */
  #onOpen(): void {
    if (this.readyState === "open") this.dispatchEvent(new Event("open"));
  }

  #dispatchMessage(message: string | ArrayBuffer): void {
    const data = typeof message === "string" || this.#binaryType === "arraybuffer" ? message : new Blob([message]);
    this.dispatchEvent(new MessageEvent("message", { data, origin: ownOrigin() }));
  }

  #onClose(): void {
    this._finish();
    this.dispatchEvent(new Event("close"));
  }

  /** @internal */
  override _finish(): void {
    if (this._handle === 0) return;
    this.#last = this.#facts();
    super._finish();
    this.#host._forget(this);
  }
  /** @internal */
  override _onModuleDeath(error: Error): void {
    this.#last = { id: null, bufferedAmount: 0, threshold: 0 };
    this.#host._forget(this);
    super._onModuleDeath(error);
  }
  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return ["portico_data_channel_state", "portico_data_channel_stats"];
  }
  /** @internal */
  protected override _isActive(): boolean {
    const state = this.readyState;
    return state === "open" || state === "closing" || (state === "connecting" && this.#host._isUnderWay);
  }
  /** @internal */
  protected override _errorDetail(name: PorticoErrorName): RTCErrorDetailType {
    return name === "OperationError" ? "data-channel-failure" : "sctp-failure";
  }
  /** @internal */
  protected override _errorName(name: PorticoErrorName): PorticoErrorName {
    return this.#host === this.#host._sctp ? name : "OperationError";
  }
}
defineHandlers(RTCDataChannel, ["open", "message", "bufferedamountlow", "closing", "close", "error"]);
defineInterface(RTCDataChannel);

const maxUnsignedLong = 0xffff_ffff;

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

/** W3C webrtc-pc §6.2: that of the connection's document. */
function ownOrigin(): string {
  const { origin } = globalThis as { origin?: unknown };
  return typeof origin === "string" ? origin : "";
}
