// One connection, from the first description to the end. It is written against W3C's names only: on Portico's
// RTCPeerConnection it is the peer in the worker, on the browser's it is the other side in the page.
import type { Role, Signal } from "../../shared/signalling.js";
import { viewOfLine } from "./candidate.js";
import { echo } from "./echo.js";
import { factsOf } from "./facts.js";
import { fileLabel } from "./file_messages.js";
import { Files } from "./files.js";
import { Flood, floodLabel } from "./flood.js";
import type { Command, PeerEvent } from "./messages.js";
import { Ping, pingInit, pingLabel } from "./ping.js";
import { States } from "./states.js";
import { Traffic } from "./traffic.js";

const chatLabel = "chat";
const trafficMilliseconds = 250;
/** RFC 8841 §6.1: what every peer takes. */
const defaultMessageBytes = 64 * 1024;

export interface SessionOptions {
  role: Role;
  /** Answers what it hears, and measures nothing: the other side in the page. */
  echoes: boolean;
}

type Emit = (event: PeerEvent) => void;

export class Session {
  readonly #connection: RTCPeerConnection;
  readonly #options: SessionOptions;
  readonly #emit: Emit;
  readonly #traffic = new Traffic();
  readonly #files: Files;
  readonly #states: States;
  readonly #began = performance.now();
  readonly #sampler: ReturnType<typeof setInterval>;
  #chat: RTCDataChannel | null = null;
  #ping: Ping | null = null;
  #flood: Flood | null = null;
  #closed = false;

