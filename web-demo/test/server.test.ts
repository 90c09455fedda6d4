// The server without a browser: who is answered, what is refused, and how it ends.
import "./support/globals.js";
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { newRoom } from "../shared/signalling.js";
import { maxRooms } from "../server/rooms.js";
import { programs } from "./support/paths.js";
import { runServer, type Server, startBridge, startServer } from "./support/server.js";

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

async function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const asked = request(new URL(server.url), { path, method, headers }).end();
  const [response] = (await once(asked, "response")) as [import("node:http").IncomingMessage];
  let text = "";
  for await (const part of response) text += String(part);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

async function join(message: object, origin = new URL(server.url).origin): Promise<WebSocket> {
  const socket = new WebSocket(new URL("/signal", server.url.replace("http", "ws")), { origin });
  await once(socket, "open");
  socket.send(JSON.stringify(message));
  return socket;
}
async function next(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return JSON.parse(data.toString("utf8"));
}

void test("the page comes with its types and a strict policy", async () => {
  const page = await get("/");
  assert.equal(page.status, 200);
  assert.match(
    String(page.headers["content-security-policy"]),
    /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
  );
  assert.doesNotMatch(page.text, /https?:\/\//, "nothing is loaded from elsewhere");
  const [script] = /\/assets\/index-[\w-]+\.js/.exec(page.text) ?? [];
  const main = await get(script ?? "");
  assert.match(String(main.headers["content-type"]), /^text\/javascript/);
  const [worker] = /\/assets\/worker-[\w-]+\.js/.exec(main.text) ?? [];
  const [module] = /\/assets\/portico-[\w-]+\.wasm/.exec((await get(worker ?? "")).text) ?? [];
  const wasm = await get(module ?? "", {}, "HEAD");
  assert.equal(wasm.headers["content-type"], "application/wasm");
});

void test("paths out of the page's folder, other methods and other hosts are refused", async () => {
  for (const path of ["/../package.json", "/%2e%2e/package.json", "/assets/", "/none"]) {
    assert.equal((await get(path)).status, 404, path);
  }
  assert.equal((await get("/", {}, "POST")).status, 405);
  assert.equal((await get("/", { host: "attacker.example" })).status, 421);
});

void test("a WebSocket of another site's page is refused", async () => {
  const socket = new WebSocket(new URL("/signal", server.url.replace("http", "ws")), {
    origin: "http://attacker.example",
  });
  const [error] = (await once(socket, "error")) as [Error];
  assert.match(error.message, /403/);
});

void test("what is no message ends the connection", async () => {
  const wrong = [{ join: "room", room: "short" }, { join: "elsewhere" }, { signal: { candidate: null } }, []];
  for (const message of wrong) {
    const socket = await join(message);
    const [code] = (await once(socket, "close")) as [number];
    assert.equal(code, 1008, JSON.stringify(message));
  }
});

void test("two pages are brought together, and what one says reaches the other as it was", async () => {
  const room = newRoom();
  const first = await join({ join: "room", room });
  const second = await join({ join: "room", room });
  assert.deepEqual(await Promise.all([next(first), next(second)]), [{ role: "offer" }, { role: "answer" }]);
  const signal = { description: { type: "offer", sdp: "v=0\r\n" } };
  first.send(JSON.stringify({ signal: { ...signal, more: "is not passed on" } }));
  assert.deepEqual(await next(second), { signal });
  first.close();
  assert.deepEqual(await next(second), { ended: "The other tab has gone." });
});

void test("rooms are bounded", async () => {
  const sockets: WebSocket[] = [];
  for (let count = 0; count < maxRooms - 1; ++count) sockets.push(await join({ join: "room", room: newRoom() }));
  const late = await join({ join: "room", room: newRoom() });
  sockets.push(late);
  const refused = new WebSocket(new URL("/signal", server.url.replace("http", "ws")), {
    origin: new URL(server.url).origin,
  });
  const [error] = (await once(refused, "error")) as [Error];
  assert.match(error.message, /403/);
  for (const socket of sockets) socket.terminate();
});

void test("the STUN server tells an address, and nothing to what is no request", async (t) => {
  const { stun } = (await (await fetch(new URL("/config.json", server.url))).json()) as { stun: string };
  const [, address = "", port = ""] = stun.split(":");
  const socket = createSocket("udp4").bind(0, address);
  t.after(() => socket.close());
  await once(socket, "listening");
  const request = Buffer.from("000100002112a442000102030405060708090a0b", "hex");
  const wrong = [
    Buffer.alloc(0),
    request.subarray(0, 19),
    Buffer.concat([request, Buffer.alloc(4)]),
    Buffer.from(request).fill(0, 4, 8),
    // An answer, and an indication: who answers those never stops.
    Buffer.concat([Buffer.from("0101", "hex"), request.subarray(2)]),
    Buffer.concat([Buffer.from("0011", "hex"), request.subarray(2)]),
  ];
  for (const message of [...wrong, request]) socket.send(message, Number(port), address);
  const [answer] = (await once(socket, "message")) as [Buffer];
  const own = Buffer.alloc(6);
  own.writeUInt16BE(socket.address().port);
  address.split(".").forEach((part, index) => own.writeUInt8(Number(part), 2 + index));
  const mask = Buffer.from("21122112a442", "hex");
  const mapped = Buffer.from(own.map((byte, index) => byte ^ (mask[index] ?? 0)));
  const expected = `0101000c2112a442000102030405060708090a0b00200008 0001${mapped.toString("hex")}`;
  assert.equal(answer.toString("hex"), expected.replace(" ", ""));
});

void test("a port that is in use is told of in a sentence", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  const { code, stderr } = await runServer(["--port", String(port), "--bridge-program", programs.bridge]);
  taken.close();
  assert.deepEqual(
    { code, stderr },
    { code: 1, stderr: `demo: Port ${String(port)} is in use: choose another one with --port N.\n` },
  );
});

void test("a bridge that does not start is told of in a sentence", async () => {
  const { code, stderr } = await runServer(["--port", "0", "--bridge-program", "/nowhere/portico-bridge"]);
  assert.equal(code, 1);
  assert.match(stderr, /^demo: The bridge can't be started: .*\n$/);
});

void test("an interrupt ends the server and its bridge", async (t) => {
  const one = await startServer();
  t.after(() => one.stop());
  const { bridge } = (await (await fetch(new URL("/config.json", one.url))).json()) as { bridge: string };
  await one.stop();
  // Its port is free again.
  const again = await startBridge(Number(new URL(bridge).port));
  t.after(() => again.stop());
});
