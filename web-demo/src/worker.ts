// The worker: a peer on Portico's WebAssembly core, which has loaded once this module runs.
import { BridgeTransport, RTCPeerConnection as PorticoConnection, version } from "portico";
import { type Port, serve } from "./peer/serve.js";

const port = globalThis as unknown as Port;

serve(port, ({ bridge }) => {
  const transport = new BridgeTransport(bridge);
  // Its names and their behaviour are W3C's, so the session takes it for the browser's.
  return new PorticoConnection({ transport }) as unknown as RTCPeerConnection;
});
port.postMessage({ event: "ready", version, milliseconds: performance.now() });
