// A file's two ends against peers that do not keep to the protocol.
import "./support/globals.js";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { FileReceiver } from "../src/peer/file_receiver.js";
import { FileSender } from "../src/peer/file_sender.js";
import type { FileView } from "../src/peer/messages.js";
import { Traffic } from "../src/peer/traffic.js";
import { nextText, Peers } from "./support/channels.js";

let peers: Peers;
before(async () => {
  peers = await Peers.connect();
});
after(() => peers.close());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const header = (name: string, size: number) => JSON.stringify({ file: { name, size } });
const end = (hash: string) => JSON.stringify({ end: { sha256: hash } });

/** What a receiver answers to these messages, and how it told of the file at last. */
async function receive(messages: (string | Uint8Array<ArrayBuffer>)[]): Promise<[unknown, FileView | undefined]> {
  const views: FileView[] = [];
  const { one, other } = peers.channel();
  new FileReceiver(1, await other, new Traffic(), (view) => views.push(view));
  if (one.readyState !== "open") await once(one, "open");
  const answered = nextText(one);
  for (const message of messages) {
    if (typeof message === "string") one.send(message);
    else one.send(message);
  }
  const answer = await answered;
  one.close();
  return [answer, views.at(-1)];
}

void test("a file that comes whole is acknowledged, and its name loses its path", async () => {
  const bytes = new TextEncoder().encode("four words of text");
  const hash = sha256(bytes);
  const [answer, view] = await receive([header("../etc/a\\b\u0007.txt", bytes.length), bytes, end(hash)]);
  assert.deepEqual(answer, { received: { bytes: bytes.length, sha256: hash } });
  assert.equal(view?.phase, "done");
  assert.equal(view?.name, "b.txt");
  assert.equal(await view?.blob?.text(), "four words of text");
});

const bytes = new Uint8Array(10);
const refusals: [string, (string | Uint8Array<ArrayBuffer>)[], RegExp][] = [
  ["bytes before the name", [bytes], /more bytes than were announced/],
  ["more bytes than announced", [header("a", 9), bytes], /more bytes than were announced/],
  ["fewer bytes than announced", [header("a", 11), bytes, end(sha256(bytes))], /fewer bytes than were announced/],
  ["another hash", [header("a", 10), bytes, end("0".repeat(64))], /the file is damaged/],
  ["more than a page keeps", [header("a", 2 ** 40)], /512 MiB at most/],
  ["a negative size", [header("a", -1)], /no file/],
  ["a second name", [header("a", 10), header("b", 10)], /no file/],
  ["text that is no message", ["{"], /no file/],
];
for (const [what, messages, why] of refusals) {
  void test(`${what}: the file is refused, and told of as failed`, async () => {
    const [answer, view] = await receive(messages);
    assert.match((answer as { refused: string }).refused, why);
    assert.notEqual(view?.phase, "done");
    assert.notEqual(view?.phase, "moving");
    assert.equal(view?.blob ?? null, null);
  });
}

/** How a sender tells of its file when the other side does `answer`. */
async function send(answer: (channel: RTCDataChannel, data: unknown) => void): Promise<FileView> {
  let last: FileView | undefined;
  const file = new File(["some text"], "a.txt");
  const { one, other } = peers.channel();
  void other.then((channel) => {
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => answer(channel, data));
  });
  const sender = new FileSender(1, file, one, 65_536, new Traffic(), (view) => (last = view));
  await sender.done;
  if (!last) throw new Error("The sender told nothing.");
  return last;
}

const failures: [string, (channel: RTCDataChannel, data: unknown) => void, RegExp][] = [
  ["refuses", (channel) => channel.send(JSON.stringify({ refused: "no room" })), /refused the file: no room/],
  ["has another file", (channel) => channel.send(JSON.stringify({ received: { bytes: 9, sha256: "0" } })), /differs/],
  [
    "acknowledges what was not sent",
    (channel) => channel.send(JSON.stringify({ received: { bytes: 1, sha256: "0" } })),
    /differs/,
  ],
  ["echoes", (channel, data) => typeof data === "string" && channel.send(data), /does not take files/],
  ["closes the channel", (channel) => channel.close(), /closed before the file was acknowledged/],
];
for (const [what, answer, why] of failures) {
  void test(`a receiver that ${what}: the file is told of as failed`, async () => {
    const view = await send(answer);
    assert.equal(view.phase, "failed");
    assert.match(view.problem ?? "", why);
  });
}
