// getStats(): W3C webrtc-pc §8 and the members that W3C webrtc-stats has for data channels.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type RTCStats, RTCStatsReport } from "portico";
import { connectedPair, newConnection, reachedState, task } from "./support/connections.js";
import { nextMessage, once } from "./support/peers.js";

type Members = RTCStats & Record<string, unknown>;

function ofType(report: RTCStatsReport, type: string): Members[] {
  return [...report.values()].filter((stats) => stats.type === type) as Members[];
}

void test("a new connection has its own statistics", async () => {
  const before = performance.timeOrigin + performance.now();
  const report = await newConnection().getStats();
  const after = performance.timeOrigin + performance.now();
  assert.ok(report instanceof RTCStatsReport);
  const [own] = ofType(report, "peer-connection");
  assert.ok(own && own.timestamp >= before && own.timestamp <= after);
  assert.deepEqual([own["dataChannelsOpened"], own["dataChannelsClosed"]], [0, 0]);
});

void test("there is nothing to select by", async () => {
  const connection = newConnection();
  assert.equal(connection.getStats.length, 0);
  await connection.getStats(null);
  await connection.getStats(undefined);
  for (const wrong of [{}, "audio", 7, () => undefined])
    await assert.rejects(connection.getStats(wrong as never), TypeError);
});

void test("a report is a Map that can't be changed", async () => {
  const report = await newConnection().getStats();
  const [[id, stats] = ["", undefined]] = report;
  assert.equal(report.get(id), stats);
  assert.deepEqual([report.has(id), report.has("nothing"), report.get("nothing")], [true, false, undefined]);
  assert.deepEqual(
    [...report.keys()],
    [...report].map(([key]) => key),
  );
  assert.deepEqual(
    [...report.values()],
    [...report.entries()].map(([, value]) => value),
  );
  const seen: unknown[] = [];
  report.forEach(function (this: unknown, value, key, map) {
    seen.push(value, key, map, this);
  }, "this");
  assert.equal(seen.length, 4 * report.size);
  assert.deepEqual([seen[1], seen[2], seen[3]], [id, report, "this"]);
  for (const name of ["set", "delete", "clear"]) assert.equal(name in report, false);
  assert.throws(() => new (RTCStatsReport as unknown as new () => object)(), TypeError);
});

void test("a connected pair has all the kinds, with what refers to each other", async () => {
  const { one, other, channel, remote } = await connectedPair({ protocol: "p" });
  await reachedState(one, "iceConnectionState", "completed");
  const arrived = nextMessage(remote);
  channel.send("four");
  await arrived;
  const report = await one.getStats();
  const ids = new Set(report.keys());
  assert.equal(ids.size, report.size);

  const [transport] = ofType(report, "transport");
  assert.ok(transport);
  assert.deepEqual(
    [transport["iceState"], transport["dtlsState"], transport["iceRole"]],
    ["completed", "connected", "controlling"],
  );
  assert.deepEqual([transport["tlsVersion"], transport["dtlsRole"]], ["FEFD", "server"]);
  assert.match(String(transport["dtlsCipher"]), /^TLS_ECDHE_ECDSA_/);
  for (const reference of ["selectedCandidatePairId", "localCertificateId", "remoteCertificateId"]) {
    assert.ok(ids.has(String(transport[reference])), reference);
  }
  for (const counter of ["packetsSent", "packetsReceived", "bytesSent", "bytesReceived"]) {
    assert.ok(Number(transport[counter]) > 0, counter);
  }
  const pair = report.get(String(transport["selectedCandidatePairId"])) as Members;
  assert.deepEqual([pair.type, pair["state"], pair["nominated"]], ["candidate-pair", "succeeded", true]);
  assert.ok(Number(pair["currentRoundTripTime"]) >= 0 && Number(pair["responsesReceived"]) > 0);
  const local = report.get(String(pair["localCandidateId"])) as Members;
  const theirs = report.get(String(pair["remoteCandidateId"])) as Members;
  assert.deepEqual([local.type, theirs.type], ["local-candidate", "remote-candidate"]);
  assert.deepEqual([local["address"], local["protocol"], local["candidateType"]], ["127.0.0.1", "udp", "host"]);
  assert.equal(local["transportId"], transport.id);
  for (const certificate of ofType(report, "certificate")) {
    assert.equal(certificate["fingerprintAlgorithm"], "sha-256");
    assert.match(String(certificate["base64Certificate"]), /^MII/);
  }
  const [data] = ofType(report, "data-channel");
  assert.ok(data);
  assert.deepEqual([data["label"], data["protocol"], data["state"]], ["test", "p", "open"]);
  assert.deepEqual([data["dataChannelIdentifier"], data["messagesSent"], data["bytesSent"]], [channel.id, 1, 4]);
  const [received] = ofType(await other.getStats(), "data-channel");
  assert.deepEqual([received?.["messagesReceived"], received?.["bytesReceived"]], [1, 4]);
  const [own] = ofType(report, "peer-connection");
  assert.deepEqual([own?.["dataChannelsOpened"], own?.["dataChannelsClosed"]], [1, 0]);
});

void test("ids are those of the same things in the next report, and counters do not fall", async () => {
  const { one, channel } = await connectedPair();
  const before = await one.getStats();
  channel.send("x");
  const after = await one.getStats();
  for (const [id, stats] of before) {
    const again = after.get(id);
    if (stats.type === "candidate-pair") continue; // checks may find others
    assert.equal(again?.type, stats.type, id);
    assert.ok(again.timestamp >= stats.timestamp);
  }
});

void test("a closed connection still tells", async () => {
  const { one, channel } = await connectedPair();
  const closed = once(channel, "close");
  one.close();
  await closed;
  for (let i = 0; i < 2; i++) {
    const [own] = ofType(await one.getStats(), "peer-connection");
    assert.deepEqual([own?.["dataChannelsOpened"], own?.["dataChannelsClosed"]], [1, 1]);
    await task();
  }
});
