// Two peer connections in one program agree by session descriptions, and one says hello to the other.
import { RTCPeerConnection } from "portico";

const offerer = new RTCPeerConnection();
const answerer = new RTCPeerConnection();

// In a real program descriptions and candidates travel over a signalling channel of its own.
offerer.onicecandidate = ({ candidate }) => answerer.addIceCandidate(candidate);
answerer.onicecandidate = ({ candidate }) => offerer.addIceCandidate(candidate);

const chat = offerer.createDataChannel("chat");
chat.onopen = () => chat.send("hello");
const answered = new Promise((resolve) => (chat.onmessage = resolve));
answerer.ondatachannel = ({ channel }) => {
  console.log(`Channel: ${channel.label}`);
  channel.onmessage = ({ data }) => {
    console.log(`Message: ${data}`);
    channel.send("hello to you");
  };
};

const offer = await offerer.createOffer();
// The answerer first: candidates come as soon as the offerer has its local description.
await answerer.setRemoteDescription(offer);
await offerer.setLocalDescription(offer);
const answer = await answerer.createAnswer();
await offerer.setRemoteDescription(answer);
await answerer.setLocalDescription(answer);
console.log(`Signaling: ${offerer.signalingState}`);

console.log(`Answer: ${(await answered).data}`);
console.log(`Connection: ${offerer.connectionState}`);
offerer.close();
answerer.close();
