// UDP through a WebSocket to portico-bridge (docs/bridge.md), for pages, workers and Node.
import { makeError } from "../errors.js";
import { BridgeConnection, type BridgeObserver } from "./bridge_connection.js";
import type { BindRequest, UdpSocket, UdpTransport } from "./transport.js";

export interface BridgeTransportOptions {
  /** Of the bridge's `--token-secret-file`. A function is asked at each connection, for tokens that expire. */
  token?: string | (() => string | Promise<string>);
  /** 10 seconds by default. */
  connectTimeoutMs?: number;
}

const defaultConnectTimeoutMs = 10_000;
/** RFC 6455 §4.1: what may be in a subprotocol, and so in a token. */
const tokenCharacters = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Each gatherer has a WebSocket of its own, which is one bound UDP port of the bridge. */
export class BridgeTransport implements UdpTransport {
  /** @internal For `portico doctor`. */
  _observer: BridgeObserver | null = null;
  readonly usesLocalAddresses = false;
  readonly url: string;
  readonly #options: BridgeTransportOptions;

  constructor(url: string | URL, options: BridgeTransportOptions = {}) {
    this.url = checkedUrl(String(url));
    this.#options = options;
    if (typeof options.token === "string") checkToken(options.token);
  }

  async bind(request: BindRequest): Promise<UdpSocket[]> {
    const { token, connectTimeoutMs = defaultConnectTimeoutMs } = this.#options;
    const text = typeof token === "function" ? await token() : token;
    if (text !== undefined) checkToken(text);
    const protocols = ["portico.udp.v1", ...(text === undefined ? [] : [`portico.token.${text}`])];
    const connection = new BridgeConnection(this.url, request, this._observer);
    return connection.open(protocols, connectTimeoutMs);
  }
}

function checkedUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw makeError("SyntaxError", `${text} is no URL of a bridge, such as wss://bridge.example/udp.`);
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw makeError("SyntaxError", `The URL of a bridge begins with ws:// or wss://, not with ${url.protocol}//.`);
  }
  if (url.pathname === "/") url.pathname = "/udp";
  url.hash = "";
  return url.href;
}

function checkToken(token: string): void {
  if (!tokenCharacters.test(token))
    throw makeError("SyntaxError", "The bridge's token has a character that no token has.");
}
