// Makes a DTLS transport and shows what the peer has to know of it.
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport } from "portico";

const ice = new RTCIceTransport(new RTCIceGatherer());
const dtls = new RTCDtlsTransport(ice); // with a new certificate

const { role, fingerprints } = dtls.getLocalParameters();
console.log(`DTLS state: ${dtls.state}`);
console.log(`DTLS role: ${role}`);
console.log(`Fingerprints: ${fingerprints.length}`);
for (const { algorithm, value } of fingerprints) console.log(`  ${algorithm} ${value}`);
