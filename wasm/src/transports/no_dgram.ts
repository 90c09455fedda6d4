// A page's stand-in for Node's transport, so that the package has the same names everywhere.
import { makeError } from "../errors.js";
import type { BindRequest, UdpSocket, UdpTransport } from "./transport.js";

export class DgramTransport implements UdpTransport {
  readonly usesLocalAddresses = true;

  constructor() {
    throw makeError("NotSupportedError", "Only Node has UDP sockets. In a page use a BridgeTransport.");
  }
  bind(_request: BindRequest): UdpSocket[] {
    return [];
  }
}
