// What a page finds in its global scope, for programs that look for it there.
import type * as api from "./api.js";

const names = [
  "RTCCertificate",
  "RTCDataChannel",
  "RTCDataChannelEvent",
  "RTCDtlsTransport",
  "RTCError",
  "RTCErrorEvent",
  "RTCIceCandidate",
  "RTCIceTransport",
  "RTCPeerConnection",
  "RTCPeerConnectionIceErrorEvent",
  "RTCPeerConnectionIceEvent",
  "RTCSctpTransport",
  "RTCSessionDescription",
  "RTCStatsReport",
] as const;

/** What is there already stays, a browser's own for instance. */
export function installGlobals(classes: Pick<typeof api, (typeof names)[number]>): void {
  for (const name of names) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, {
      value: classes[name],
      writable: true,
      configurable: true,
      enumerable: false, // Web IDL §3.7.1
    });
  }
}
