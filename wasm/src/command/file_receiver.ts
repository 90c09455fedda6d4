// Receives one file on one channel (file_protocol.ts), into PATH.part, and renames it once its SHA-256 is right.
//
// It writes in the message's handler: a data channel can't be told to pause, so the time that the disk takes has to be
// the loop's. SCTP's window then slows down the sender, and nothing piles up in memory.
import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { RTCDataChannel } from "../api.js";
import { systemProblem } from "./file_access.js";
import { type FileMessage, parseFileMessage } from "./file_protocol.js";
import { fail, type Problem, problem, ProblemError, toProblem } from "./problem.js";
import {
  Cadence,
  type ChannelUser,
  type Message,
  Stopwatch,
  type TransferCount,
  type TransferObserver,
} from "./transfer.js";

export interface ProposedFile {
  name: string;
  size: number;
}

export class FileReceiver implements ChannelUser {
  readonly #choosePath: (file: ProposedFile) => string;
  readonly #observer: TransferObserver;
  readonly #hash = createHash("sha256");
  readonly #stopwatch = new Stopwatch();
  readonly #cadence = new Cadence();
  #channel: RTCDataChannel | undefined;
  #fd: number | undefined;
  #path = "";
  #size = 0;
  #received = 0;
  #messages = 0;
  #sha256: string | null = null;
  #finished = false;

  /** `choosePath`: where to put a file that the peer calls so. The name is hostile. */
  constructor(choosePath: (file: ProposedFile) => string, observer: TransferObserver) {
    this.#choosePath = choosePath;
    this.#observer = observer;
  }

  onOpen(channel: RTCDataChannel): void {
    this.#channel = channel;
  }

  onMessage(message: Message): void {
    if (this.#finished) return;
    try {
      if (typeof message === "string") this.#onText(parseFileMessage(message));
      else this.#append(new Uint8Array(message));
    } catch (thrown) {
      this.#refuse(toProblem(thrown));
    }
  }

  #onText(message: FileMessage): void {
    if ("file" in message) this.#begin(message.file);
    else if ("end" in message) this.#finish(message.end.sha256);
    else fail("DataError", "The sender answers, but there was no question.");
  }

  #begin(file: ProposedFile): void {
    if (this.#fd !== undefined) fail("DataError", "A channel is good for one file.");
    this.#stopwatch.start();
    this.#size = file.size;
    this.#path = this.#choosePath(file);
    try {
      this.#fd = openSync(this.#partPath, "w");
    } catch (thrown) {
      throw new ProblemError(systemProblem(this.#partPath, thrown));
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#fd === undefined) fail("DataError", "The bytes came before the file's name and size.");
    if (bytes.length > this.#size - this.#received) fail("DataError", "There are more bytes than were announced.");
    this.#write(this.#fd, bytes);
    this.#hash.update(bytes);
    this.#received += bytes.length;
    ++this.#messages;
    if (this.#cadence.due()) this.#observer.onProgress("receive", this.#count());
  }

  #write(fd: number, bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
    } catch (thrown) {
      throw new ProblemError(systemProblem("The file can't be written", thrown));
    }
  }

  #finish(sha256: string): void {
    if (this.#fd === undefined) fail("DataError", "The file ended before it began.");
    if (this.#received !== this.#size) fail("DataError", "There are fewer bytes than were announced.");
    this.#sha256 = this.#hash.digest("hex");
    if (this.#sha256 !== sha256) fail("DataError", "The SHA-256 is not the sender's: the file is damaged.");
    closeSync(this.#fd);
    this.#fd = undefined;
    try {
      renameSync(this.#partPath, this.#path);
    } catch {
      rmSync(this.#partPath, { force: true });
      fail("OperationError", `${this.#path} can't be made.`);
    }
    this.#finished = true;
    const unsent = this.#answer({ received: { bytes: this.#received, sha256 } });
    if (unsent) this.#observer.onFailed("receive", unsent);
    else this.#observer.onDone("receive", this.#count());
  }

  #answer(message: FileMessage): Problem | undefined {
    try {
      this.#channel?.send(JSON.stringify(message));
      return undefined;
    } catch (thrown) {
      return toProblem(thrown);
    }
  }

  #refuse(why: Problem): void {
    this.#discard();
    this.#finished = true;
    // The sender learns it from the channel's end if this can't be sent.
    this.#answer({ refused: why.message });
    this.#observer.onFailed("receive", why);
  }

  #discard(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    rmSync(this.#partPath, { force: true });
  }

  onBufferedAmountLow(): void {}

  onClose(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#discard();
    this.#observer.onFailed("receive", problem("NetworkError", "The channel closed before the file was whole."));
  }

  unfinished(): boolean {
    return !this.#finished;
  }

  get #partPath(): string {
    return `${this.#path}.part`;
  }

  #count(): TransferCount {
    return {
      label: this.#channel?.label ?? "",
      bytes: this.#received,
      total: this.#size,
      messages: this.#messages,
      seconds: this.#stopwatch.seconds(),
      sha256: this.#sha256,
    };
  }
}
