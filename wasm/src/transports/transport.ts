// The seam that carries UDP: what Portico asks of Node's sockets, of the bridge, or of a transport of your own.
import type { Endpoint } from "./endpoint.js";

/** A datagram as it came. Whoever hands it over may reuse the payload as soon as the call returns. */
export interface ReceivedDatagram {
  endpoint: Endpoint;
  payload: Uint8Array;
}

/** The datagrams of one turn, in order. It lives until send() returns; payloads lie in the WebAssembly memory. */
export interface OutgoingBatch {
  readonly count: number;
  /** The sum of all payloads. */
  readonly totalBytes: number;
  endpoint(index: number): Endpoint;
  bytes(index: number): number;
  /** Writes the payload to `out` at `offset`. */
  copyPayload(index: number, out: Uint8Array, offset: number): void;
}

export interface UdpReceiver {
  /** The datagrams that one wake-up found. */
  receive(datagrams: readonly ReceivedDatagram[]): void;
  /** The socket is of no more use. The sentence says why and, where that is known, what to do. */
  failed(message: string): void;
}

/** A bound, unconnected UDP socket. */
export interface UdpSocket {
  /** An IP literal; never `0.0.0.0` or `::`. */
  readonly address: string;
  readonly port: number;
  readonly loopback: boolean;
  /** Datagrams that were dropped on this side, in either direction. */
  readonly droppedDatagrams: number;
  /** Called once, before any send(). Nothing is delivered from inside the call. */
  open(receiver: UdpReceiver): void;
  /** Sends or drops; never waits, never throws. */
  send(batch: OutgoingBatch): void;
  /** Nothing is delivered any more. */
  close(): void;
  /** A socket in a multicast group on the same interface, where the transport has that; throws where it fails. */
  readonly openMulticast?: ((group: string, port: number) => UdpSocket) | undefined;
  /** Whether the socket keeps a Node process alive. */
  setKeepAlive(keep: boolean): void;
  /**
   * Begins to connect to a TURN server, from this socket's address. Nothing is told from inside the call. A transport
   * without it carries UDP only.
   */
  connect?(request: StreamRequest, receiver: StreamReceiver): Stream;
}

export interface StreamRequest {
  /** An IP literal. */
  readonly address: string;
  readonly port: number;
  /** TLS, with a server whose certificate is for this host name or IP literal; null: plain TCP. */
  readonly tlsServerName: string | null;
}

export interface StreamReceiver {
  /** Connected, and with TLS, the handshake is over. */
  opened(): void;
  /** Whoever hands it over may reuse the bytes as soon as the call returns. */
  receive(bytes: Uint8Array): void;
  /** There is room again after send() refused. */
  writable(): void;
  /** It never opened, or has ended: a sentence that says why. Called at most once, and nothing after it. */
  closed(message: string): void;
}

/** A TCP or TLS connection. */
export interface Stream {
  /** Takes a copy of all the bytes, also before the stream is open; false: too much waits, and nothing was taken. */
  send(bytes: Uint8Array): boolean;
  /** Nothing is told any more. */
  close(): void;
  /** Whether it keeps a Node process alive. */
  setKeepAlive(keep: boolean): void;
}

export interface BindRequest {
  /** Local addresses to bind to; empty: those of every interface that is up. */
  readonly bindAddresses: readonly string[];
  readonly includeLoopback: boolean;
  /** That have a socket already: they are not bound again. */
  readonly inUse?: readonly string[];
  /** [0, 0]: the system chooses. */
  readonly portRange: readonly [number, number];
  /** Names of the interfaces to use, and not to use; `eth*` is all that begin so. None to use: all. */
  readonly interfaces: readonly string[];
  readonly excludedInterfaces: readonly string[];
  /** The sockets are not wanted any more: bind() closes what it has, and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Becomes an `icecandidateerror`: a destination that the transport refuses, or an address that can't be bound. */
  refused(problem: TransportProblem): void;
}

export interface TransportProblem {
  address?: string;
  port?: number;
  url?: string;
  message: string;
}

/** IP literals of this machine. */
export interface NetworkAddresses {
  added: string[];
  removed: string[];
}

export interface UdpTransport {
  /** Whether addresses and ports in a BindRequest mean this machine's. */
  readonly usesLocalAddresses: boolean;
  /** At once where the transport can; else a Promise, which rejects with a NetworkError. */
  bind(request: BindRequest): UdpSocket[] | Promise<UdpSocket[]>;
  /**
   * Tells how the addresses for such a request change, until the function is called that it returns. Only for a transport
   * that knows, and whose bind() heeds `inUse`. It keeps no process alive.
   */
  watchNetworks?(request: BindRequest, onChange: (change: NetworkAddresses) => void): () => void;
}
