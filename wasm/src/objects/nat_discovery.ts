// What stands between this side and the internet: NAT behaviour discovery (RFC 5780), in RFC 4787's words.
import { core } from "../core.js";
import { makeError } from "../errors.js";
import { Binding, defaultTransport } from "./binding.js";
import { coreGatherOptions } from "./gather_options.js";
import type { RTCIceGathererOptions } from "./ice_gatherer.js";
import { RTCIceServer } from "./parameters.js";

/** `dependent`: on the address, perhaps on the port as well; only a server that supports RFC 5780 can tell. */
export type NatDependence =
  "unknown" | "endpoint-independent" | "address-dependent" | "address-and-port-dependent" | "dependent";

export interface NatEndpoint {
  address: string;
  port: number;
}

/** How one server answered one local address. */
export interface NatAnswer extends NatEndpoint {
  url: string;
  /** How the server sees the local address; null: `errorText` says why not. */
  mapped: NatEndpoint | null;
  /** RFC 5780 §7.4: the server supports it. */
  otherAddress: NatEndpoint | null;
  /** Seconds; null where a request was repeated, too. */
  roundTripTime: number | null;
  /** 701: it did not answer; else the STUN error; 0: none. */
  errorCode: number;
  errorText: string;
}

/** What was found out about one local address. */
export interface NatBehaviour {
  local: NatEndpoint;
  mapped: NatEndpoint | null;
  /** There is a NAT. */
  translated: boolean;
  mapping: NatDependence;
  filtering: NatDependence;
  /** Why the filtering could not be measured, or "". */
  filteringUnknown: string;
  answers: NatAnswer[];
}

export interface NatReport {
  servers: { url: string; addresses: string[]; errorText: string }[];
  /** One for each local address. */
  behaviours: NatBehaviour[];
}

export interface NatDiscoveryOptions extends RTCIceGathererOptions {
  /** Default: whether the transport uses this machine's own addresses; a bridge filters by rules of its own. */
  filtering?: boolean;
  /** 10,000 by default: it ends then with what is known. */
  timeoutMs?: number;
  /** Ends it with the signal's reason. */
  signal?: AbortSignal;
}

/** Asks STUN servers where they see this side, from each local address. A server that supports RFC 5780 tells mapping and
 * filtering; two others the mapping; one whether there is a NAT. Through a bridge, it is the bridge's network. */
export async function discoverNatBehaviour(options: NatDiscoveryOptions = {}): Promise<NatReport> {
  const { transport, filtering, timeoutMs, signal, iceServers, ...rest } = options;
  const servers = iceServers ? { iceServers: iceServers.map((server) => new RTCIceServer(server)) } : {};
  const json = JSON.stringify({
    ...coreGatherOptions({ ...rest, ...servers }, transport),
    filtering: filtering ?? (transport ?? defaultTransport()).usesLocalAddresses,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const [text = 0] = core().texts(json);
  const handle = core().check(core().exports.portico_nat_discovery_create(text));
  const binding = new Binding(options, { refused: () => undefined, handle: () => 0 });
  const release = core().registry.hold();
  const end = onceOnly(() => {
    binding.close();
    if (!core().death) core().exports.portico_release(handle);
    release();
  });
  signal?.addEventListener("abort", end);
  try {
    if (signal?.aborted) throw signal.reason;
    const begun = await binding.bindAndCall(() => ({ done: begin(handle) }));
    return await begun.done;
  } catch (error) {
    throw signal?.aborted ? (signal.reason ?? makeError("AbortError", "The discovery was aborted.")) : error;
  } finally {
    signal?.removeEventListener("abort", end);
    end();
  }
}

function begin(handle: number): Promise<NatReport> {
  return core().operations.start(
    (operation) => core().check(core().exports.portico_nat_discovery_discover(handle, operation)),
    () => undefined,
    (result) => JSON.parse(result) as NatReport,
  );
}

function onceOnly(call: () => void): () => void {
  let called = false;
  return () => {
    if (!called) call();
    called = true;
  };
}
