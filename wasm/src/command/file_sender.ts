// Sends one file on one channel (file_protocol.ts), as fast as the channel takes it and no faster.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { RTCDataChannel } from "../api.js";
import { type SourceFile, systemProblem } from "./file_access.js";
import { type FileMessage, parseFileMessage } from "./file_protocol.js";
import { fail, type Problem, problem, ProblemError, toProblem } from "./problem.js";
import {
  Cadence,
  type ChannelUser,
  chunkBytes,
  highWaterBytes,
  lowWaterBytes,
  type Message,
  Stopwatch,
  type TransferCount,
  type TransferObserver,
} from "./transfer.js";

/** Of a read: while one block is sent, the next is read. */
const blockBytes = 1024 * 1024;

export class FileSender implements ChannelUser {
  readonly #file: SourceFile;
  readonly #observer: TransferObserver;
  readonly #hash = createHash("sha256");
  readonly #stopwatch = new Stopwatch();
  readonly #cadence = new Cadence();
  #channel: RTCDataChannel | undefined;
  #chunk = chunkBytes;
  #queued = 0;
  #messages = 0;
  #sha256: string | null = null;
  /** Acknowledged, or failed. */
  #finished = false;
  #onRoom: (() => void) | undefined;

  constructor(file: SourceFile, observer: TransferObserver) {
    this.#file = file;
    this.#observer = observer;
  }

  onOpen(channel: RTCDataChannel, maxMessageBytes: number): void {
    this.#channel = channel;
    if (maxMessageBytes > 0) this.#chunk = Math.min(chunkBytes, maxMessageBytes);
    channel.bufferedAmountLowThreshold = lowWaterBytes;
    this.#stopwatch.start();
    this.#sendAll(channel)
      .catch((thrown: unknown) => this.#fail(toProblem(thrown)))
      .finally(() => void this.#file.handle.close());
  }

  async #sendAll(channel: RTCDataChannel): Promise<void> {
    this.#tell(channel, { file: { name: basename(this.#file.path), size: this.#file.size } });
    const buffers = [new Uint8Array(blockBytes), new Uint8Array(blockBytes)] as const;
    let next = this.#readBlock(buffers[0], 0);
    for (let index = 1; this.#queued < this.#file.size; ++index) {
      const block = await next;
      next = this.#readBlock(buffers[index % 2 === 0 ? 0 : 1], this.#queued + block.length);
      next.catch(() => undefined); // it is awaited in the next round, if there is one
      await this.#sendBlock(channel, block);
      if (this.#finished) return;
    }
    this.#sha256 = this.#hash.digest("hex");
    this.#tell(channel, { end: { sha256: this.#sha256 } });
  }

  /** Less than a block only at the end of the file. */
  async #readBlock(buffer: Uint8Array<ArrayBuffer>, position: number): Promise<Uint8Array<ArrayBuffer>> {
    const wanted = Math.min(buffer.length, this.#file.size - position);
    let length = 0;
    while (length < wanted) {
      const { bytesRead } = await this.#file.handle
        .read(buffer, length, wanted - length, position + length)
        .catch((thrown: unknown) => {
          throw new ProblemError(systemProblem("The file can't be read", thrown));
        });
      if (bytesRead === 0) fail("OperationError", "The file became shorter while it was sent.");
      length += bytesRead;
    }
    return buffer.subarray(0, wanted);
  }

  async #sendBlock(channel: RTCDataChannel, block: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#hash.update(block);
    for (let begin = 0; begin < block.length; begin += this.#chunk) {
      if (channel.bufferedAmount >= highWaterBytes) await new Promise<void>((resolve) => (this.#onRoom = resolve));
      if (this.#finished) return;
      const piece = block.subarray(begin, begin + this.#chunk);
      channel.send(piece);
      this.#queued += piece.length;
      ++this.#messages;
      if (this.#cadence.due()) this.#observer.onProgress("send", this.#count());
    }
  }

  #tell(channel: RTCDataChannel, message: FileMessage): void {
    channel.send(JSON.stringify(message));
  }

  onBufferedAmountLow(): void {
    this.#onRoom?.();
    if (!this.#finished && this.#cadence.due()) this.#observer.onProgress("send", this.#count());
  }

  onMessage(message: Message): void {
    if (this.#finished) return;
    if (typeof message !== "string") {
      this.#fail(problem("DataError", "The receiver sent something that is no answer."));
      return;
    }
    try {
      this.#onAnswer(parseFileMessage(message));
    } catch (thrown) {
      this.#fail(toProblem(thrown));
    }
  }

  #onAnswer(answer: FileMessage): void {
    if ("refused" in answer) fail("OperationError", `The receiver refused the file: ${answer.refused}`);
    if (!("received" in answer)) return;
    const { bytes, sha256 } = answer.received;
    if (this.#sha256 === null || bytes !== this.#file.size || sha256 !== this.#sha256) {
      fail("DataError", "The receiver has another file: its length or SHA-256 differs.");
    }
    this.#finished = true;
    this.#observer.onDone("send", this.#count());
  }

  onClose(): void {
    this.#fail(problem("NetworkError", "The channel closed before the file was acknowledged."));
  }

  #fail(why: Problem): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#onRoom?.();
    this.#observer.onFailed("send", why);
  }

  unfinished(): boolean {
    return !this.#finished;
  }

  #count(): TransferCount {
    const waiting = this.#finished ? 0 : Math.min(this.#queued, this.#channel?.bufferedAmount ?? 0);
    return {
      label: this.#channel?.label ?? "",
      bytes: this.#queued - waiting,
      total: this.#file.size,
      messages: this.#messages,
      seconds: this.#stopwatch.seconds(),
      sha256: this.#sha256,
    };
  }
}
