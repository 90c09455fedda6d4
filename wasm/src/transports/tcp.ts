// TCP and TLS in Node, to TURN servers.
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from "node:tls";
import { getSystemErrorMap } from "node:util";
import { messageOf } from "../errors.js";
import type { Stream, StreamReceiver, StreamRequest } from "./transport.js";
import { trustedContext } from "./trust.js";

/** Bytes that Node holds while the system's buffer is full: above this, send() refuses. */
const maxQueuedBytes = 256 << 10;
/** After close(), for what is on its way to a server that may not read it any more. */
const lingerMs = 5_000;

export function openStream(localAddress: string, request: StreamRequest, receiver: StreamReceiver): Stream {
  return new NodeStream(localAddress, request, receiver);
}

class NodeStream implements Stream {
  readonly #socket: Socket | null;
  readonly #receiver: StreamReceiver;
  readonly #what: string;
  #refused = false;
  #closed = false;

  constructor(localAddress: string, request: StreamRequest, receiver: StreamReceiver) {
    const { address, port, tlsServerName: name } = request;
    this.#receiver = receiver;
    this.#what = describe(request);
    let socket: Socket;
    try {
      const options = { host: address, port, localAddress, noDelay: true };
      socket = name === null ? connectTcp(options) : connectTls({ ...options, ...tlsOptions(name) });
    } catch (error) {
      this.#socket = null;
      setImmediate(() => this.#fail(messageOf(error)));
      return;
    }
    this.#socket = socket;
    socket.once(name === null ? "connect" : "secureConnect", () => receiver.opened());
    socket.on("data", (bytes: Buffer) => receiver.receive(bytes));
    socket.on("drain", () => this.#onDrain());
    socket.on("error", (error) => this.#fail(reasonOf(error, name)));
    socket.on("close", () => this.#fail("the server has closed the connection"));
  }

  send(bytes: Uint8Array): boolean {
    if (this.#closed || this.#socket === null) return true;
    if (this.#socket.writableLength >= maxQueuedBytes) {
      this.#refused = true;
      return false;
    }
    // Node may keep it until the kernel has room, and the module's memory is not ours after this call.
    this.#socket.write(Buffer.from(bytes));
    return true;
  }

  #onDrain(): void {
    if (!this.#refused || this.#closed) return;
    this.#refused = false;
    this.#receiver.writable();
  }

  #fail(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket?.destroy();
    this.#receiver.closed(`the ${this.#what} failed: ${why}`);
  }

  /** What was sent before goes out, and TLS says goodbye. */
  close(): void {
    if (this.#closed || this.#socket === null) return;
    this.#closed = true;
    const socket = this.#socket;
    socket.removeAllListeners("data");
    socket.resume();
    socket.setTimeout(lingerMs, () => socket.destroy());
    if (socket.connecting) socket.destroy();
    else socket.destroySoon();
  }

  setKeepAlive(keep: boolean): void {
    if (keep) this.#socket?.ref();
    else this.#socket?.unref();
  }
}

function describe({ address, port, tlsServerName: name }: StreamRequest): string {
  const remote = address.includes(":") ? `[${address}]:${String(port)}` : `${address}:${String(port)}`;
  if (name === null) return `TCP connection to ${remote}`;
  return `TLS connection to ${isIP(name) ? remote : `${name} (${remote})`}`;
}

function tlsOptions(name: string) {
  return {
    secureContext: trustedContext(),
    // RFC 6066 §3: no server name for a literal, and none with a trailing dot.
    ...(isIP(name) ? {} : { servername: name.replace(/\.$/, "") }),
    checkServerIdentity: (host: string, certificate: PeerCertificate) =>
      // RFC 9525 §6.3: what stands in the subject is no name, which Node would take where there is no other.
      certificate.subjectaltname ? checkServerIdentity(host, certificate) : new Error("its certificate names no host"),
  };
}

interface StreamError extends NodeJS.ErrnoException {
  cert?: PeerCertificate;
}

/** OpenSSL's and Node's codes, in the words of the native library. */
const reasons: Record<string, string> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is this machine's clock right?)",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, and this machine does not trust it",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate was issued by somebody whom this machine does not trust",
  UNABLE_TO_GET_ISSUER_CERT:
    "its certificate was issued by somebody whom this machine does not trust, or a certificate between the two is missing",
  INVALID_PURPOSE: "its certificate is not for a TLS server",
  ERR_SSL_WRONG_VERSION_NUMBER: "what the server sends is not TLS: is there TLS on this port?",
  EPROTO: "what the server sends is not TLS: is there TLS on this port?",
};
reasons.UNABLE_TO_GET_ISSUER_CERT_LOCALLY = reasons.UNABLE_TO_GET_ISSUER_CERT ?? "";
reasons.UNABLE_TO_VERIFY_LEAF_SIGNATURE = reasons.UNABLE_TO_GET_ISSUER_CERT ?? "";

function reasonOf(error: StreamError, name: string | null): string {
  const code = error.code ?? "";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = (error.cert?.subjectaltname ?? "").replace(/(DNS|IP Address):/g, "");
    return `its certificate is for ${names}, not ${name ?? ""}`;
  }
  const known = name === null ? undefined : reasons[code];
  const system = getSystemErrorMap().get(error.errno ?? 0)?.[1]; // "connection refused"
  const during = name !== null && code === "ECONNRESET" ? " (is there TLS on this port?)" : "";
  return known ?? `${system ?? error.message}${during}`;
}
