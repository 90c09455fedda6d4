// RTCSctpTransport: one SCTP association over DTLS, and the data channels on it. ORTC §11.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import type { RTCErrorDetailType, RTCErrorEvent } from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { defineHandlers, type Handler } from "../target.js";
import { defineInterface } from "../webidl.js";
import { Adopted, refuseFor } from "./adoption.js";
import { CoreObject } from "./core_object.js";
import { type ChannelHost, RTCDataChannel } from "./data_channel.js";
import { RTCDataChannelEvent } from "./data_channel_event.js";
import { channelJson, type RTCDataChannelInit } from "./data_channel_init.js";
import { RTCDtlsTransport } from "./dtls_transport.js";
import { RTCSctpCapabilities, type RTCSctpCapabilitiesInit, toJson } from "./parameters.js";

export type RTCSctpTransportState = "connecting" | "connected" | "closed";

export interface RTCSctpTransportOptions {
  /** 5000 by custom. */
  port?: number;
  /** Streams to offer in each direction, 1,024 by default: about 110 bytes of memory for each. */
  maxChannels?: number;
  /** What getCapabilities() says, and the longest message taken from the peer, in bytes. */
  maxMessageSize?: number;
}

/** What the core tells as numbers. */
interface Facts {
  isServer: boolean;
  maxChannels: number | null;
  maxMessageSize: number;
}

const defaultPort = 5000;

export class RTCSctpTransport extends CoreObject implements ChannelHost {
  declare onstatechange: Handler<this>;
  declare ondatachannel: Handler<this, RTCDataChannelEvent>;
  declare onerror: Handler<this, RTCErrorEvent>;

  #dtlsTransport: RTCDtlsTransport | null;
  readonly #options: RTCSctpTransportOptions;
  /** Those that are not closed: one that someone listens to must not go because nobody holds it. */
  readonly #channels = new Set<RTCDataChannel>();
  #started = false;
  #draining = false;
  #last: Facts | null = null;

  /** The second argument is a port, as in aiortc, or options. */
  constructor(transport: RTCDtlsTransport, options?: number | RTCSctpTransportOptions);
  /** @internal */
  constructor(adopted: Adopted);
  constructor(transport: RTCDtlsTransport | Adopted, options: number | RTCSctpTransportOptions = {}) {
    const adopted = transport instanceof Adopted ? transport : null;
    const below = transport instanceof Adopted ? null : transport;
    const all = typeof options === "number" ? { port: options } : options;
    super(adopted?.handle ?? create(below, all), adopted?.connection);
    this.#dtlsTransport = below;
    this.#options = adopted
      ? { port: this._call((handle) => core().exports.portico_sctp_transport_port(handle)) }
      : all;
  }

  static getCapabilities(): RTCSctpCapabilities {
    const text = core().text(core().exports.portico_sctp_transport_capabilities());
    return new RTCSctpCapabilities(JSON.parse(text) as RTCSctpCapabilitiesInit);
  }

