// RTCIceGatherer: finds the addresses under which this side can be reached. ORTC §5.
import { core } from "../core.js";
import { makeError, messageOf } from "../errors.js";
import type {
  RTCErrorDetailType,
  RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceErrorEventInit,
} from "../events.js";
import { EventType, type TextGetter } from "../exports.js";
import { handled } from "../operations.js";
import { defineHandlers, type Handler } from "../target.js";
import type { TransportProblem } from "../transports/transport.js";
import { defineInterface } from "../webidl.js";
import { Adopted, refuseFor } from "./adoption.js";
import { Binding } from "./binding.js";
import { CoreObject } from "./core_object.js";
import { coreGatherOptions, type LocalGatherOptions, type RTCIceTransportPolicy } from "./gather_options.js";
import { CandidateCache, type RTCIceCandidate } from "./ice_candidate.js";
import {
  candidateErrorEvent,
  candidateEvent,
  networkChangeEvent,
  type RTCNetworkChangeEvent,
  type RTCPeerConnectionIceEvent,
} from "./ice_event.js";
import {
  RTCIceParameters,
  RTCIceServer,
  type RTCIceServerInit,
  defaultIceServers,
  setDefaultIceServers,
} from "./parameters.js";

export type RTCIceGathererState = "new" | "gathering" | "complete" | "closed";

export interface RTCIceGathererOptions extends LocalGatherOptions {
  /** Absent: getDefaultIceServers(). An empty list: none, host candidates only. */
  iceServers?: readonly RTCIceServerInit[] | null;
  iceTransportPolicy?: RTCIceTransportPolicy;
}

export class RTCIceGatherer extends CoreObject {
  declare onstatechange: Handler<this>;
  declare onicecandidate: Handler<this, RTCPeerConnectionIceEvent>;
  declare onicecandidateerror: Handler<this, RTCPeerConnectionIceErrorEvent>;
  /** Portico's own: what has changed, when the networks have come to rest. */
  declare onnetworkchange: Handler<this, RTCNetworkChangeEvent>;

  readonly #binding: Binding;
  readonly #candidates = new CandidateCache();
  #gathering: Promise<void> | null = null;
  #bound: Promise<void> | null = null;

  /** Options, or as aiortc has it: (iceServers, usernameFragment, password). */
  constructor(
    options?: RTCIceGathererOptions | readonly RTCIceServerInit[] | null,
    usernameFragment?: string,
    password?: string,
  );
  /** @internal */
  constructor(adopted: Adopted);
  constructor(
    options: RTCIceGathererOptions | readonly RTCIceServerInit[] | Adopted | null = {},
    usernameFragment?: string,
    password?: string,
  ) {
    const adopted = options instanceof Adopted ? options : null;
    const all = options instanceof Adopted ? {} : normalize(options, usernameFragment, password);
    super(adopted?.handle ?? create(all), adopted?.connection);
    const self = new WeakRef(this);
    this.#binding =
      adopted?.connection._binding ??
      new Binding(all, {
        refused: (problem) => self.deref()?._report(problem),
        handle: () => self.deref()?._handle ?? 0,
      });
  }

  /** What a gatherer uses that was given no servers. */
  static getDefaultIceServers(): RTCIceServer[] {
    return defaultIceServers();
  }
  static setDefaultIceServers(servers: readonly RTCIceServerInit[]): void {
    setDefaultIceServers(servers);
  }
  getDefaultIceServers(): RTCIceServer[] {
    return defaultIceServers();
  }

  get state(): RTCIceGathererState {
    const state = this._text("portico_ice_gatherer_state") as RTCIceGathererState;
    return state === "new" && this.#bound ? "gathering" : state;
  }
  /** Datagrams dropped on this side, in either direction. */
  get droppedDatagrams(): number {
    return this.#binding.droppedDatagrams;
  }
  /** Empty before gather() and after close(). */
  getLocalCandidates(): RTCIceCandidate[] {
    return this.#candidates.ofList(this._json<unknown[] | null>("portico_ice_gatherer_local_candidates") ?? []);
  }
  getLocalParameters(): RTCIceParameters {
    const parameters = this._json<RTCIceParameters | null>("portico_ice_gatherer_local_parameters");
    return new RTCIceParameters(parameters ?? {});
  }

