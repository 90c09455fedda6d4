// RTCIceTransport: a path to the peer. ORTC §6, made on a gatherer; and W3C webrtc-ice, which has its own.
import { core } from "../core.js";
import { makeError, messageOf } from "../errors.js";
import type { RTCErrorDetailType, RTCErrorEvent } from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { handled } from "../operations.js";
import { defineHandlers, type Handler } from "../target.js";
import { defineInterface, toDictionary, toEnum } from "../webidl.js";
import { Adopted, refuseFor } from "./adoption.js";
import { toIceServers } from "./configuration.js";
import { CoreObject } from "./core_object.js";
import { EarlyCandidates, type WaitingStart } from "./early_start.js";
import { type RTCIceTransportPolicy, transportPolicies } from "./gather_options.js";
import { HeldEvents } from "./held_events.js";
import {
  CandidateCache,
  candidateJson,
  readCandidate,
  RTCIceCandidate,
  type RTCIceCandidateInit,
} from "./ice_candidate.js";
import { candidateEvent, type RTCPeerConnectionIceEvent } from "./ice_event.js";
import { RTCIceGatherer, type RTCIceGathererState } from "./ice_gatherer.js";
import { noPairStats, type RTCIceTransportPairStats } from "./ice_pair_stats.js";
import { RTCIceParameters, type RTCIceParametersInit, type RTCIceServerInit, toJson } from "./parameters.js";

export type RTCIceTransportState =
  "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
/** What start() may be told. */
export type RTCIceStartRole = "controlling" | "controlled";
export type RTCIceRole = RTCIceStartRole | "unknown";

export interface RTCIceCandidatePair {
  local: RTCIceCandidate;
  remote: RTCIceCandidate;
}
/** W3C webrtc-ice RTCIceGatherOptions. */
export interface RTCIceGatherOptions {
  gatherPolicy?: RTCIceTransportPolicy;
  iceServers?: readonly RTCIceServerInit[];
}
const activeStates: readonly RTCIceTransportState[] = ["checking", "connected", "completed", "disconnected"];

export class RTCIceTransport extends CoreObject {
  declare onstatechange: Handler<this>;
  declare onselectedcandidatepairchange: Handler<this>;
  declare onerror: Handler<this, RTCErrorEvent>;
  /** W3C webrtc-ice: the gatherer's events. */
  declare onicecandidate: Handler<this, RTCPeerConnectionIceEvent>;
  declare ongatheringstatechange: Handler<this>;

  #gatherer: RTCIceGatherer | null;
  /** W3C webrtc-ice: made without a gatherer. */
  readonly #ownsGatherer: boolean;
  #carriesDtls = false;
  readonly #candidates = new CandidateCache();
  readonly #early = new EarlyCandidates();
  #waiting: WaitingStart<RTCIceStartRole> | null = null;
  #began: (() => void) | null = null;
  #ignoredErrors: string[] = [];
  readonly #events = new HeldEvents();
  #told: RTCIceTransportState = "new";

