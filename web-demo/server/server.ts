// The demo's server: the page, and the signalling beside it, for browsers on this machine.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { maxSignalBytes } from "../shared/signalling.js";
import { loopback } from "./addresses.js";
import type { Arguments } from "./arguments.js";
import { type Bridge, type BridgeObserver, startBridge } from "./bridge.js";
import { Rooms } from "./rooms.js";
import { maxPages, Signalling } from "./signalling.js";
import { refuse, Site } from "./site.js";
import { startStunServer } from "./stun.js";

export interface Demo {
  url: string;
  stop(): void;
}

/** Throws an Error whose message is for people. */
export async function startDemo(args: Arguments, observer: BridgeObserver): Promise<Demo> {
  const server = createServer();
  await listen(server, args.port);
  const { port } = server.address() as AddressInfo;
  // Another site's page can get a name of its own to lead to 127.0.0.1: only these are answered.
  const hosts = [`${loopback}:${String(port)}`, `localhost:${String(port)}`];
  const origins = hosts.map((host) => `http://${host}`);
  let bridge: Bridge | null = null;
  try {
    bridge =
      "program" in args.bridge ? await startBridge(args.bridge.program, args.udpAddress, origins, observer) : null;
    const bridgeUrl = bridge?.url ?? ("url" in args.bridge ? args.bridge.url : "");
    const stun = await startStunServer(args.udpAddress);
    const site = await Site.load(args.page, { bridge: bridgeUrl, stun: stun.url });
    const signalling = new Signalling({ path: args.native, udpAddress: args.udpAddress }, new Rooms());
    const sockets = serve(server, site, signalling, hosts);
    return {
      url: `http://${loopback}:${String(port)}/`,
      stop() {
        signalling.stop();
        for (const socket of sockets.clients) socket.terminate();
        server.close();
        server.closeAllConnections();
        stun.stop();
        bridge?.stop();
      },
    };
  } catch (error) {
    bridge?.stop();
    server.close();
    throw error;
  }
}

function serve(server: Server, site: Site, signalling: Signalling, hosts: readonly string[]): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxSignalBytes });
  const isOwnHost = ({ headers }: IncomingMessage) => hosts.includes(headers.host ?? "");
  server.on("request", (request, response) => {
    const host = request.headers.host ?? "";
    if (isOwnHost(request)) site.answer(request, response, host);
    else refuse(response, 421, `This server is ${hosts[0] ?? ""}.`);
  });
  server.on("upgrade", (request, socket, head) => {
    const isOwnPage = request.headers.origin === `http://${request.headers.host ?? ""}`;
    if (!isOwnHost(request) || !isOwnPage || request.url !== "/signal" || sockets.clients.size >= maxPages) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => signalling.accept(accepted));
  });
  return sockets;
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, loopback);
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new Error(`Port ${String(port)} is in use: choose another one with --port N.`);
    throw new Error(`Can't listen on port ${String(port)}: ${message}`);
  }
}
