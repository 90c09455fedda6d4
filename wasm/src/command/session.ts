// `portico peer`: a connection, driven by JSON lines (CLI.md). Lines come in and go out through calls, so that the same
// session runs in Node, in a page and in a worker.
import type { RTCCertificate, RTCDataChannel, RTCIceCandidatePair, RTCNetworkChangeEvent } from "../api.js";
import type { ChannelParameters } from "./argument_values.js";
import { exitClean, exitFailed, exitNotConnected, type PeerArguments } from "./arguments.js";
import type { Connection, ConnectionObserver, StateOf } from "./connection.js";
import { Flood } from "./flood.js";
import { type JsonObject, toLine } from "./json.js";
import { OrtcConnection } from "./ortc_connection.js";
import { type ChannelObserver, PeerChannel } from "./peer_channel.js";
import { type LineTarget, PeerLines } from "./peer_lines.js";
import {
  channelEvent,
  doneEvent,
  errorEvent,
  maxMessageBytes,
  messageEvent,
  networkEvent,
  type PeerEvent,
  pingEvent,
  progressEvent,
  selectedEvent,
  stateEvent,
  statsEvent,
} from "./peer_events.js";
import { Ping } from "./ping.js";
import { type Problem, problem, toProblem } from "./problem.js";
import { SdpConnection } from "./sdp_connection.js";
import type { ChannelUser, Direction, Message, TransferCount, TransferObserver } from "./transfer.js";

const fileLabel = "file";
const pingLabel = "ping";
const floodBytes = 64 * 1024;
const pingBytes = 100;

/** While the channels close, the peer has so long to show a sign of life. */
const closingPatienceMilliseconds = 5000;

/** What --send and --receive need of the host. */
export interface PeerFiles {
  /** Of the file of --send, which is open. */
  sender(observer: TransferObserver): ChannelUser;
  receiver(path: string, observer: TransferObserver): ChannelUser;
}

export interface PeerSessionOptions {
  arguments: PeerArguments;
  /** A line without its line break. */
  print: (line: string) => void;
  certificate?: RTCCertificate;
  files?: PeerFiles;
}

/** Throws what the objects' constructors throw. */
function makeConnection({ arguments: { ice, offer, ortc, trickle }, ...options }: PeerSessionOptions): Connection {
  const certificate = options.certificate ? { certificate: options.certificate } : {};
  return ortc
    ? new OrtcConnection({ ice, controlling: offer, ...certificate })
    : new SdpConnection({ ice, offering: offer, trickle, ...certificate });
}

type Phase = "running" | "closing" | "ended";

export class PeerSession implements ConnectionObserver, ChannelObserver, LineTarget {
  readonly #arguments: PeerArguments;
  readonly #print: (line: string) => void;
  readonly #files: PeerFiles | undefined;
  readonly #lines = new PeerLines(this);
  readonly connection: Connection;
  #channels: PeerChannel[] = [];
  #flood: Flood | undefined;
  #floodChannel: PeerChannel | undefined;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #closingTimer: ReturnType<typeof setTimeout> | undefined;
  #lastQueuedBytes = 0;
  #phase: Phase = "running";
  #status = exitClean;
  /** A channel has the file of --receive; a later one replaces it. */
  #receiving = false;
  /** It is there. */
  #received = false;
  /** Of --exit-after. */
  #exitEventCame = false;
  /** A transfer failed: the status will say so. */
  #isFailed = false;
  #resolve: (status: number) => void = () => undefined;

  /** Throws what makeConnection() throws. */
  constructor(options: PeerSessionOptions) {
    this.#arguments = options.arguments;
    this.#print = options.print;
    this.#files = options.files;
    this.connection = makeConnection(options);
  }

