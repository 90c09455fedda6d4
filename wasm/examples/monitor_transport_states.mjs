// Watches the states of all three transports. Without a peer nothing changes: what is printed is the initial and the
// final states.
import { setTimeout } from "node:timers/promises";
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport, RTCSctpTransport } from "portico";

const ice = new RTCIceTransport(new RTCIceGatherer());
const dtls = new RTCDtlsTransport(ice);
const sctp = new RTCSctpTransport(dtls);

for (const [name, transport] of Object.entries({ ICE: ice, DTLS: dtls, SCTP: sctp })) {
  transport.onstatechange = () => console.log(`${name} is ${transport.state}`);
  transport.onerror = ({ error }) => console.log(`${name}: ${error.message}`);
}

function print(when) {
  console.log(`${when}: ICE ${ice.state}, DTLS ${dtls.state}, SCTP ${sctp.state}`);
}

print("Initial");
await setTimeout(100);
print("Final");
