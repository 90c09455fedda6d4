// A server that takes offers and gives answers, all from one port, as an ICE-lite agent: what a machine with a public
// address does for any number of clients. It says back what it hears. Three clients in the same program try it.
import { DgramTransport, RTCPeerConnection, SharedTransport } from "portico";

// All connections of this transport are on the port that the first of them binds.
const transport = new SharedTransport(new DgramTransport());
const certificates = [await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" })];
// A real server has a public address, and a port that its firewall lets in; [0, 0] is any that is free.
const bindAddresses = ["127.0.0.1"];
const portRange = [0, 0];
const connections = new Set();
let onLastGone = () => {};

/** Of an HTTP request's body, for instance. The answer has the server's addresses in it: nothing trickles. */
async function take(offer) {
  const connection = new RTCPeerConnection({ transport, certificates, bindAddresses, portRange, iceLite: true });
  connections.add(connection);
  const end = () => {
    connections.delete(connection);
    connection.close();
    if (connections.size === 0) onLastGone();
  };
  // Who is not heard of for 30 seconds has failed (RFC 7675), and so has who never came.
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === "failed") end();
  };
  connection.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
    channel.onclose = end; // a goodbye
  };
  try {
    await connection.setRemoteDescription(offer);
    const gathered = new Promise((resolve) => {
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === "complete") resolve();
      };
    });
    await connection.setLocalDescription();
    await gathered;
    return connection.localDescription;
  } catch (error) {
    end(); // no offer, or one without data channels
    throw error;
  }
}

const clients = [1, 2, 3].map(() => new RTCPeerConnection({ bindAddresses }));
const ports = new Set();
await Promise.all(
  clients.map(async (client, index) => {
    const channel = client.createDataChannel("echo");
    const answered = new Promise((resolve) => (channel.onmessage = resolve));
    channel.onopen = () => channel.send(`hello from ${index + 1}`);
    await client.setLocalDescription();
    const answer = await take(client.localDescription);
    for (const [, port] of answer.sdp.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ \S+ (\d+)/gm)) ports.add(port);
    await client.setRemoteDescription(answer);
    await answered;
  }),
);
console.log(`Answered: ${clients.length}`);
console.log(`Ports: ${ports.size}`);
console.log(`Connections: ${connections.size}`);
const allGone = new Promise((resolve) => (onLastGone = resolve));
for (const client of clients) client.close();
await allGone;
console.log(`Connections after goodbye: ${connections.size}`);