  constructor(gatherer?: RTCIceGatherer);
  /** @internal */
  constructor(adopted: Adopted);
  constructor(gatherer?: RTCIceGatherer | Adopted) {
    const adopted = gatherer instanceof Adopted ? gatherer : null;
    const given = gatherer instanceof Adopted ? undefined : gatherer;
    if (given !== undefined && !(given instanceof RTCIceGatherer)) {
      throw makeError("TypeError", "An RTCIceTransport is made on an RTCIceGatherer, or on nothing.");
    }
    const below = adopted ? null : (given ?? new RTCIceGatherer());
    super(adopted?.handle ?? core().exports.portico_ice_transport_create(below?._handle ?? 0), adopted?.connection);
    this.#gatherer = below;
    this.#ownsGatherer = adopted === null && given === undefined;
    if (this.#ownsGatherer) this.#forwardEvents();
  }

  // The gatherer belongs to this object alone, so that the listeners don't outlive it.
  #forwardEvents(): void {
    const self = new WeakRef(this);
    this.iceGatherer.addEventListener("icecandidate", (event) => {
      self.deref()?.dispatchEvent(candidateEvent((event as RTCPeerConnectionIceEvent).candidate));
    });
    this.iceGatherer.addEventListener("statechange", () => {
      const transport = self.deref();
      // W3C webrtc-ice: gather() itself begins it, and no event tells.
      if (!transport || (transport.#ownsGatherer && transport.gatheringState === "gathering")) return;
      transport.dispatchEvent(new Event("gatheringstatechange"));
    });
  }

  get iceGatherer(): RTCIceGatherer {
    if (this.#gatherer) return this.#gatherer;
    const handle = this._call((transport) => core().exports.portico_ice_transport_gatherer(transport));
    this.#gatherer = this._partOf(handle, (adopted) => new RTCIceGatherer(adopted));
    this.#forwardEvents();
    return this.#gatherer;
  }
  get gatheringState(): RTCIceGathererState {
    return this.iceGatherer.state;
  }
  get state(): RTCIceTransportState {
    const state = this._text("portico_ice_transport_state") as RTCIceTransportState;
    if (state === "completed" && this.#told === "connected") return "connected"; // its event is to come
    if (!this.#ownsGatherer || (state !== "new" && state !== "checking")) return state;
    // W3C webrtc-ice: start() and addRemoteCandidate() themselves begin the checks, and end them.
    return this.getRemoteParameters() && this.getRemoteCandidates().length > 0 ? "checking" : "new";
  }
  /** null before start() for a transport that was made without a gatherer, as in W3C webrtc-ice. */
  get role(): RTCIceRole | null {
    if (this.#waiting) return this.#waiting.role ?? "controlled";
    if (this.#ownsGatherer && this.getRemoteParameters() === null) return null;
    return (this._text("portico_ice_transport_role") || "unknown") as RTCIceRole;
  }
  get component(): "rtp" {
    return "rtp";
  }

  getLocalCandidates(): RTCIceCandidate[] {
    return this.iceGatherer.getLocalCandidates();
  }
  getLocalParameters(): RTCIceParameters | null {
    return this.iceGatherer.getLocalParameters();
  }
  /** With the peer-reflexive ones that the checks found. */
  getRemoteCandidates(): RTCIceCandidate[] {
    const list = this._json<unknown[] | null>("portico_ice_transport_remote_candidates") ?? [];
    return [...this.#candidates.ofList(list), ...this.#early.shown];
  }
  getRemoteParameters(): RTCIceParameters | null {
    if (this.#waiting) return this.#waiting.parameters;
    const parameters = this._json<RTCIceParametersInit | null>("portico_ice_transport_remote_parameters");
    return parameters && new RTCIceParameters(parameters);
  }
  /** The pair that data goes out on: the best that works, until the controlling side has nominated one. */
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    const pair = this._json<{ local: unknown; remote: unknown } | null>("portico_ice_transport_selected_pair");
    return pair && { local: this.iceGatherer._candidateOf(pair.local), remote: this.#candidates.of(pair.remote) };
  }
  getStats(): RTCIceTransportPairStats {
    return this._json<RTCIceTransportPairStats | null>("portico_ice_transport_stats") ?? { ...noPairStats };
  }

  /** W3C webrtc-ice, for a transport that was made without a gatherer. */
  gather(options: RTCIceGatherOptions = {}): Promise<void> {
    refuseFor(this._connection, "RTCIceTransport");
    if (!this.#ownsGatherer) {
      throw makeError("InvalidStateError", "This RTCIceTransport was made on an RTCIceGatherer: call its gather().");
    }
    const { gatherPolicy = "all", iceServers } = toDictionary(options, "RTCIceGatherOptions");
    const policy = toEnum(gatherPolicy, transportPolicies, "gatherPolicy");
    const servers = iceServers === undefined ? null : toIceServers(iceServers);
    if (this.state === "closed") throw makeError("InvalidStateError", "The RTCIceTransport is closed.");
    if (this.gatheringState !== "new") throw makeError("InvalidStateError", "gather() was called already.");
    if (policy === "relay") this.#gatherRelayedOnly();
    const gathering = this.iceGatherer.gather(servers);
    if (!this.#waiting) this.#passEarlyCandidates();
    // Where sockets take no time to bind, a start() that came before may go on.
    const bound = this.iceGatherer._bound;
    if (bound === null) this.#began?.();
    else bound.then(this.#began ?? (() => undefined), () => undefined);
    return gathering;
  }

  /** The policy is a gatherer's for life: another one takes the place of that which has done nothing yet. */
  #gatherRelayedOnly(): void {
    if (this.#carriesDtls) {
      throw makeError("NotSupportedError", 'Make an RTCIceGatherer with iceTransportPolicy "relay" for that.');
    }
    const { usernameFragment, password } = this.iceGatherer.getLocalParameters();
    this.#gatherer = new RTCIceGatherer({ iceTransportPolicy: "relay", usernameFragment, password });
    this._replaceHandle(core().exports.portico_ice_transport_create(this.#gatherer._handle));
    this.#forwardEvents();
  }
  /** @internal An RTCDtlsTransport was made on it, and on its object of the core's. */
  _carryDtls(): void {
    this.#carriesDtls = true;
  }

  /** The first start() begins the checks; resolves when connected, rejects when failed. Again with new credentials: an ICE
   * restart. With no role the first side that starts controls. */
  start(remoteParameters: RTCIceParametersInit, role?: RTCIceStartRole): Promise<void> {
    refuseFor(this._connection, "RTCIceTransport");
    const parameters = new RTCIceParameters(requireObject(remoteParameters));
    const waiting = this.#waiting;
    if (waiting?.role !== undefined && role !== undefined && role !== waiting.role) {
      throw makeError("InvalidStateError", "The role of an RTCIceTransport can't be changed once it has started.");
    }
    try {
      const started = this.#start(parameters, role);
      if (waiting) waiting.overtakenBy = started;
      return started;
    } catch (error) {
      const early = this.iceGatherer._bound !== null || this.#mayStartBeforeGathering;
      const tooEarly = early && error instanceof DOMException && error.name === "InvalidStateError";
      if (!tooEarly || this.state === "closed") throw error;
      // The core has told of its refusal with an event, which nobody else needs to know.
      this.#ignoredErrors.push(error.message);
      return this.#startLater(parameters, role);
    }
  }

  get #mayStartBeforeGathering(): boolean {
    return this.#ownsGatherer && this.gatheringState === "new";
  }
  #passEarlyCandidates(): void {
    for (const candidate of this.#early.take()) void this.#addNow(candidate);
  }

  #start(parameters: RTCIceParameters, role: RTCIceStartRole | undefined): Promise<void> {
    return this._operation((handle, operation) => {
      const [json = 0, roleAt = 0] = core().texts(JSON.stringify(parameters), role ?? null);
      return core().exports.portico_ice_transport_start(handle, json, roleAt, operation);
    });
  }

  #startLater(parameters: RTCIceParameters, role: RTCIceStartRole | undefined): Promise<void> {
    if (this.#waiting) {
      // W3C webrtc-ice: candidates are those of the parameters.
      if (!isSame(parameters, this.#waiting.parameters)) this.#early.take();
      this.#waiting.parameters = parameters;
      return this.#waiting.started;
    }
    const bound = this.iceGatherer._bound ?? new Promise<void>((resolve) => (this.#began = resolve));
    const started = bound.then(
      () => this.#startNow(),
      (error: unknown) => {
        this.#waiting = null;
        if (this.state !== "closed") this._dispatchError("NetworkError", messageOf(error));
        throw error;
      },
    );
    this.#waiting = { parameters, role, started };
    return handled(started);
  }

  #startNow(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = null;
    this.#began = null;
    if (!waiting || this.state === "closed") throw makeError("AbortError", "The RTCIceTransport was stopped.");
    this.#passEarlyCandidates();
    return waiting.overtakenBy ?? this.#start(waiting.parameters, waiting.role);
  }

  /** New local credentials for an ICE restart, and new sockets where the old ones died. Send them to the peer, and start()
   * with the peer's new ones. */
  restart(): Promise<RTCIceParameters> {
    refuseFor(this._connection, "RTCIceTransport");
    if (this.state === "closed") throw makeError("InvalidStateError", "The RTCIceTransport is closed.");
    if (this.getRemoteParameters() === null || this.#waiting) {
      throw makeError("InvalidStateError", "The RTCIceTransport has not been started.");
    }
    const parameters = this.iceGatherer._withSockets(() => {
      const text = core().text(core().exports.portico_ice_transport_restart(this._handle));
      return new RTCIceParameters(JSON.parse(text) as RTCIceParametersInit);
    });
    return handled(Promise.resolve(parameters));
  }

  /** Takes effect at once; null, undefined, or an empty `candidate` say that no more come (RFC 8838 §13). */
  addRemoteCandidate(candidate?: RTCIceCandidateInit | RTCIceCandidate | null): Promise<void> {
    refuseFor(this._connection, "RTCIceTransport");
    if (this.state === "closed" || !this.#ownsGatherer || !(this.#waiting ?? this.#mayStartBeforeGathering)) {
      return this.#addNow(candidate);
    }
    this.#early.add(readCandidate(candidate));
    return Promise.resolve();
  }

  #addNow(candidate: RTCIceCandidateInit | RTCIceCandidate | null | undefined): Promise<void> {
    const json = candidateJson(candidate);
    const added = this._operation((handle, operation) => {
      const [text = 0] = core().texts(json);
      return core().exports.portico_ice_transport_add_remote_candidate(handle, text, operation);
    });
    if (candidate instanceof RTCIceCandidate) this.#candidates.add(candidate);
    return added;
  }

  /** Ends the checks and closes the gatherer's sockets; DTLS on it closes first. Idempotent. */
  stop(): Promise<void> {
    refuseFor(this._connection, "RTCIceTransport");
    if (this._handle === 0) return Promise.resolve();
    this.iceGatherer._abandonBinding();
    this.#began?.();
    return this._operation((handle, operation) => core().exports.portico_ice_transport_stop(handle, operation));
  }

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (type === EventType.stateChange) {
      const state = core().memory.textOf(data, bytes) as RTCIceTransportState;
      this.#events.tell(() => this.#onState(state));
    } else if (type === EventType.selectedPair) {
      this.dispatchEvent(new Event("selectedcandidatepairchange"));
    } else if (type === EventType.error) {
      const message = core().memory.textOf(data, bytes);
      const ignored = this.#ignoredErrors.indexOf(message);
      if (ignored >= 0) this.#ignoredErrors.splice(ignored, 1);
      else this._dispatchCoreError(number, [message, this.iceGatherer._failure].filter(Boolean).join(" "));
    }
  }
  #onState(state: RTCIceTransportState): void {
    // What the calls of W3C webrtc-ice do themselves is no event.
    const isQuiet = this.#ownsGatherer && (state === "new" || (state === "checking" && this.#told === "new"));
    this.#told = state;
    this._review();
    if (!isQuiet) this.dispatchEvent(new Event("statechange"));
    if (state === "connected") this.#events.hold();
    if (state === "closed") this._finish();
  }

  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return [
      "portico_ice_transport_state",
      "portico_ice_transport_role",
      "portico_ice_transport_remote_candidates",
      "portico_ice_transport_remote_parameters",
      "portico_ice_transport_selected_pair",
      "portico_ice_transport_stats",
    ];
  }
  /** @internal */
  protected override _isActive(): boolean {
    return activeStates.includes(this.state);
  }
  /** @internal */
  protected override _errorDetail(): RTCErrorDetailType {
    return "ice-failure";
  }
}
defineHandlers(RTCIceTransport, [
  "statechange",
  "selectedcandidatepairchange",
  "error",
  "icecandidate",
  "gatheringstatechange",
]);
defineInterface(RTCIceTransport);

function requireObject(parameters: RTCIceParametersInit): RTCIceParametersInit {
  toJson(parameters, "RTCIceParameters");
  return parameters;
}

function isSame(one: RTCIceParameters, other: RTCIceParameters): boolean {
  return one.usernameFragment === other.usernameFragment && one.password === other.password;
}
