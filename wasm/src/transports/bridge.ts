// UDP through a WebSocket, for pages and for Node.
import { makeError } from "../errors.js";
import type { BindRequest, UdpSocket, UdpTransport } from "./transport.js";

export interface BridgeTransportOptions {
  token?: string;
}

export class BridgeTransport implements UdpTransport {
  readonly usesLocalAddresses = false;
  readonly url: string;

  constructor(url: string, _options: BridgeTransportOptions = {}) {
    this.url = url;
  }
  bind(_request: BindRequest): Promise<UdpSocket[]> {
    return Promise.reject(makeError("NotSupportedError", "Not yet."));
  }
}
