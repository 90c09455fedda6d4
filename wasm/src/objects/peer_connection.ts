// RTCPeerConnection: ORTC's objects, set up by session descriptions. W3C webrtc-pc §4.4, for data channels.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import type {
  RTCErrorDetailType,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceErrorEventInit,
} from "../events.js";
import { EventType, type ModuleExports, PeerState, type TextGetter } from "../exports.js";
import { promised } from "../operations.js";
import { defineHandlers, type Handler } from "../target.js";
import type { TransportProblem } from "../transports/transport.js";
import { defineInterface, requireArguments, toDictionary } from "../webidl.js";
import type { Adopted, Connection } from "./adoption.js";
import type { Binding } from "./binding.js";
import { generateCertificate, type RTCCertificate, type RTCCertificateAlgorithm } from "./certificate.js";
import { Configuration, type RTCConfiguration } from "./configuration.js";
import { CoreObject } from "./core_object.js";
import type { ChannelHost, RTCDataChannel } from "./data_channel.js";
import { RTCDataChannelEvent } from "./data_channel_event.js";
import { channelJson, type RTCDataChannelInit } from "./data_channel_init.js";
import {
  candidateOfCore,
  requireSection,
  type RTCIceCandidate,
  type RTCIceCandidateInit,
  toCandidateInit,
} from "./ice_candidate.js";
import {
  candidateErrorEvent,
  candidateEvent,
  networkChangeEvent,
  type RTCNetworkChangeEvent,
  type RTCPeerConnectionIceEvent,
} from "./ice_event.js";
import { withCallbacks, withOptionalCallbacks } from "./legacy_callbacks.js";
import {
  PeerStates,
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
  type RTCSignalingState,
} from "./peer_states.js";
import { isStale, PeerGathering } from "./peer_gathering.js";
import { PeerParts } from "./peer_parts.js";
import { RTCSctpTransport } from "./sctp_transport.js";
import {
  DescriptionCache,
  type RTCAnswerOptions,
  type RTCLocalSessionDescriptionInit,
  type RTCOfferOptions,
  type RTCSessionDescription,
  type RTCSessionDescriptionInit,
  toDescription,
  toDescriptionInit,
  toLocalDescription,
} from "./session_description.js";
import { requireNoSelector, RTCStatsReport, statsOf } from "./stats_report.js";

export type { RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState, RTCSignalingState };

type DescriptionCallback = (description: Required<RTCSessionDescriptionInit>) => void;
type ErrorCallback = (error: DOMException) => void;

/** The calls of the core that begin an operation with an argument in JSON. */
type Operation = {
  [Name in keyof ModuleExports]: Name extends `portico_peer_connection_${string}`
    ? ModuleExports[Name] extends (connection: number, json: number, operation: number) => number
      ? Name
      : never
    : never;
}[keyof ModuleExports];

export class RTCPeerConnection extends CoreObject implements ChannelHost, Connection {
  declare onnegotiationneeded: Handler<this>;
  declare onicecandidate: Handler<this, RTCPeerConnectionIceEvent>;
  declare onicecandidateerror: Handler<this, RTCPeerConnectionIceErrorEvent>;
  /** Portico's own. */
  declare onnetworkchange: Handler<this, RTCNetworkChangeEvent>;
  declare onsignalingstatechange: Handler<this>;
  declare oniceconnectionstatechange: Handler<this>;
  declare onicegatheringstatechange: Handler<this>;
  declare onconnectionstatechange: Handler<this>;
  declare ondatachannel: Handler<this, RTCDataChannelEvent>;
  /** Never called: there is no media. */
  declare ontrack: Handler<this>;

  #configuration: Configuration;
  readonly #gathering: PeerGathering;
  readonly #states = new PeerStates();
  readonly #local = new DescriptionCache();
  readonly #remote = new DescriptionCache();
  readonly #parts = new PeerParts();
  #sctp: RTCSctpTransport | null = null;
  #canTrickle: boolean | null = null;
  #wasUnderWay = false;
  #closed = false;
  #over = false;