  /** To the end; resolves to the exit status. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#createChannels();
      this.#startTimeout();
      this.connection.start(this, this.#arguments.stay);
    });
  }

  // ---- Lines

  /** One of standard input, without its line break. What is wrong with it is said at once, and ends nothing. */
  onLine(line: string): void {
    if (this.#phase === "running") this.#lines.take(line);
  }

  printEvent(event: PeerEvent, visible = true): void {
    if (visible) this.#print(toLine(event));
    if (this.#exitEventCame || this.#arguments.exitAfter !== event.event) return;
    this.#exitEventCame = true;
    queueMicrotask(() => this.stop(exitClean));
  }

  printError(why: Problem): void {
    this.printEvent(errorEvent(why));
  }

  printStats(): void {
    const channels = this.#channels.map(({ channel }) => channel);
    this.printEvent(statsEvent(this.connection.sctp, channels));
  }

  get channels(): readonly PeerChannel[] {
    return this.#channels;
  }

  // ---- Channels

  #createChannels(): void {
    for (const parameters of this.#arguments.channels) this.#createChannel(parameters, undefined);
    if (this.#arguments.sendPath !== "" && this.#files) {
      this.#createChannel({ label: fileLabel }, this.#files.sender(this));
    }
    if (this.#arguments.pings > 0) {
      const observer = {
        onResult: (result: Parameters<typeof pingEvent>[0]) => this.printEvent(pingEvent(result)),
        onFailed: (why: Problem) => this.onFailed("send", why),
      };
      const ping = new Ping(this.#arguments.pings, this.#arguments.messageBytes ?? pingBytes, observer);
      this.#createChannel({ label: pingLabel }, ping);
    }
  }

  #createChannel(parameters: ChannelParameters, user: ChannelUser | undefined): void {
    try {
      this.#addChannel(this.connection.createDataChannel(parameters), user);
    } catch (thrown) {
      this.#isFailed = true;
      this.printError(toProblem(thrown));
    }
  }

  #addChannel(channel: RTCDataChannel, user: ChannelUser | undefined): PeerChannel {
    const added = new PeerChannel(channel, user, this.#arguments.echo, this);
    this.#channels.push(added);
    return added;
  }

  #startTimeout(): void {
    if (this.#arguments.timeoutSeconds === undefined) return;
    this.#timeout = longTimeout(this.#arguments.timeoutSeconds, () => {
      if (this.connection.connected || this.#phase !== "running") return;
      this.printError(problem("TimeoutError", "The peer was not connected in time."));
      this.#status = exitNotConnected;
      this.#end();
    });
  }

  // ---- ConnectionObserver

  onSignal(line: JsonObject): void {
    this.#print(toLine(line));
  }

  onState(of: StateOf, state: string): void {
    this.printEvent(stateEvent(of, state));
  }

  onSelectedPair(pair: RTCIceCandidatePair): void {
    this.printEvent(selectedEvent(pair));
  }

  onNetworkChange(change: RTCNetworkChangeEvent): void {
    this.printEvent(networkEvent(change));
  }

  onChannel(channel: RTCDataChannel): void {
    let user: ChannelUser | undefined;
    const { receivePath } = this.#arguments;
    if (channel.label === fileLabel && receivePath !== "" && !this.#receiving && this.#files) {
      this.#receiving = true;
      user = this.#files.receiver(receivePath, this);
    }
    this.onChannelOpen(this.#addChannel(channel, user));
  }

  onTrouble(why: Problem): void {
    this.printError(why);
  }

  onConnected(): void {
    clearTimeout(this.#timeout);
  }

  onEnded(why: Problem | undefined): void {
    if (this.#phase === "running") {
      if (why) this.printError(why);
      if (why || this.#unfinished()) this.#isFailed = true;
      if (this.#isFailed && this.#status === exitClean) this.#status = exitFailed;
    }
    this.#end();
  }

  // ---- ChannelObserver

  onChannelOpen(channel: PeerChannel): void {
    const { sctp } = this.connection;
    if (channel.wasOpened || !sctp) return; // an open channel has a transport
    this.printEvent(channelEvent("open", channel.channel));
    channel.opened(maxMessageBytes(sctp));
    const { floodSeconds, messageBytes } = this.#arguments;
    if (floodSeconds === undefined || this.#flood || channel.user) return;
    const flood = new Flood(sctp, channel.channel, floodSeconds, messageBytes ?? floodBytes, this);
    this.#flood = flood;
    this.#floodChannel = channel;
    channel.onLow = () => flood.feed();
    flood.start();
  }

  onChannelMessage(channel: PeerChannel, message: Message, bytes: number): void {
    const { quiet, exitAfter } = this.#arguments;
    if (quiet) {
      if (exitAfter === "message") this.printEvent({ event: "message" }, false);
      return;
    }
    this.printEvent(messageEvent(channel.label, message, bytes));
  }

  onChannelTrouble(_channel: PeerChannel, why: Problem): void {
    // What this side stops is stopped, and in no trouble.
    if (this.#phase !== "ended") this.printError(why);
  }

  onChannelClosed(channel: PeerChannel): void {
    if (channel === this.#floodChannel) this.#flood?.onClose();
    this.printEvent(channelEvent("close", channel.channel));
    // After `done`, which follows.
    queueMicrotask(() => {
      this.#channels = this.#channels.filter((one) => one !== channel);
      if (this.#phase === "closing" && this.#channels.length === 0) this.#end();
    });
  }

  // ---- TransferObserver

  onProgress(direction: Direction, count: TransferCount): void {
    this.printEvent(progressEvent(direction, count));
  }

  onDone(direction: Direction, count: TransferCount): void {
    if (direction === "receive" && count.sha256 !== null) {
      this.#received = true;
      this.#receiving = false;
    }
    this.printEvent(doneEvent(direction, count));
  }

  onFailed(direction: Direction, why: Problem): void {
    this.#isFailed = true;
    if (direction === "receive") this.#receiving = false;
    this.printError(why);
    // What the script waits for will not come.
    if (["done", "ping"].includes(this.#arguments.exitAfter)) this.stop(exitFailed);
  }

  // ---- The end

  #unfinished(): boolean {
    if (this.#arguments.receivePath !== "" && !this.#received) return true;
    return this.#channels.some(({ user }) => user?.unfinished() ?? false);
  }

  /** As the end of standard input: what is queued is delivered, then everything closes. */
  stop(status = exitClean): void {
    if (this.#phase !== "running") return;
    if (status === exitClean && !this.#exitEventCame && !this.#isFailed && this.#unfinished()) {
      this.#isFailed = true;
      this.printError(problem("AbortError", "The peer was stopped before the transfer was done."));
    }
    this.#status = status === exitClean && this.#isFailed && !this.#exitEventCame ? exitFailed : status;
    if (!this.connection.connected || this.#channels.length === 0) {
      this.#end();
      return;
    }
    this.#phase = "closing";
    for (const channel of this.#channels) channel.close();
    this.#lastQueuedBytes = this.#queuedBytes();
    this.#watchClosing();
  }

  /** Nothing can be printed any more. */
  outputBroke(): void {
    this.#status = exitFailed;
    this.#end();
  }

  #watchClosing(): void {
    this.#closingTimer = setTimeout(() => {
      const queued = this.#queuedBytes();
      if (queued < this.#lastQueuedBytes) {
        this.#lastQueuedBytes = queued;
        this.#watchClosing();
        return;
      }
      const sentence = "The peer does not answer: what was queued may not have been delivered.";
      this.printError(problem("TimeoutError", sentence));
      this.#status = exitFailed;
      this.#end();
    }, closingPatienceMilliseconds);
  }

  #queuedBytes(): number {
    return this.#channels.reduce((bytes, channel) => bytes + channel.queuedBytes, 0);
  }

  #end(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    clearTimeout(this.#closingTimer);
    clearTimeout(this.#timeout);
    void this.connection.stop().then(() => {
      this.#flood?.stop();
      this.#resolve(this.#status);
    });
  }
}

/** setTimeout() takes 31 bits of milliseconds, and fires at once above that. */
function longTimeout(seconds: number, handler: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(handler, Math.min(seconds * 1000, 0x7fff_ffff));
}
