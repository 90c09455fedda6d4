// One data channel of `portico peer`: either a user (a file, a ping) has it, or its messages are counted, printed and,
// with --echo, sent back.
import type { RTCDataChannel } from "../api.js";
import { type Problem, problem, toProblem } from "./problem.js";
import {
  Cadence,
  type ChannelUser,
  highWaterBytes,
  lowWaterBytes,
  type Message,
  Stopwatch,
  type TransferCount,
  type TransferObserver,
} from "./transfer.js";

/** What an echo may keep for a peer that sends faster than it reads. Over it the message is dropped, with an error. */
const maxEchoBacklogBytes = 64 * 1024 * 1024;

export interface ChannelObserver extends TransferObserver {
  onChannelOpen(channel: PeerChannel): void;
  onChannelMessage(channel: PeerChannel, message: Message, bytes: number): void;
  onChannelTrouble(channel: PeerChannel, problem: Problem): void;
  /** The channel's last event. */
  onChannelClosed(channel: PeerChannel): void;
}

/** Of a message on the wire: UTF-8 for a text. */
export function bytesOf(message: Message): number {
  if (typeof message !== "string") return message.byteLength;
  let bytes = message.length;
  for (let i = 0; i < message.length; ++i) {
    const unit = message.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair is two of the pair's four bytes; alone it is sent as U+FFFD's three.
    bytes += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit < 0xdc00 && (message.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      ++i; // 2 units, 4 bytes
    }
  }
  return bytes;
}

export class PeerChannel {
  readonly channel: RTCDataChannel;
  readonly user: ChannelUser | undefined;
  readonly #echo: boolean;
  readonly #observer: ChannelObserver;
  /** In place of the user's: for --flood. */
  onLow: (() => void) | undefined;
  #backlog: { message: Message; bytes: number }[] = [];
  #backlogBytes = 0;
  readonly #received: TransferCount;
  readonly #sinceFirst = new Stopwatch();
  readonly #cadence = new Cadence();
  #opened = false;
  #closeAsked = false;
  #closed = false;

  constructor(channel: RTCDataChannel, user: ChannelUser | undefined, echo: boolean, observer: ChannelObserver) {
    this.channel = channel;
    this.user = user;
    this.#echo = echo;
    this.#observer = observer;
    this.#received = { label: channel.label, bytes: 0, total: 0, messages: 0, seconds: 0, sha256: null };
    channel.binaryType = "arraybuffer";
    channel.onopen = () => observer.onChannelOpen(this);
    channel.onmessage = ({ data }) => this.#take(data as Message);
    channel.onerror = ({ error }) => observer.onChannelTrouble(this, toProblem(error));
    channel.onclose = () => this.#ended();
    channel.onbufferedamountlow = () => this.#low();
  }

  get label(): string {
    return this.channel.label;
  }
  get isOpen(): boolean {
    return this.#opened && !this.#closed;
  }
  get wasOpened(): boolean {
    return this.#opened;
  }
  get closed(): boolean {
    return this.#closed;
  }
  get queuedBytes(): number {
    return this.channel.bufferedAmount + this.#backlogBytes;
  }

  /** The channel is open: at once for one that the peer made, else on its event. */
  opened(maxMessageBytes: number): void {
    this.#opened = true;
    if (this.user) this.user.onOpen(this.channel, maxMessageBytes);
    else this.channel.bufferedAmountLowThreshold = lowWaterBytes;
  }

  /** What is queued is delivered first. */
  close(): void {
    this.#closeAsked = true;
    if (this.#backlog.length === 0) this.channel.close();
  }

  /** Throws as RTCDataChannel.send() does. */
  send(message: string | Uint8Array<ArrayBuffer> | ArrayBuffer): void {
    if (typeof message === "string") this.channel.send(message);
    else this.channel.send(message);
  }

  #take(message: Message): void {
    if (this.user) {
      this.user.onMessage(message);
      return;
    }
    if (this.#received.messages === 0) this.#sinceFirst.start();
    const bytes = bytesOf(message);
    ++this.#received.messages;
    this.#received.bytes += bytes;
    this.#received.seconds = this.#sinceFirst.seconds();
    this.#observer.onChannelMessage(this, message, bytes);
    if (this.#echo) this.#sendBack(message, bytes);
    if (this.#cadence.due()) this.#observer.onProgress("receive", this.#received);
  }

  #sendBack(message: Message, bytes: number): void {
    if (this.#backlog.length === 0 && this.channel.bufferedAmount < highWaterBytes) {
      this.#sendOrTell(message);
      return;
    }
    if (this.#backlogBytes + bytes > maxEchoBacklogBytes) {
      const why = problem("QuotaExceededError", "A message was not sent back: too many wait already.");
      this.#observer.onChannelTrouble(this, why);
      return;
    }
    this.#backlog.push({ message, bytes });
    this.#backlogBytes += bytes;
  }

  #sendOrTell(message: Message): void {
    try {
      this.send(message);
    } catch (thrown) {
      this.#observer.onChannelTrouble(this, toProblem(thrown));
    }
  }

  #low(): void {
    if (this.onLow) this.onLow();
    else if (this.user) this.user.onBufferedAmountLow();
    else this.#drainBacklog();
  }

  #drainBacklog(): void {
    let sent = 0;
    for (const { message, bytes } of this.#backlog) {
      if (this.channel.bufferedAmount >= highWaterBytes) break;
      this.#sendOrTell(message);
      this.#backlogBytes -= bytes;
      ++sent;
    }
    this.#backlog.splice(0, sent);
    if (this.#closeAsked && this.#backlog.length === 0) this.channel.close();
  }

  #ended(): void {
    this.#closed = true;
    this.user?.onClose();
    this.#observer.onChannelClosed(this);
    if (this.#received.messages > 0) this.#observer.onDone("receive", this.#received);
  }
}
