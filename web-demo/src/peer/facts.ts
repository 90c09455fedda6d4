// What getStats() says of a connection that stands (W3C webrtc-stats, RTCTransportStats).
import type { Facts } from "./messages.js";

export async function factsOf(connection: RTCPeerConnection): Promise<Facts | null> {
  const report = await connection.getStats();
  let facts: Facts | null = null;
  report.forEach((stats: { type: string; dtlsCipher?: string; dtlsRole?: string; iceRole?: string }) => {
    if (stats.type !== "transport") return;
    const { dtlsCipher = "", dtlsRole = "", iceRole = "" } = stats;
    facts = { cipher: dtlsCipher, dtlsRole, iceRole };
  });
  return facts;
}