  constructor(configuration: RTCConfiguration = {}) {
    const converted = Configuration.from(configuration);
    const [json = 0] = core().texts(converted.toCoreJson());
    super(core().exports.portico_peer_connection_create(json));
    this.#configuration = converted;
    const self = new WeakRef(this);
    this.#gathering = new PeerGathering(converted.own, {
      refused: (problem) => self.deref()?._report(problem),
      handle: () => self.deref()?._handle ?? 0,
    });
  }

  static generateCertificate(algorithm: RTCCertificateAlgorithm): Promise<RTCCertificate> {
    return generateCertificate(algorithm);
  }

  // States -------------------------------------------------------------------------------------------------------------

  get signalingState(): RTCSignalingState {
    return this.#states.signaling;
  }
  get iceGatheringState(): RTCIceGatheringState {
    return this.#states.iceGathering;
  }
  get iceConnectionState(): RTCIceConnectionState {
    return this.#states.iceConnection;
  }
  get connectionState(): RTCPeerConnectionState {
    return this.#states.connection;
  }
  /** null before a remote description. */
  get canTrickleIceCandidates(): boolean | null {
    if (this._handle !== 0) {
      const can = core().exports.portico_peer_connection_can_trickle_ice_candidates(this._handle);
      this.#canTrickle = can < 0 ? null : can === 1;
    }
    return this.#canTrickle;
  }

  // Descriptions -------------------------------------------------------------------------------------------------------

  get localDescription(): RTCSessionDescription | null {
    return this.pendingLocalDescription ?? this.currentLocalDescription;
  }
  get currentLocalDescription(): RTCSessionDescription | null {
    return this.#local.of(this._text("portico_peer_connection_current_local_description"));
  }
  get pendingLocalDescription(): RTCSessionDescription | null {
    return this.#local.of(this._text("portico_peer_connection_pending_local_description"));
  }
  get remoteDescription(): RTCSessionDescription | null {
    return this.pendingRemoteDescription ?? this.currentRemoteDescription;
  }
  get currentRemoteDescription(): RTCSessionDescription | null {
    return this.#remote.of(this._text("portico_peer_connection_current_remote_description"));
  }
  get pendingRemoteDescription(): RTCSessionDescription | null {
    return this.#remote.of(this._text("portico_peer_connection_pending_remote_description"));
  }

  createOffer(options?: RTCOfferOptions): Promise<Required<RTCSessionDescriptionInit>>;
  /** @deprecated W3C webrtc-pc §4.4.3, as are the other forms with callbacks. */
  createOffer(success: DescriptionCallback, failure: ErrorCallback, options?: RTCOfferOptions): Promise<void>;
  createOffer(...args: unknown[]): Promise<Required<RTCSessionDescriptionInit> | void> {
    const [success, failure, options] = args;
    return promised<Required<RTCSessionDescriptionInit> | void>(() => {
      if (args.length < 2) return this.#createOffer(success);
      return withCallbacks(success, failure, () => this.#createOffer(options));
    });
  }

  createAnswer(options?: RTCAnswerOptions): Promise<Required<RTCSessionDescriptionInit>>;
  /** @deprecated */
  createAnswer(success: DescriptionCallback, failure: ErrorCallback): Promise<void>;
  createAnswer(...args: unknown[]): Promise<Required<RTCSessionDescriptionInit> | void> {
    const [success, failure] = args;
    return promised<Required<RTCSessionDescriptionInit> | void>(() => {
      if (args.length < 2) return this.#createAnswer(success);
      return withCallbacks(success, failure, () => this.#createAnswer(undefined));
    });
  }

  /** Without a type or an SDP it makes what is missing. Candidates are gathered from then on. */
  setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void>;
  /** @deprecated */
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    success: () => void,
    failure: ErrorCallback,
  ): Promise<void>;
  setLocalDescription(...args: unknown[]): Promise<void> {
    return withOptionalCallbacks(args, () => {
      const { type, sdp } = toLocalDescription(args[0]);
      const json = JSON.stringify({ type, sdp: sdp === "" ? undefined : sdp });
      return this.#begin("portico_peer_connection_set_local_description", json, () => undefined);
    });
  }

  /** A malformed SDP rejects with an RTCError "sdp-syntax-error", which has the line. */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  /** @deprecated */
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    success: () => void,
    failure: ErrorCallback,
  ): Promise<void>;
  setRemoteDescription(description: unknown, ...callbacks: unknown[]): Promise<void> {
    return withOptionalCallbacks([description, ...callbacks], () => {
      const json = JSON.stringify(toDescription(description));
      return this.#begin("portico_peer_connection_set_remote_description", json, () => undefined);
    });
  }

  /** null, undefined and {}: no more come. One with an empty `candidate`: no more for its section. */
  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void>;
  /** @deprecated */
  addIceCandidate(candidate: RTCIceCandidateInit, success: () => void, failure: ErrorCallback): Promise<void>;
  addIceCandidate(...args: unknown[]): Promise<void> {
    return withOptionalCallbacks(args, () => {
      const init = toCandidateInit(args[0]);
      if (init.candidate !== "") requireSection(init);
      const isEndOfAll = init.candidate === "" && init.sdpMid === null && init.sdpMLineIndex === null;
      const json = isEndOfAll ? null : JSON.stringify(init, (_, value: unknown) => value ?? undefined);
      return this.#begin("portico_peer_connection_add_ice_candidate", json, () => undefined);
    });
  }

  /** The next offer has new credentials, and negotiation is needed. */
  restartIce(): void {
    if (this.#closed) return;
    this._call((handle) => core().exports.portico_peer_connection_restart_ice(handle));
  }

  #createOffer(options: unknown): Promise<Required<RTCSessionDescriptionInit>> {
    const { iceRestart } = toDictionary(options, "RTCOfferOptions");
    const json = JSON.stringify({ iceRestart: Boolean(iceRestart) });
    return this.#begin("portico_peer_connection_create_offer", json, toDescriptionInit);
  }
  #createAnswer(options: unknown): Promise<Required<RTCSessionDescriptionInit>> {
    toDictionary(options, "RTCAnswerOptions");
    return this.#begin("portico_peer_connection_create_answer", null, toDescriptionInit);
  }

  #begin<T>(call: Operation, json: string | null, read: (result: string) => T): Promise<T> {
    if (this.#closed) throw makeError("InvalidStateError", "The RTCPeerConnection is closed.");
    return this._operationWithResult((handle, operation) => {
      const [text = 0] = core().texts(json);
      return core().exports[call](handle, text, operation);
    }, read);
  }

  // Configuration ------------------------------------------------------------------------------------------------------

  getConfiguration(): RTCConfiguration {
    return this.#configuration.toInit();
  }
  /** Servers and policy count for the next gathering. Portico's own members stay as they are. */
  setConfiguration(configuration: RTCConfiguration = {}): void {
    const changed = this.#configuration.changedTo(configuration);
    if (this.#closed) throw makeError("InvalidStateError", "The RTCPeerConnection is closed.");
    const [json = 0] = core().texts(changed.toCoreJson());
    this._call((handle) => core().exports.portico_peer_connection_set_configuration(handle, json));
    this.#configuration = changed;
  }

  // Channels and transports --------------------------------------------------------------------------------------------

  /** null until it is negotiated. */
  get sctp(): RTCSctpTransport | null {
    if (this._handle === 0) return this.#sctp;
    const handle = this._call((connection) => core().exports.portico_peer_connection_sctp(connection));
    this.#sctp = handle === 0 ? null : this._part(handle, (adopted) => new RTCSctpTransport(adopted));
    return this.#sctp;
  }

  createDataChannel(label: string, init: RTCDataChannelInit = {}): RTCDataChannel {
    requireArguments(arguments.length, 1, "createDataChannel()");
    const json = channelJson(label, init, false);
    if (this.#closed) throw makeError("InvalidStateError", "The RTCPeerConnection is closed.");
    const handle = this._call((connection) => {
      const [text = 0] = core().texts(json);
      return core().exports.portico_peer_connection_create_data_channel(connection, text);
    });
    return this.#parts.addChannel(handle, this);
  }

  // There is no media --------------------------------------------------------------------------------------------------

  getSenders(): never[] {
    return [];
  }
  getReceivers(): never[] {
    return [];
  }
  getTransceivers(): never[] {
    return [];
  }
  addTrack(_track: unknown, ..._streams: unknown[]): never {
    throw noMedia();
  }
  removeTrack(_sender: unknown): never {
    throw noMedia();
  }
  addTransceiver(_trackOrKind: unknown, ..._init: unknown[]): never {
    throw noMedia();
  }

  // Statistics ---------------------------------------------------------------------------------------------------------

  /** W3C webrtc-stats, of this moment. There are no tracks to select by. */
  getStats(selector: null = null): Promise<RTCStatsReport> {
    return promised(() => {
      requireNoSelector(selector);
      return Promise.resolve(statsOf(this._text("portico_peer_connection_stats")));
    });
  }

  // The end ------------------------------------------------------------------------------------------------------------

  /** At any moment, and twice. No event comes from the connection any more, and pending Promises stay so (W3C webrtc-pc
   * §4.4.1.2); its channels and transports close. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#states.close();
    this.#gathering.binding.close();
    this._abandonOperations();
    if (this._handle === 0 || core().death) return;
    this._call((handle) => core().exports.portico_peer_connection_close(handle));
    this._review();
    this.#letGoSoon();
  }

  /** In a task after the events of the end. */
  #letGoSoon(): void {
    core().platform.task(() => {
      if (this.#over || this.#parts.hasChannels || core().death) return;
      // What can be asked for later has to be there before the core's object goes.
      void this.sctp?.transport.iceTransport.iceGatherer;
      void this.canTrickleIceCandidates;
      this.#over = true;
      this.#parts.finish();
      this._finish();
    });
  }

  // For its parts ------------------------------------------------------------------------------------------------------

  /** @internal */
  get _binding(): Binding {
    return this.#gathering.binding;
  }
  /** @internal */
  get _isOver(): boolean {
    return this.#over;
  }
  /** @internal */
  get _isUnderWay(): boolean {
    return this._isActive();
  }
  /** @internal */
  get _sctp(): RTCSctpTransport | null {
    return this.sctp;
  }
  /** @internal */
  _part<T extends object>(handle: number, make: (adopted: Adopted) => T): T {
    return this.#parts.transport(handle, this, make);
  }
  /** @internal */
  _sending(): void {
    (this.#sctp ?? this.sctp)?._sending();
  }
  /** @internal */
  _forget(channel: RTCDataChannel): void {
    this.#parts.forgetChannel(channel);
    if (this.#closed) this.#letGoSoon();
  }

  // Events -------------------------------------------------------------------------------------------------------------

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (this.#closed) return;
    const text = core().memory.textOf(data, bytes);
    if (type === EventType.stateChange) {
      this.#onState(number, text);
    } else if (type === EventType.iceCandidate) {
      const candidate = text === "" ? null : candidateOfCore(JSON.parse(text));
      this.#later(() => this.#tellCandidate(candidate));
    } else if (type === EventType.iceCandidateError) {
      const init = JSON.parse(text) as RTCPeerConnectionIceErrorEventInit;
      this.#later(() => this.dispatchEvent(candidateErrorEvent(init)));
    } else if (type === EventType.negotiationNeeded) {
      this.#later(() => this.dispatchEvent(new Event("negotiationneeded")));
    } else if (type === EventType.dataChannel) {
      const channel = this.#parts.addChannel(number, this);
      this.#later(() => this.dispatchEvent(new RTCDataChannelEvent("datachannel", { channel })));
      channel._announced();
    } else if (type === EventType.networkChange) {
      this.#later(() => this.dispatchEvent(networkChangeEvent(text)));
    } else if (type === EventType.socketsNeeded) {
      this.#later(() => this.#gather());
    }
  }

  /** W3C has each in a task of its own: who awaits a call of the connection, or an event, has time to listen to the next. */
  #later(event: () => void): void {
    core().platform.task(() => {
      if (!this.#closed) event();
    });
  }

  #tellCandidate(candidate: RTCIceCandidate | null): void {
    const gatheringState = this._text("portico_peer_connection_ice_gathering_state");
    const local = [this.pendingLocalDescription, this.currentLocalDescription].flatMap((each) => each?.sdp ?? []);
    if (!isStale(candidate, gatheringState, local)) this.dispatchEvent(candidateEvent(candidate));
  }

  /** A description is set in one task: its signaling state changes before its Promise resolves, and with its attributes. */
  #onState(which: number, state: string): void {
    const change = () => {
      const name = this.#states.set(which, state);
      this._review();
      this.dispatchEvent(new Event(name));
    };
    if (which === PeerState.signaling) change();
    else this.#later(change);
  }

  #gather(): void {
    const gather = () => this._call((handle) => core().exports.portico_wasm_peer_connection_gather(handle));
    this.#gathering.begin(gather, () => this.#closed);
  }

  /** @internal */
  _report({ address = "", port = 0, url = "", message }: TransportProblem): void {
    const event = candidateErrorEvent({ address, port, url, errorCode: 701, errorText: message });
    this.#later(() => this.dispatchEvent(event));
  }

  // Its life -----------------------------------------------------------------------------------------------------------

  /** @internal */
  override _review(): void {
    super._review();
    if (this._isUnderWay === this.#wasUnderWay) return;
    this.#wasUnderWay = !this.#wasUnderWay;
    this.#parts.review();
  }
  /** @internal */
  protected override _isActive(): boolean {
    if (this.#closed || this._handle === 0) return false;
    const { signaling, iceGathering, connection } = this.#states;
    if (iceGathering === "gathering") return true;
    if (connection !== "new") return connection !== "failed" && connection !== "closed";
    // Both sides are known: the peer's checks may come before its candidates do (RFC 8445 §7.3.1.3).
    return signaling === "stable" && iceGathering === "complete" && this.canTrickleIceCandidates !== null;
  }
  /** @internal */
  protected override _tellOfDeath(): void {
    this.#closed = true;
    this.#over = true;
    this.#states.close();
    for (const name of ["iceconnectionstatechange", "connectionstatechange"]) this.dispatchEvent(new Event(name));
  }
  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return [
      "portico_peer_connection_current_local_description",
      "portico_peer_connection_pending_local_description",
      "portico_peer_connection_current_remote_description",
      "portico_peer_connection_pending_remote_description",
      "portico_peer_connection_stats",
    ];
  }
  /** @internal */
  protected override _errorDetail(): RTCErrorDetailType {
    return "data-channel-failure";
  }
}
defineHandlers(RTCPeerConnection, [
  "negotiationneeded",
  "icecandidate",
  "icecandidateerror",
  "networkchange",
  "signalingstatechange",
  "iceconnectionstatechange",
  "icegatheringstatechange",
  "connectionstatechange",
  "datachannel",
  "track",
]);
defineInterface(RTCPeerConnection);

function noMedia(): Error {
  return makeError("NotSupportedError", "Portico is for data channels only: it sends and receives no media.");
}
