// What a gatherer is told, whether a user made it or an RTCPeerConnection.
import { makeError } from "../errors.js";
import type { UdpTransport } from "../transports/transport.js";
import { presentTransport } from "./binding.js";

export const transportPolicies = ["all", "relay"] as const;
export type RTCIceTransportPolicy = (typeof transportPolicies)[number];

export const mdnsPolicies = ["off", "resolve", "hide"] as const;
export type RTCMdnsPolicy = (typeof mdnsPolicies)[number];

/** What follows when this machine's networks change (in Node; over the bridge, its WebSocket is all that there is).
 * - `none`: nothing more until a restart, which takes the networks that are there then, as browsers do.
 * - `gather`: new networks are gathered from at once, and used where they are better or the path in use is gone. More
 *   candidates may always come, so their end is never told.
 * - `restart`: that, and an RTCPeerConnection whose path is gone calls restartIce() by itself. */
export type RTCNetworkChangePolicy = "none" | "gather" | "restart";

/** ORTC's and Portico's own, for an RTCIceGatherer and for an RTCPeerConnection. */
export interface LocalGatherOptions {
  /** What carries UDP. Default: what setDefaultTransport() was given; in Node its own sockets. */
  transport?: UdpTransport;
  /** Default: made at random. Else 4–256 and 22–256 ice-chars (RFC 8839 §5.4). */
  usernameFragment?: string;
  password?: string;
  /** RFC 8445 §2.5: for a server with a public address. A `NotSupportedError` over the bridge, which lets in answers only. */
  iceLite?: boolean;
  /** Local addresses, for transports that use this machine's; empty: those of every interface that is up. */
  bindAddresses?: readonly string[];
  includeLoopback?: boolean;
  /** Local ports, both included; [0, 0]: the system chooses. */
  portRange?: readonly [number, number];
  /**
   * Names of the interfaces to use, as os.networkInterfaces() has them; empty: all. `eth*` is all that begin so. The
   * bridge's interfaces have no names: over it this has no effect.
   */
  interfaces?: readonly string[];
  /** The same for those not to use. */
  excludedInterfaces?: readonly string[];
  /**
   * Names in place of addresses (draft-ietf-mmusic-mdns-ice-candidates). `"resolve"`, the default: a peer's are asked for
   * by multicast DNS. `"hide"`: host candidates have names of their own, too. `"off"`: neither. There is no multicast
   * over the bridge: names stay unresolved there, and nobody answers for ours.
   */
  mdns?: RTCMdnsPolicy;
  /** Default: none. */
  networkChangePolicy?: RTCNetworkChangePolicy;
}

/** For the core. Where the transport's addresses are not this machine's, it alone decides which are offered. */
export function coreGatherOptions<T extends LocalGatherOptions>(options: T, transport?: UdpTransport): object {
  // The transport has chosen among the interfaces: the core knows them by no name.
  const { interfaces: _i, excludedInterfaces: _e, ...named } = options;
  if ((transport ?? presentTransport())?.usesLocalAddresses) {
    return options.interfaces?.length ? { ...named, includeLoopback: true } : named;
  }
  if (options.iceLite) {
    throw makeError(
      "NotSupportedError",
      "ICE-lite waits to be reached, and a bridge lets nobody in who was not asked. Leave iceLite out.",
    );
  }
  const { bindAddresses: _, portRange: __, ...rest } = named;
  return { ...rest, includeLoopback: true };
}
