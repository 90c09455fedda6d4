// The few fields of a candidate that the page shows.
import type { CandidateView } from "./messages.js";

interface CandidateLike {
  type: string | null;
  protocol: string | null;
  address: string | null;
  port: number | null;
}

export function viewOf(candidate: CandidateLike): CandidateView {
  return {
    type: candidate.type ?? "host",
    protocol: candidate.protocol ?? "udp",
    address: candidate.address ?? "",
    port: candidate.port ?? 0,
  };
}

/** RFC 8839 §5.1: candidate:FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE. null: it is none. */
export function viewOfLine(line: string): CandidateView | null {
  const [, , protocol, , address, port, , type] = line.split(" ");
  if (!protocol || !address || !port || !type) return null;
  return { type, protocol: protocol.toLowerCase(), address, port: Number(port) };
}

/** Two lines for one address and port are one to a person. */
export function keyOf(candidate: CandidateView): string {
  return `${candidate.protocol} ${candidate.address} ${String(candidate.port)}`;
}
