// What the page and the peer say to each other. The peer is in a worker, so all of it can be cloned.
import type { Role, Signal } from "../../shared/signalling.js";

export type Layer = "gatherer" | "ice" | "dtls" | "sctp";
export type Side = "local" | "remote";

export interface CandidateView {
  type: string;
  protocol: string;
  address: string;
  port: number;
}

export interface ConnectOptions {
  role: Role;
  /** The URL of the bridge. */
  bridge: string;
}

/** To the peer. A second `connect` ends the connection before it. */
export type Command =
  | ({ command: "connect" } & ConnectOptions)
  | { command: "signal"; signal: Signal }
  | { command: "say"; text: string }
  | { command: "flood"; on: boolean }
  | { command: "send-file"; id: number; file: File }
  | { command: "cancel-file"; id: number }
  | { command: "close" };

export type FilePhase = "moving" | "done" | "failed";

export interface FileView {
  direction: "send" | "receive";
  /** Each side counts its own. */
  id: number;
  name: string;
  total: number;
  bytes: number;
  seconds: number;
  phase: FilePhase;
  /** SHA-256, as this side and as the other side computed it. */
  here: string | null;
  there: string | null;
  /** Why it failed. */
  problem: string | null;
  /** What was received, to be saved. */
  blob: Blob | null;
}

export interface Facts {
  cipher: string;
  dtlsRole: string;
  iceRole: string;
}

/** From the peer. Milliseconds are since `connect`. */
export type PeerEvent =
  | { event: "ready"; version: string; milliseconds: number }
  | { event: "signal"; signal: Signal }
  | { event: "state"; layer: Layer; state: string; milliseconds: number }
  | { event: "connection"; state: RTCPeerConnectionState; milliseconds: number }
  | { event: "open"; milliseconds: number }
  | { event: "candidate"; side: Side; candidate: CandidateView }
  | { event: "selected"; local: CandidateView; remote: CandidateView }
  | { event: "facts"; facts: Facts }
  | { event: "heard"; text: string }
  | { event: "round-trip"; milliseconds: number }
  /** Bytes a second since the last one. */
  | { event: "traffic"; sent: number; received: number }
  | { event: "file"; file: FileView }
  | { event: "flood"; on: boolean }
  /** The bridge refused, or ended; why. */
  | { event: "bridge-lost"; why: string }
  | { event: "problem"; problem: string };
