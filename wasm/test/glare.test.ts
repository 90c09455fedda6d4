// Offers that meet: the polite side's restart gives way to the other's before it has begun.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RTCPeerConnectionIceEvent } from "portico";
import { exchangeCandidates, exchangeOfferAnswer, newPair } from "./support/connections.js";
import { once } from "./support/peers.js";

void test("the end of candidates comes after those of the restart that was made", async () => {
  const [impolite, polite] = newPair();
  exchangeCandidates(impolite, polite);
  const channel = impolite.createDataChannel("data");
  await exchangeOfferAnswer(impolite, polite);
  if (channel.readyState !== "open") await once(channel, "open");
  while (polite.iceGatheringState !== "complete") await once(polite, "icegatheringstatechange");
  const told: string[] = [];
  const ended = new Promise<void>((resolve) => {
    polite.addEventListener("icecandidate", (event) => {
      const { candidate } = event as RTCPeerConnectionIceEvent;
      told.push(candidate === null ? "null" : candidate.candidate === "" ? "end" : `${String(candidate.type)}`);
      if (candidate === null && told.includes("end")) resolve();
    });
  });

  impolite.restartIce();
  polite.restartIce();
  await Promise.all([impolite.setLocalDescription(), polite.setLocalDescription()]);
  await polite.setRemoteDescription(impolite.localDescription ?? assert.fail());
  await polite.setLocalDescription();
  await impolite.setRemoteDescription(polite.localDescription ?? assert.fail());
  await ended;
  assert.deepEqual(told.slice(-3), ["host", "end", "null"]);
  assert.match(polite.localDescription?.sdp ?? "", /typ host[^]*a=end-of-candidates/);
});
