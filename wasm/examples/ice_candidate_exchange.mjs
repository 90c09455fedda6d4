// Two ICE transports in one program find a path to each other.
import { RTCIceGatherer, RTCIceTransport } from "portico";

/** In a real program candidates and parameters travel over a signalling channel of its own. */
function giveCandidates(from, to) {
  for (const candidate of from.getLocalCandidates()) to.addRemoteCandidate(candidate);
  to.addRemoteCandidate(null); // no more come
}

const firstGatherer = new RTCIceGatherer();
const secondGatherer = new RTCIceGatherer();
await firstGatherer.gather([]);
await secondGatherer.gather([]);

const first = new RTCIceTransport(firstGatherer);
const second = new RTCIceTransport(secondGatherer);
giveCandidates(firstGatherer, second);
giveCandidates(secondGatherer, first);

// One after the other: the first one that starts controls, and completes with the second one's answers.
await first.start(secondGatherer.getLocalParameters());
await second.start(firstGatherer.getLocalParameters());

const pair = first.getSelectedCandidatePair();
if (pair) console.log(`Path: ${pair.local.address} to ${pair.remote.address}`);
console.log(`First: ${first.role}, second: ${second.role}`);
const connected = [first, second].every(({ state }) => state === "connected" || state === "completed");
await first.stop();
await second.stop();
if (connected) console.log("ICE candidate exchange completed");
