// Gathers candidates and makes an ICE transport, without a peer to start it with.
//
//     node ice_transport_setup.mjs [stun:stun.example.org …]
import { RTCIceGatherer, RTCIceTransport } from "portico";

const urls = process.argv.slice(2);
const servers = urls.length > 0 ? [{ urls }] : [];

console.log("Default ICE servers:");
for (const server of RTCIceGatherer.getDefaultIceServers()) {
  for (const url of [server.urls].flat()) console.log(`  ${url}`);
}

const gatherer = new RTCIceGatherer();
await gatherer.gather(servers);

const { usernameFragment, password } = gatherer.getLocalParameters();
console.log(`Local parameters: ${usernameFragment} ${password}`);
for (const { candidate } of gatherer.getLocalCandidates()) console.log(`Local candidate: ${candidate}`);

const ice = new RTCIceTransport(gatherer);
console.log(`Gatherer state: ${gatherer.state}`);
console.log(`ICE role: ${ice.role}`);
console.log(`ICE state: ${ice.state}`);
await ice.stop();
