// TCP and TLS to TURN servers: Node's streams by themselves, and who has none. tests/interop/coturn has the real server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { BridgeTransport, DgramTransport, type RTCPeerConnectionIceErrorEvent, SharedTransport } from "portico";
import { openStream } from "../src/transports/tcp.js";
import type { Stream } from "../src/transports/transport.js";
import { startBridge } from "./support/bridge.js";
import { newConnection } from "./support/connections.js";
import { once } from "./support/peers.js";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A stream, and what it tells, with each thing to wait for. */
function open(port: number, tlsServerName: string | null = null) {
  const told: string[] = [];
  let received = "";
  const waiting: { done: () => boolean; resolve: () => void }[] = [];
  const settle = (text?: string) => {
    if (text !== undefined) told.push(text);
    for (const one of waiting) if (one.done()) one.resolve();
  };
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      waiting.push({ done, resolve });
      settle();
    });
  let onTold: (text: string) => void = () => undefined;
  const tell = (text: string) => {
    settle(text);
    onTold(text);
  };
  const stream: Stream = openStream(
    "127.0.0.1",
    { address: "127.0.0.1", port, tlsServerName },
    {
      opened: () => tell("opened"),
      receive: (bytes) => {
        received += Buffer.from(bytes).toString();
        tell("bytes");
      },
      writable: () => tell("writable"),
      closed: (message) => tell(message),
    },
  );
  return {
    stream,
    told,
    until,
    received: () => received,
    whenTold: (handler: (text: string) => void) => (onTold = handler),
  };
}

async function accepting(): Promise<{ port: number; socket: Promise<Socket>; server: Server }> {
  const server = createServer();
  const socket = new Promise<Socket>((resolve) => server.once("connection", resolve));
  return { port: await listen(server), socket, server };
}

void test("carries bytes both ways, also those from before it was open", async () => {
  const { port, socket, server } = await accepting();
  const one = open(port);
  assert.equal(one.stream.send(Buffer.from("early")), true);
  const other = await socket;
  other.on("data", (bytes) => other.write(`you said ${String(bytes)}`));
  await one.until(() => one.received() === "you said early");
  assert.equal(one.told[0], "opened");
  one.stream.close();
  await new Promise((resolve) => other.once("close", resolve));
  server.close();
});

void test("refuses when too much waits, and tells when there is room", async () => {
  const { port, socket, server } = await accepting();
  const one = open(port);
  const other = await socket;
  const piece = Buffer.alloc(64 << 10);
  let taken = 0;
  while (one.stream.send(piece)) taken += piece.length;
  assert.ok(taken >= 256 << 10 && taken < 1 << 30);
  assert.ok(!one.told.includes("writable"));
  other.resume();
  await one.until(() => one.told.includes("writable"));
  assert.equal(one.stream.send(piece), true);
  one.stream.close();
  server.close();
});

void test("what was sent before close() arrives, and nothing is told after it", async () => {
  const { port, socket, server } = await accepting();
  const one = open(port);
  const other = await socket;
  await one.until(() => one.told.includes("opened"));
  one.stream.send(Buffer.from("goodbye"));
  one.stream.close();
  one.stream.close();
  assert.equal(one.stream.send(Buffer.from("late")), true);
  let text = "";
  other.on("data", (bytes) => (text += String(bytes)));
  await new Promise((resolve) => other.once("close", resolve));
  assert.equal(text, "goodbye");
  assert.deepEqual(one.told, ["opened"]);
  server.close();
});

void test("may be closed in every callback", async () => {
  for (const at of ["opened", "bytes", "the TCP connection"]) {
    const { port, socket, server } = await accepting();
    const one = open(port);
    one.whenTold((text) => {
      if (text.startsWith(at)) one.stream.close();
    });
    const other = await socket;
    other.on("error", () => undefined);
    other.end("bytes");
    await one.until(() => one.told.some((text) => text.startsWith(at)));
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(one.told.at(-1)?.startsWith(at));
    server.close();
  }
});

void test("tells that nobody listens, that the server hung up, and that it speaks no TLS", async () => {
  const port = await closedPort();
  const refused = open(port);
  await refused.until(() => refused.told.length > 0);
  assert.match(
    refused.told.join(),
    new RegExp(`^the TCP connection to 127.0.0.1:${String(port)} failed: .*connection refused`),
  );

  const hungUp = await accepting();
  const one = open(hungUp.port);
  (await hungUp.socket).destroy();
  await one.until(() => one.told.includes("opened") && one.told.length > 1);
  assert.match(one.told.join(), /failed: the server has closed the connection$/);
  hungUp.server.close();

  const plain = await accepting();
  const over = open(plain.port, "turn.example.org");
  (await plain.socket).end("HTTP/1.1 400 Bad Request\r\n\r\n");
  await over.until(() => over.told.length > 0);
  assert.match(
    over.told.join(),
    /^the TLS connection to turn\.example\.org \(127\.0\.0\.1:\d+\) failed: .*is there TLS/,
  );
  plain.server.close();
});

void test("a certificate that nobody vouches for is told", async () => {
  const files = new URL("../../tests/cli/", import.meta.url);
  const read = (name: string) => readFileSync(fileURLToPath(new URL(name, files)));
  const server = createTlsServer({ cert: read("certificate.pem"), key: read("key.pem") });
  const one = open(await listen(server), "turn.example.org");
  await one.until(() => one.told.length > 0);
  assert.match(one.told.join(), /failed: its certificate is signed by itself/);
  server.close();
});

for (const [name, transport] of [
  ["node:dgram", () => new DgramTransport()],
  ["a shared transport", () => new SharedTransport(new DgramTransport())],
] as const) {
  void test(`${name} goes to a TURN server by TCP`, async () => {
    const urls = `turn:127.0.0.1:${String(await closedPort())}?transport=tcp`;
    const { url, errorText } = await errorWith(transport(), urls);
    assert.equal(url, urls);
    assert.match(errorText, /connection refused/);
  });
}

void test("the bridge carries UDP only, and says so", async () => {
  const bridge = await startBridge();
  for (const urls of ["turn:192.0.2.1?transport=tcp", "turns:192.0.2.1"]) {
    const { url, errorCode, errorText } = await errorWith(new BridgeTransport(bridge.url), urls);
    assert.deepEqual([url, errorCode], [urls, 701]);
    assert.match(errorText, /carries UDP only.*use a turn: URL/);
  }
  await bridge.kill();
});

async function errorWith(
  transport: DgramTransport | SharedTransport | BridgeTransport,
  urls: string,
): Promise<RTCPeerConnectionIceErrorEvent> {
  const bindAddresses = transport.usesLocalAddresses ? ["127.0.0.1"] : [];
  const iceServers = [{ urls, username: "user", credential: "password" }];
  const connection = newConnection({ transport, iceServers, bindAddresses });
  connection.createDataChannel("x");
  const told = once<RTCPeerConnectionIceErrorEvent>(connection, "icecandidateerror");
  await connection.setLocalDescription();
  return told;
}
