// The whole stack of one side: ICE, DTLS on it, SCTP on that; and the parameters that a peer needs for each.
//
//     node complete_transport_stack.mjs [stun:stun.example.org …]
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport, RTCSctpTransport } from "portico";

const urls = process.argv.slice(2);

const gatherer = new RTCIceGatherer();
const ice = new RTCIceTransport(gatherer);
const dtls = new RTCDtlsTransport(ice);
const sctp = new RTCSctpTransport(dtls);

await gatherer.gather(urls.length > 0 ? [{ urls }] : []);

const { usernameFragment, password } = gatherer.getLocalParameters();
console.log(`ICE: ${usernameFragment} ${password}`);
for (const { candidate } of gatherer.getLocalCandidates()) console.log(`  ${candidate}`);
const { role, fingerprints } = dtls.getLocalParameters();
console.log(`DTLS: role ${role}`);
for (const { algorithm, value } of fingerprints) console.log(`  ${algorithm} ${value}`);
const { maxMessageSize } = RTCSctpTransport.getCapabilities();
console.log(`SCTP: port ${sctp.port}, messages of up to ${maxMessageSize} bytes`);

console.log(`ICE state: ${ice.state}`);
console.log(`DTLS state: ${dtls.state}`);
console.log(`SCTP state: ${sctp.state}`);

// With a peer, its parameters would go into ice.start(), dtls.start() and sctp.start() now, all three at once: each
// waits for the one below.
await ice.stop(); // and with it what is on it
