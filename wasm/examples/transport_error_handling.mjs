// Errors come in two ways: from the call that caused them, and as an event of the transport.
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport } from "portico";

const gatherer = new RTCIceGatherer();
const ice = new RTCIceTransport(gatherer);
const dtls = new RTCDtlsTransport(ice);
ice.onerror = ({ error }) => console.log(`ICE error event: ${error.name}`);
dtls.onerror = ({ error }) => console.log(`DTLS error event: ${error.name}`);

await gatherer.gather([]);

try {
  await ice.start({}); // neither a username fragment nor a password
} catch (error) {
  console.log(`Start failed: ${error.name}: ${error.message}`);
}

await dtls.stop();
console.log(`DTLS stopped: ${dtls.state}`);
await ice.stop();
console.log(`ICE stopped: ${ice.state}`);
