// The WebSocket `/signal`: a page joins, and what it says goes to the other side.
import type { WebSocket } from "ws";
import { type FromPage, type FromServer, readFromPage, type Signal } from "../shared/signalling.js";
import { type NativePeer, type NativeProgram, startNativePeer } from "./native_peer.js";
import type { Rooms, Seat } from "./rooms.js";

export const maxPages = 64;
/** Each is a process. */
const maxNativePeers = 8;
/** A description and some candidates; restarts of ICE have as many again. */
const maxMessages = 1000;
/** Candidates that come while the native peer starts. */
const maxEarly = 100;

export class Signalling {
  readonly #native: NativeProgram;
  readonly #rooms: Rooms;
  readonly #peers = new Set<NativePeer>();
  #starting = 0;

  constructor(native: NativeProgram, rooms: Rooms) {
    this.#native = native;
    this.#rooms = rooms;
  }

  stop(): void {
    for (const peer of this.#peers) peer.stop();
  }

  accept(socket: WebSocket): void {
    let messages = 0;
    let seat: Seat | null = null;
    socket.on("message", (data, isBinary) => {
      const message = isBinary || ++messages > maxMessages ? null : readFromPage(textOf(data));
      if (!message || "join" in message === (seat !== null)) {
        socket.close(1008, "That is no message for this moment.");
      } else if ("join" in message) {
        seat = this.#join(message, socket);
      } else {
        seat?.send(message.signal);
      }
    });
    socket.on("close", () => seat?.leave());
    // ws closes it after an error.
    socket.on("error", () => undefined);
  }

  #join(message: Exclude<FromPage, { signal: Signal }>, socket: WebSocket): Seat | null {
    const tell = (said: FromServer) => socket.send(JSON.stringify(said));
    const end = (why: string) => {
      tell({ ended: why });
      socket.close(1000);
    };
    if (message.join === "native") return this.#joinNative(tell, end);
    const joined = this.#rooms.join(message.room, {
      begin: (role) => tell({ role }),
      take: (signal) => tell({ signal }),
      end,
    });
    if (typeof joined !== "string") return joined;
    end(joined);
    return null;
  }

  #joinNative(tell: (said: FromServer) => void, end: (why: string) => void): Seat | null {
    if (this.#peers.size + this.#starting >= maxNativePeers) {
      end("Enough native peers run already. Disconnect another tab first.");
      return null;
    }
    let peer: NativePeer | null = null;
    let hasLeft = false;
    let early: Signal[] = [];
    const observer = {
      onSignal: (signal: Signal) => tell({ signal }),
      onEvent: (event: { event: string }) => tell({ event }),
      onEnded: (why: string) => {
        if (peer) this.#peers.delete(peer);
        if (!hasLeft) end(why);
      },
    };
    ++this.#starting;
    startNativePeer(this.#native, observer)
      .then((started) => {
        if (hasLeft) return void started.stop();
        peer = started;
        this.#peers.add(started);
        for (const signal of early) started.send(signal);
        tell({ role: "offer" });
      })
      .catch((error: unknown) => end(`The native peer can't be started: ${String(error)}`))
      .finally(() => --this.#starting);
    return {
      send: (signal) => {
        if (peer) peer.send(signal);
        else if (early.length < maxEarly) early.push(signal);
      },
      leave: () => {
        hasLeft = true;
        early = [];
        peer?.stop();
        if (peer) this.#peers.delete(peer);
      },
    };
  }
}

function textOf(data: unknown): string {
  return data instanceof Buffer ? data.toString("utf8") : "";
}
