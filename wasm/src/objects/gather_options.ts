// What a gatherer is told, whether a user made it or an RTCPeerConnection.
import type { UdpTransport } from "../transports/transport.js";
import { presentTransport } from "./binding.js";

export const transportPolicies = ["all", "relay"] as const;
export type RTCIceTransportPolicy = (typeof transportPolicies)[number];

interface LocalOptions {
  bindAddresses?: readonly string[];
  includeLoopback?: boolean;
  portRange?: readonly [number, number];
}

/** For the core. Where the transport's addresses are not this machine's, it alone decides which are offered. */
export function coreGatherOptions<T extends LocalOptions>(options: T, transport?: UdpTransport): object {
  if ((transport ?? presentTransport())?.usesLocalAddresses) return options;
  const { bindAddresses: _, portRange: __, ...rest } = options;
  return { ...rest, includeLoopback: true };
}