  get transport(): RTCDtlsTransport {
    if (this.#dtlsTransport) return this.#dtlsTransport;
    const handle = this._call((transport) => core().exports.portico_sctp_transport_dtls_transport(transport));
    this.#dtlsTransport = this._partOf(handle, (adopted) => new RTCDtlsTransport(adopted));
    return this.#dtlsTransport;
  }
  get state(): RTCSctpTransportState {
    return this._text("portico_sctp_transport_state") as RTCSctpTransportState;
  }
  get port(): number {
    return this.#options.port ?? defaultPort;
  }
  /** aiortc: the side that is not ICE-controlling. */
  get isServer(): boolean {
    return this.#facts().isServer;
  }
  /** aiortc's name of `isServer`. */
  get is_server(): boolean {
    return this.isServer;
  }
  /** The lesser of both directions' streams; null until connected. */
  get maxChannels(): number | null {
    return this.#facts().maxChannels;
  }
  /** The longest message that send() takes, in bytes; Infinity: any size, as in W3C. */
  get maxMessageSize(): number {
    return this.#facts().maxMessageSize;
  }
  /** Whether the peer has acknowledged all that was sent. */
  get drained(): boolean {
    return this._handle === 0 || this._call((handle) => core().exports.portico_sctp_transport_drained(handle)) === 1;
  }

  #facts(): Facts {
    if (this.#last) return this.#last;
    const { exports } = core();
    return {
      isServer: this._call((handle) => exports.portico_sctp_transport_is_server(handle)) === 1,
      maxChannels: this._call((handle) => exports.portico_sctp_transport_max_channels(handle)) || null,
      maxMessageSize: this._call((handle) => exports.portico_sctp_transport_max_message_size(handle)) || Infinity,
    };
  }

  /** Sends INIT as soon as DTLS is connected. Resolves when that is arranged: `statechange` tells of the connection. */
  start(remoteCapabilities: RTCSctpCapabilitiesInit, remotePort: number = defaultPort): Promise<void> {
    refuseFor(this._connection, "RTCSctpTransport");
    const json = toJson(remoteCapabilities, "RTCSctpCapabilities");
    const started = this._operation((handle, operation) => {
      const [text = 0] = core().texts(json);
      return core().exports.portico_sctp_transport_start(handle, text, remotePort, operation);
    });
    this.#started = true;
    this._review();
    for (const channel of this.#channels) channel._review();
    return started;
  }

  /** Sends ABORT; the channels close. Fine before start() and twice. */
  stop(): Promise<void> {
    refuseFor(this._connection, "RTCSctpTransport");
    if (this._handle === 0) return Promise.resolve();
    return this._operation((handle, operation) => core().exports.portico_sctp_transport_stop(handle, operation));
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): RTCDataChannel {
    refuseFor(this._connection, "RTCSctpTransport");
    const [text = 0] = core().texts(channelJson(label, init, true));
    const handle = this._call((transport) => core().exports.portico_data_channel_create(transport, text));
    return this.#adopt(new RTCDataChannel(handle, this));
  }

  #adopt(channel: RTCDataChannel): RTCDataChannel {
    this.#channels.add(channel);
    return channel;
  }
  /** @internal */
  get _sctp(): this {
    return this;
  }
  /** @internal */
  _forget(channel: RTCDataChannel): void {
    this.#channels.delete(channel);
  }
  /** @internal Something was given to send(): it goes out, whoever listens. */
  _sending(): void {
    if (this.#draining) return;
    this.#draining = true;
    core().registry.watch(this);
  }
  /** @internal */
  override _isAnchored(): boolean {
    if (this.#draining && (this.drained || !this._isActive())) this.#draining = false;
    return this.#draining || super._isAnchored();
  }
  /** @internal Whether events may come that no call causes. */
  get _isUnderWay(): boolean {
    return this._isActive();
  }

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (type === EventType.stateChange) {
      const state = core().memory.textOf(data, bytes);
      this._review();
      this.dispatchEvent(new Event("statechange"));
      if (state === "closed") this._finish();
    } else if (type === EventType.dataChannel) {
      const channel = this.#adopt(new RTCDataChannel(number, this));
      channel._announced();
      this.dispatchEvent(new RTCDataChannelEvent("datachannel", { channel }));
    } else if (type === EventType.error) {
      this._dispatchCoreError(number, core().memory.textOf(data, bytes));
    }
  }
  /** @internal */
  override _finish(): void {
    if (this._handle !== 0) this.#last = this.#facts();
    super._finish();
  }
  /** @internal */
  override _onModuleDeath(error: Error): void {
    this.#last = { isServer: false, maxChannels: null, maxMessageSize: 0 };
    super._onModuleDeath(error);
  }
  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return ["portico_sctp_transport_state"];
  }
  /** @internal */
  protected override _isActive(): boolean {
    const { state } = this;
    return state === "connected" || (state === "connecting" && (this._connection?._isUnderWay ?? this.#started));
  }
  /** @internal */
  protected override _errorDetail(): RTCErrorDetailType {
    return "sctp-failure";
  }
}
defineHandlers(RTCSctpTransport, ["statechange", "datachannel", "error"]);
defineInterface(RTCSctpTransport);

function create(transport: unknown, options: RTCSctpTransportOptions): number {
  if (!(transport instanceof RTCDtlsTransport)) {
    throw makeError("TypeError", "An RTCSctpTransport is made on an RTCDtlsTransport.");
  }
  if (transport.state === "closed") throw makeError("InvalidStateError", "The RTCDtlsTransport is closed.");
  const [json = 0] = core().texts(JSON.stringify(options));
  return core().exports.portico_sctp_transport_create(transport._handle, json);
}
