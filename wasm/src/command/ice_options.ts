// The ICE arguments as RTCIceGatherer and RTCPeerConnection take them.
import { BridgeTransport, type RTCConfiguration, type RTCIceGathererOptions } from "../api.js";
import type { IceArguments } from "./arguments.js";

export function iceOptions(ice: IceArguments): RTCConfiguration & RTCIceGathererOptions {
  const { url, token } = ice.bridge ?? {};
  return {
    iceServers: ice.iceServers,
    iceTransportPolicy: ice.relayOnly ? "relay" : "all",
    iceLite: ice.iceLite,
    bindAddresses: ice.bindAddresses,
    includeLoopback: ice.includeLoopback,
    interfaces: ice.interfaces,
    excludedInterfaces: ice.excludedInterfaces,
    mdns: ice.mdns,
    networkChangePolicy: ice.networkChangePolicy,
    ...(ice.portRange ? { portRange: ice.portRange } : {}),
    ...(url !== undefined ? { transport: new BridgeTransport(url, token !== undefined ? { token } : {}) } : {}),
  };
}
