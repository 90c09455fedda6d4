// A web site for the browser tests: the package, the scenario, a peer to connect to, and where results go.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { extname, join } from "node:path";
import { RTCPeerConnection } from "portico";
import { reachedState } from "./connections.js";
import { packageRoot } from "./program.js";
import { Peer } from "./peers.js";

export interface Result {
  context: string;
  /** null: all went well. */
  problem: string | null;
}

const types: Record<string, string> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

export class Site {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #peers: Peer[] = [];
  readonly #connections: RTCPeerConnection[] = [];
  readonly #onResult: (result: Result) => void;

  constructor(onResult: (result: Result) => void) {
    this.#onResult = onResult;
  }

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as { port: number };
    return `http://127.0.0.1:${String(port)}/`;
  }
  async close(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop()));
    for (const connection of this.#connections) connection.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    try {
      if (request.method === "POST") {
        const body = JSON.parse(await textOf(request)) as never;
        response.end(JSON.stringify((await this.#post(pathname, body)) ?? null));
      } else if (pathname === "/") {
        response.setHeader("Content-Type", "text/html");
        response.end('<!doctype html><title>portico</title><script type="module" src="/browser/page.mjs"></script>');
      } else {
        await this.#file(pathname, response);
      }
    } catch (error) {
      response.statusCode = 404;
      response.end(String(error));
    }
  }

  async #file(pathname: string, response: ServerResponse): Promise<void> {
    const [, folder = "", ...rest] = pathname.split("/");
    const untyped = folder === "dist-untyped" && pathname.endsWith(".wasm");
    const from = folder.startsWith("dist") ? "dist" : ".test-build/browser";
    const bytes = await readFile(join(packageRoot, from, ...rest));
    response.setHeader(
      "Content-Type",
      untyped ? "application/octet-stream" : (types[extname(pathname)] ?? "text/plain"),
    );
    response.end(bytes);
  }

  async #post(pathname: string, body: never): Promise<unknown> {
    if (pathname === "/signal") return this.#signal(body);
    if (pathname === "/offer") return this.#answerTo(body);
    return this.#onResult(body);
  }

  /** A connection that sends everything back. */
  async #answerTo(offer: { type: "offer"; sdp: string }): Promise<unknown> {
    const connection = new RTCPeerConnection({ bindAddresses: ["127.0.0.1"] });
    this.#connections.push(connection);
    connection.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => channel.send(data);
    };
    await connection.setRemoteDescription(offer);
    await connection.setLocalDescription();
    await reachedState(connection, "iceGatheringState", "complete");
    return connection.localDescription;
  }

  /** A peer that sends everything back. */
  async #signal(theirs: { ice: object; candidates: object[]; dtls: object }): Promise<object> {
    const peer = new Peer();
    this.#peers.push(peer);
    peer.sctp.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => channel.send(data);
    };
    await peer.gatherer.gather();
    for (const candidate of theirs.candidates) void peer.ice.addRemoteCandidate(candidate);
    void peer.ice.start(theirs.ice);
    void peer.dtls.start(theirs.dtls);
    void peer.sctp.start({ maxMessageSize: 262_144 });
    return {
      ice: peer.gatherer.getLocalParameters(),
      candidates: peer.gatherer.getLocalCandidates(),
      dtls: peer.dtls.getLocalParameters(),
    };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}
