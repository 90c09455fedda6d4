// Usage: driver.mjs KIND PACKAGE SOCKET [FOLDER]. One browser for many peers: each connection to the socket is a peer, and gets
// a page of its own. KIND is chromium or firefox, PACKAGE the npm package's folder. Prints "ready" and the browser's version, and
// ends with its input.
//
// The peers run the package as it is shipped: a page dist/web.js with its module beside it, a worker the single file. The
// command for pages is no part of what is shipped, and is bundled here. FOLDER has peer.js, a peer of another make.
//
// What a connection carries is one JSON frame a line, passed on between it and the page (frames: peer.mjs and page.js).
import { createServer as createHttpServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launchers } from "./launchers.mjs";

const [kind, packageFolder, socketPath, otherFolder] = process.argv.slice(2);
const { WebSocket, WebSocketServer } = createRequire(join(packageFolder, "package.json"))("ws");
const ownFolder = dirname(fileURLToPath(import.meta.url));

/** The command over one of the package's builds, as an ES module. */
async function bundleCommand(entry) {
  const { build } = createRequire(join(packageFolder, "package.json"))("esbuild");
  const toEntry = ({ onResolve }) => onResolve({ filter: /\.\.\/(api|index|web)\.js$/ }, () => ({ path: entry, external: true }));
  const { outputFiles } = await build({
    entryPoints: [join(packageFolder, "src/command/page.ts")],
    bundle: true, format: "esm", target: "es2022", platform: "browser", write: false, logLevel: "warning",
    plugins: [{ name: "entry", setup: toEntry }],
  });
  return outputFiles[0].contents;
}
const entries = { "/command/page.js": "/dist/web.js", "/command/worker.js": "/dist/single.js" };
const bundles = new Map();

/** Made when it is first asked for. */
function command(path) {
  if (!bundles.has(path)) bundles.set(path, bundleCommand(entries[path]));
  return bundles.get(path);
}

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

function fileOf(path) {
  if (path.startsWith("/dist/")) return join(packageFolder, path);
  if (path.startsWith("/other/")) return join(otherFolder, path.slice("/other/".length));
  return join(ownFolder, path);
}

/** The command, the package's `dist`, the other peer, and this folder for the rest. */
async function serve(request, response) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  try {
    const body = path in entries ? await command(path) : readFileSync(fileOf(path));
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

const peers = new Map(); // by number: what waits for the page, and the page once it is there
let lastNumber = 0;

/** A connection of peer.mjs: opens a page for it. Its end without an exit frame is a kill, as is that of the page. */
function onPeer(connection, browser, port) {
  const number = String(++lastNumber);
  const peer = { connection, page: undefined, waiting: [], close: () => undefined };
  peers.set(number, peer);
  const quiet = () => undefined; // "close" follows an error
  connection.on("error", quiet);
  connection.on("close", () => {
    peers.delete(number);
    peer.closed = true;
    peer.close();
  });
  const open = async (place) => {
    // For the launchers this is another origin, which shows no addresses.
    const host = place === "hiding" ? "localhost" : "127.0.0.1";
    try {
      peer.close = await browser.open(`http://${host}:${port}/page.html?${number}`);
    } catch (problem) {
      console.error(problem);
      connection.destroy();
    }
    if (peer.closed) peer.close();
  };
  createInterface({ input: connection, crlfDelay: Infinity })
    .on("error", quiet)
    .once("line", (line) => void open(JSON.parse(line).start.place))
    .on("line", (line) => {
      if (peer.page) peer.page.send(line);
      else peer.waiting.push(line);
    });
}

function onPage(page, request) {
  const peer = peers.get(new URL(request.url, "http://localhost").search.slice(1));
  if (!peer) return page.close();
  peer.page = page;
  for (const line of peer.waiting) page.send(line);
  page.on("message", (data) => peer.connection.write(`${data}\n`));
  page.on("error", () => undefined);
  page.on("close", () => peer.connection.end());
}

const server = createHttpServer(serve).listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const profile = mkdtempSync(join(tmpdir(), "portico-browser-"));
  const browser = await launchers[kind](profile, `http://127.0.0.1:${port}`, WebSocket);
  const socketServer = createSocketServer((connection) => onPeer(connection, browser, port));
  socketServer.listen(socketPath, () => console.log(`ready ${browser.version}`));
  process.stdin.resume().on("end", async () => {
    await browser.end();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    process.exit(0);
  });
});
new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 }).on("connection", onPage);
