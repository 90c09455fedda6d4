// Makes an SCTP transport and shows what it offers.
import { RTCDtlsTransport, RTCIceGatherer, RTCIceTransport, RTCSctpTransport } from "portico";

const ice = new RTCIceTransport(new RTCIceGatherer());
const sctp = new RTCSctpTransport(new RTCDtlsTransport(ice));

console.log(`SCTP port: ${sctp.port}`);
console.log(`SCTP state: ${sctp.state}`);
console.log(`Is server: ${sctp.isServer}`);
console.log(`Max channels: ${sctp.maxChannels ?? "not known before connected"}`);
console.log(`Max message size: ${RTCSctpTransport.getCapabilities().maxMessageSize}`);
