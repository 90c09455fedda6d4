// RTCIceTransport: a path to the peer. ORTC §6, made on a gatherer; and W3C webrtc-ice, which has its own.
import { core } from "../core.js";
import { makeError, messageOf } from "../errors.js";
import { type RTCErrorDetailType, type RTCErrorEvent, RTCPeerConnectionIceEvent } from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { handled } from "../operations.js";
import { defineHandlers, type Handler } from "../target.js";
import { CoreObject } from "./core_object.js";
import { candidateJson, RTCIceCandidate, type RTCIceCandidateInit } from "./ice_candidate.js";
import { RTCIceGatherer, type RTCIceGathererState, type RTCIceTransportPolicy } from "./ice_gatherer.js";
import { RTCIceParameters, type RTCIceParametersInit, type RTCIceServerInit, toJson } from "./parameters.js";

export type RTCIceTransportState =
  "new" | "checking" | "connected" | "completed" | "disconnected" | "failed" | "closed";
export type RTCIceRole = "controlling" | "controlled";

export interface RTCIceCandidatePair {
  local: RTCIceCandidate;
  remote: RTCIceCandidate;
}
/** W3C webrtc-ice RTCIceGatherOptions. */
export interface RTCIceGatherOptions {
  gatherPolicy?: RTCIceTransportPolicy;
  iceServers?: readonly RTCIceServerInit[];
}
/** Of W3C's RTCIceCandidatePairStats, for the selected pair. Times in seconds. */
export interface RTCIceTransportPairStats {
  requestsSent: number;
  requestsReceived: number;
  responsesSent: number;
  responsesReceived: number;
  consentRequestsSent: number;
  currentRoundTripTime: number;
  totalRoundTripTime: number;
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
  packetsDiscarded: number;
}

const noStats: RTCIceTransportPairStats = {
  requestsSent: 0,
  requestsReceived: 0,
  responsesSent: 0,
  responsesReceived: 0,
  consentRequestsSent: 0,
  currentRoundTripTime: 0,
  totalRoundTripTime: 0,
  packetsSent: 0,
  packetsReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  packetsDiscarded: 0,
};

const activeStates: readonly RTCIceTransportState[] = ["checking", "connected", "completed", "disconnected"];

/** A start() that waits until the gatherer has sockets. */
interface WaitingStart {
  parameters: RTCIceParameters;
  role: RTCIceRole | undefined;
  started: Promise<void>;
  /** A start() that came when there were sockets, and before this one's turn. */
  overtakenBy?: Promise<void>;
}

export class RTCIceTransport extends CoreObject {
  declare onstatechange: Handler<this>;
  declare onselectedcandidatepairchange: Handler<this>;
  declare onerror: Handler<this, RTCErrorEvent>;
  /** W3C webrtc-ice: the gatherer's events. */
  declare onicecandidate: Handler<this, RTCPeerConnectionIceEvent>;
  declare ongatheringstatechange: Handler<this>;

  readonly #gatherer: RTCIceGatherer;
  readonly #ownGatherer: boolean;
  #waiting: WaitingStart | null = null;
  #began: (() => void) | null = null;
  #ignoredErrors: string[] = [];