  /** Candidates come one by one, then null, then state `complete`, then the Promise resolves. Again: the same Promise. */
  gather(iceServers: readonly RTCIceServerInit[] | null = null): Promise<void> {
    refuseFor(this._connection, "RTCIceGatherer");
    if (this.#gathering) return this.#gathering;
    if (this.state === "closed") throw makeError("InvalidStateError", "The RTCIceGatherer is closed.");
    const servers = iceServers === null ? null : JSON.stringify(iceServers.map((server) => new RTCIceServer(server)));
    const begun = this.#binding.bindAndCall(() => ({ done: this.#begin(servers) }));
    this.#gathering = handled(begun instanceof Promise ? this.#afterBinding(begun) : begun.done);
    this._review();
    return this.#gathering;
  }

  #begin(servers: string | null): Promise<void> {
    return this._operation((handle, operation) => {
      const [text = 0] = core().texts(servers);
      return core().exports.portico_ice_gatherer_gather(handle, text, operation);
    });
  }

  async #afterBinding(begun: Promise<{ done: Promise<void> }>): Promise<void> {
    this.#bound = handled(begun.then(() => undefined));
    let operation: { done: Promise<void> };
    try {
      operation = await begun;
    } catch (error) {
      // Nothing was begun, so it may be tried again.
      this.#gathering = null;
      if (this.state !== "closed") this._report({ message: messageOf(error) });
      throw error;
    } finally {
      this.#bound = null;
      this._review();
    }
    return operation.done;
  }

  /** @internal */
  _candidateOf(members: unknown): RTCIceCandidate {
    return this.#candidates.of(members);
  }
  /** @internal While gather() waits for its transport: settles when the core has begun. */
  get _bound(): Promise<void> | null {
    return this.#bound;
  }
  /** @internal Makes a call for which the core may open sockets. */
  _withSockets<T>(call: () => T): T | Promise<T> {
    return this.#binding.callWithSockets(call);
  }

  /** @internal Why the sockets died, when none is left. */
  get _failure(): string | null {
    return this.#binding.failure;
  }
  /** @internal Sockets that are being bound are closed again. */
  _abandonBinding(): void {
    this.#binding.close();
  }

  /** Ends gathering and closes the sockets; a transport on it is stopped. Idempotent. */
  close(): void {
    refuseFor(this._connection, "RTCIceGatherer");
    this.#binding.close();
    if (this._handle !== 0) this._call((handle) => core().exports.portico_ice_gatherer_close(handle));
  }

  /** @internal */
  _report({ address = "", port = 0, url = "", message }: TransportProblem): void {
    this.dispatchEvent(candidateErrorEvent({ address, port, url, errorCode: 701, errorText: message }));
  }

  /** @internal */
  override _onEvent(type: number, _number: number, data: number, bytes: number): void {
    const text = core().memory.textOf(data, bytes);
    if (type === EventType.iceCandidate) {
      this.dispatchEvent(candidateEvent(text === "" ? null : this.#candidates.of(JSON.parse(text))));
    } else if (type === EventType.iceCandidateError) {
      this.dispatchEvent(candidateErrorEvent(JSON.parse(text) as RTCPeerConnectionIceErrorEventInit));
    } else if (type === EventType.networkChange) {
      this.dispatchEvent(networkChangeEvent(text));
    } else if (type === EventType.stateChange) {
      this._review();
      this.dispatchEvent(new Event("statechange"));
      if (text === "closed") this._finish();
    }
  }
  /** @internal */
  protected override _getters(): readonly TextGetter[] {
    return [
      "portico_ice_gatherer_state",
      "portico_ice_gatherer_local_candidates",
      "portico_ice_gatherer_local_parameters",
    ];
  }
  /** @internal */
  protected override _isActive(): boolean {
    return this.state === "gathering";
  }
  /** @internal */
  protected override _errorDetail(): RTCErrorDetailType {
    return "ice-failure";
  }
}
defineHandlers(RTCIceGatherer, ["statechange", "icecandidate", "icecandidateerror", "networkchange"]);
defineInterface(RTCIceGatherer);

function create({ transport, ...options }: RTCIceGathererOptions): number {
  const [json = 0] = core().texts(JSON.stringify(coreGatherOptions(options, transport)));
  return core().exports.portico_ice_gatherer_create(json);
}

function normalize(
  options: RTCIceGathererOptions | readonly RTCIceServerInit[] | null,
  usernameFragment?: string,
  password?: string,
): RTCIceGathererOptions {
  const given: RTCIceGathererOptions =
    options === null || Array.isArray(options)
      ? { iceServers: options as readonly RTCIceServerInit[] | null }
      : { ...(options as RTCIceGathererOptions) };
  if (usernameFragment !== undefined) given.usernameFragment = usernameFragment;
  if (password !== undefined) given.password = password;
  if (given.iceServers) given.iceServers = given.iceServers.map((server) => new RTCIceServer(server));
  return given;
}