  constructor(connection: RTCPeerConnection, options: SessionOptions, emit: Emit) {
    this.#connection = connection;
    this.#options = options;
    this.#emit = emit;
    this.#files = new Files(connection, this.#traffic, (file) => this.#tell({ event: "file", file }));
    this.#states = new States(connection, {
      onState: (layer, state) => this.#tell({ event: "state", layer, state, milliseconds: this.#elapsed() }),
      onSelected: (local, remote) => this.#tell({ event: "selected", local, remote }),
    });
    this.#sampler = setInterval(() => this.#tell({ event: "traffic", ...this.#traffic.sample() }), trafficMilliseconds);
    this.#listen();
    if (options.role === "offer") {
      this.#useChat(connection.createDataChannel(chatLabel));
      void this.#describe();
    }
    if (!options.echoes) this.#measureRoundTrips();
  }

  #listen(): void {
    const connection = this.#connection;
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (!candidate) return;
      const { candidate: line, sdpMid, sdpMLineIndex } = candidate;
      this.#showCandidate("local", line);
      this.#tell({ event: "signal", signal: { candidate: { candidate: line, sdpMid, sdpMLineIndex } } });
    });
    connection.addEventListener("connectionstatechange", () => {
      const state = connection.connectionState;
      this.#tell({ event: "connection", state, milliseconds: this.#elapsed() });
      if (state === "connected") void this.#tellFacts();
    });
    // The peer in the worker has no ICE servers: what fails there is the bridge.
    connection.addEventListener("icecandidateerror", ({ errorText }) => {
      if (!this.#options.echoes) this.#tell({ event: "bridge-lost", why: errorText });
    });
    connection.addEventListener("datachannel", ({ channel }) => this.#onChannel(channel));
  }

  // Signalling -------------------------------------------------------------------------------------------------------

  async #describe(): Promise<void> {
    try {
      await this.#connection.setLocalDescription();
      this.#states.look();
      const description = this.#connection.localDescription;
      if (!description || (description.type !== "offer" && description.type !== "answer")) return;
      const { type, sdp } = description;
      this.#tell({ event: "signal", signal: { description: { type, sdp } } });
    } catch (thrown) {
      this.#problem("This side can't be described", thrown);
    }
  }

  async #take(signal: Signal): Promise<void> {
    try {
      if ("candidate" in signal) {
        this.#showCandidate("remote", signal.candidate.candidate);
        await this.#connection.addIceCandidate(signal.candidate);
        return;
      }
      this.#showCandidatesOf(signal.description.sdp);
      await this.#connection.setRemoteDescription(signal.description);
      this.#states.look();
      if (signal.description.type === "offer") await this.#describe();
    } catch (thrown) {
      this.#problem("The other side sent what can't be used", thrown);
    }
  }

  #showCandidatesOf(sdp: string): void {
    for (const line of sdp.split(/\r?\n/)) {
      if (line.startsWith("a=candidate:")) this.#showCandidate("remote", line.slice(2));
    }
  }
  #showCandidate(side: "local" | "remote", line: string): void {
    const candidate = viewOfLine(line);
    if (candidate) this.#tell({ event: "candidate", side, candidate });
  }

  // Channels ---------------------------------------------------------------------------------------------------------

  #onChannel(channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    if (channel.label === chatLabel) this.#useChat(channel);
    else if (channel.label === fileLabel) this.#files.receive(channel);
    else if (channel.label === pingLabel) channel.addEventListener("message", ({ data }) => echo(channel, data));
    else if (channel.label === floodLabel) this.#countFlood(channel);
  }

  #useChat(channel: RTCDataChannel): void {
    this.#chat = channel;
    channel.addEventListener("open", () => this.#tell({ event: "open", milliseconds: this.#elapsed() }));
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string") return;
      this.#tell({ event: "heard", text: data });
      if (this.#options.echoes) echo(channel, data);
    });
  }

  #measureRoundTrips(): void {
    const channel = this.#connection.createDataChannel(pingLabel, pingInit);
    const isIdle = () => !this.#flood && !this.#files.isBusy;
    this.#ping = new Ping(channel, isIdle, (milliseconds) => this.#tell({ event: "round-trip", milliseconds }));
  }

  #setFlood(on: boolean): void {
    if (on === (this.#flood !== null)) return;
    if (!on) {
      this.#flood?.stop();
      return;
    }
    const channel = this.#connection.createDataChannel(floodLabel, { ordered: false });
    const flood = new Flood(channel, this.#maxMessageBytes(), this.#traffic);
    this.#flood = flood;
    this.#countFlood(channel);
    channel.addEventListener("open", () => {
      this.#tell({ event: "flood", on: true });
      flood.run().catch((thrown: unknown) => this.#problem("The flood ended", thrown));
    });
    channel.addEventListener("close", () => {
      flood.stop();
      this.#traffic.forget(channel);
      this.#flood = null;
      this.#tell({ event: "flood", on: false });
    });
  }

  /** Its own flood comes back where the other side echoes. */
  #countFlood(channel: RTCDataChannel): void {
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.#traffic.receive(data.byteLength);
    });
  }

  /** null is W3C's for any size. */
  #maxMessageBytes(): number {
    return Math.max(1, this.#connection.sctp?.maxMessageSize ?? defaultMessageBytes);
  }

  // Commands ---------------------------------------------------------------------------------------------------------

  do(command: Exclude<Command, { command: "connect" }>): void {
    try {
      if (command.command === "signal") void this.#take(command.signal);
      else if (command.command === "say") this.#chat?.send(command.text);
      else if (command.command === "flood") this.#setFlood(command.on);
      else if (command.command === "send-file") this.#files.send(command.id, command.file, this.#maxMessageBytes());
      else if (command.command === "cancel-file") this.#files.cancel(command.id);
      else this.close();
    } catch (thrown) {
      this.#problem("That was not possible", thrown);
    }
  }

  close(): void {
    if (this.#closed) return;
    clearInterval(this.#sampler);
    this.#ping?.stop();
    this.#files.close();
    this.#connection.close();
    this.#closed = true;
  }

  async #tellFacts(): Promise<void> {
    try {
      const facts = await factsOf(this.#connection);
      if (facts) this.#tell({ event: "facts", facts });
    } catch (thrown) {
      this.#problem("The connection's numbers can't be read", thrown);
    }
  }

  #elapsed(): number {
    return performance.now() - this.#began;
  }
  #problem(what: string, thrown: unknown): void {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    this.#tell({ event: "problem", problem: `${what}: ${why}` });
  }
  #tell(event: PeerEvent): void {
    if (!this.#closed) this.#emit(event);
  }
}