  constructor(gatherer?: RTCIceGatherer) {
    if (gatherer !== undefined && !(gatherer instanceof RTCIceGatherer)) {
      throw makeError("TypeError", "An RTCIceTransport is made on an RTCIceGatherer, or on nothing.");
    }
    const own = gatherer ?? new RTCIceGatherer();
    super(core().exports.portico_ice_transport_create(own._handle));
    this.#gatherer = own;
    this.#ownGatherer = gatherer === undefined;
    if (this.#ownGatherer) this.#forwardEvents();
  }

  // The gatherer belongs to this object alone, so that the listeners don't outlive it.
  #forwardEvents(): void {
    const self = new WeakRef(this);
    this.#gatherer.addEventListener("icecandidate", (event) => {
      const { candidate, url } = event as RTCPeerConnectionIceEvent;
      self.deref()?.dispatchEvent(new RTCPeerConnectionIceEvent("icecandidate", { candidate, url }));
    });
    this.#gatherer.addEventListener("statechange", () => {
      self.deref()?.dispatchEvent(new Event("gatheringstatechange"));
    });
  }

  get iceGatherer(): RTCIceGatherer {
    return this.#gatherer;
  }
  get gatheringState(): RTCIceGathererState {
    return this.#gatherer.state;
  }
  get state(): RTCIceTransportState {
    return this._text("portico_ice_transport_state") as RTCIceTransportState;
  }
  /** null before start() for a transport that was made without a gatherer, as in W3C webrtc-ice. */
  get role(): RTCIceRole | null {
    if (this.#waiting) return this.#waiting.role ?? "controlled";
    if (this.#ownGatherer && this.getRemoteParameters() === null) return null;
    return this._text("portico_ice_transport_role") as RTCIceRole;
  }
  get component(): "rtp" {
    return "rtp";
  }

  getLocalCandidates(): RTCIceCandidate[] {
    return this.#gatherer.getLocalCandidates();
  }
  getLocalParameters(): RTCIceParameters | null {
    return this.#ownGatherer && this.#gatherer.state === "new" ? null : this.#gatherer.getLocalParameters();
  }
  /** With the peer-reflexive ones that the checks found. */
  getRemoteCandidates(): RTCIceCandidate[] {
    const candidates = this._json<RTCIceCandidateInit[] | null>("portico_ice_transport_remote_candidates") ?? [];
    return candidates.map((candidate) => new RTCIceCandidate(candidate));
  }
  getRemoteParameters(): RTCIceParameters | null {
    if (this.#waiting) return this.#waiting.parameters;
    const parameters = this._json<RTCIceParametersInit | null>("portico_ice_transport_remote_parameters");
    return parameters && new RTCIceParameters(parameters);
  }
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    const pair = this._json<{ local: RTCIceCandidateInit; remote: RTCIceCandidateInit } | null>(
      "portico_ice_transport_selected_pair",
    );
    return pair && { local: new RTCIceCandidate(pair.local), remote: new RTCIceCandidate(pair.remote) };
  }
  getStats(): RTCIceTransportPairStats {
    return this._json<RTCIceTransportPairStats | null>("portico_ice_transport_stats") ?? { ...noStats };
  }

  /** W3C webrtc-ice, for a transport that was made without a gatherer. */
  gather(options: RTCIceGatherOptions = {}): Promise<void> {
    if (!this.#ownGatherer) {
      throw makeError("InvalidStateError", "This RTCIceTransport was made on an RTCIceGatherer: call its gather().");
    }
    if (this.state === "closed") throw makeError("InvalidStateError", "The RTCIceTransport is closed.");
    if (this.#gatherer.state !== "new") throw makeError("InvalidStateError", "gather() was called already.");
    if (options.gatherPolicy === "relay") {
      throw makeError("NotSupportedError", 'Make an RTCIceGatherer with iceTransportPolicy "relay" for that.');
    }
    const gathering = this.#gatherer.gather(options.iceServers ?? null);
    // Where sockets take no time to bind, a start() that came before may go on.
    if (this.#gatherer._bound === null) this.#began?.();
    else this.#gatherer._bound.then(this.#began ?? (() => undefined), () => undefined);
    return gathering;
  }

  /** The first start() begins the checks; resolves when connected, rejects when failed. Again with new credentials: an ICE
   * restart. With no role the first side that starts controls. */
  start(remoteParameters: RTCIceParametersInit, role?: RTCIceRole): Promise<void> {
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
      const early = this.#gatherer._bound !== null || (this.#ownGatherer && this.#gatherer.state === "new");
      const tooEarly = early && error instanceof DOMException && error.name === "InvalidStateError";
      if (!tooEarly || this.state === "closed") throw error;
      // The core has told of its refusal with an event, which nobody else needs to know.
      this.#ignoredErrors.push(error.message);
      return this.#startLater(parameters, role);
    }
  }

  #start(parameters: RTCIceParameters, role: RTCIceRole | undefined): Promise<void> {
    return this._operation((handle, operation) => {
      const [json = 0, roleAt = 0] = core().texts(JSON.stringify(parameters), role ?? null);
      return core().exports.portico_ice_transport_start(handle, json, roleAt, operation);
    });
  }

  #startLater(parameters: RTCIceParameters, role: RTCIceRole | undefined): Promise<void> {
    if (this.#waiting) {
      this.#waiting.parameters = parameters;
      return this.#waiting.started;
    }
    const bound = this.#gatherer._bound ?? new Promise<void>((resolve) => (this.#began = resolve));
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
    return waiting.overtakenBy ?? this.#start(waiting.parameters, waiting.role);
  }

  /** New local credentials for an ICE restart, and new sockets where the old ones died. Send them to the peer, and start()
   * with the peer's new ones. */
  restart(): Promise<RTCIceParameters> {
    if (this.state === "closed") throw makeError("InvalidStateError", "The RTCIceTransport is closed.");
    if (this.getRemoteParameters() === null || this.#waiting) {
      throw makeError("InvalidStateError", "The RTCIceTransport has not been started.");
    }
    const parameters = this.#gatherer._withSockets(() => {
      const text = core().text(core().exports.portico_ice_transport_restart(this._handle));
      return new RTCIceParameters(JSON.parse(text) as RTCIceParametersInit);
    });
    return handled(Promise.resolve(parameters));
  }

  /** Takes effect at once; null, undefined, or an empty `candidate` say that no more come (RFC 8838 §13). */
  addRemoteCandidate(candidate?: RTCIceCandidateInit | RTCIceCandidate | null): Promise<void> {
    const json = candidateJson(candidate);
    return this._operation((handle, operation) => {
      const [text = 0] = core().texts(json);
      return core().exports.portico_ice_transport_add_remote_candidate(handle, text, operation);
    });
  }

  /** Ends the checks and closes the gatherer's sockets; DTLS on it closes first. Idempotent. */
  stop(): Promise<void> {
    if (this._handle === 0) return Promise.resolve();
    this.#gatherer._abandonBinding();
    this.#began?.();
    return this._operation((handle, operation) => core().exports.portico_ice_transport_stop(handle, operation));
  }

  /** @internal */
  override _onEvent(type: number, number: number, data: number, bytes: number): void {
    if (type === EventType.stateChange) {
      const state = core().memory.textOf(data, bytes);
      this._review();
      this.dispatchEvent(new Event("statechange"));
      if (state === "closed") this._finish();
    } else if (type === EventType.selectedPair) {
      this.dispatchEvent(new Event("selectedcandidatepairchange"));
    } else if (type === EventType.error) {
      const message = core().memory.textOf(data, bytes);
      const ignored = this.#ignoredErrors.indexOf(message);
      if (ignored >= 0) this.#ignoredErrors.splice(ignored, 1);
      else this._dispatchCoreError(number, [message, this.#gatherer._failure].filter(Boolean).join(" "));
    }
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

function requireObject(parameters: RTCIceParametersInit): RTCIceParametersInit {
  toJson(parameters, "RTCIceParameters");
  return parameters;
}
