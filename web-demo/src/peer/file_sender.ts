// Sends one file on one channel (file_messages.ts), as fast as the channel takes it and no faster.
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { chunkBytes, type FileMessage, readFileMessage } from "./file_messages.js";
import type { FileView } from "./messages.js";
import { Cadence, failed, finished, type Report, startedView } from "./file_report.js";
import { room, type Traffic } from "./traffic.js";

/** Of a read. */
const blockBytes = 1024 * 1024;

export class FileSender {
  readonly #channel: RTCDataChannel;
  readonly #file: File;
  readonly #traffic: Traffic;
  readonly #report: Report;
  readonly #hash = sha256.create();
  readonly #cadence = new Cadence();
  readonly #chunkBytes: number;
  #view: FileView;
  #queued = 0;
  /** Resolves when the receiver has answered, or nothing comes of it. */
  readonly done: Promise<void>;
  #settle: () => void = () => undefined;

  constructor(
    id: number,
    file: File,
    channel: RTCDataChannel,
    maxMessageBytes: number,
    traffic: Traffic,
    report: Report,
  ) {
    this.#file = file;
    this.#channel = channel;
    this.#traffic = traffic;
    this.#report = report;
    this.#chunkBytes = Math.min(chunkBytes, maxMessageBytes);
    this.#view = startedView("send", id, file.name, file.size);
    this.done = new Promise((resolve) => (this.#settle = resolve));
    channel.addEventListener("open", () => {
      this.#sendAll().catch((thrown: unknown) => this.fail(`The file can't be sent: ${String(thrown)}`));
    });
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => this.#onAnswer(data));
    channel.addEventListener("close", () => this.fail("The channel closed before the file was acknowledged."));
  }

  cancel(): void {
    this.fail("Cancelled.");
  }

  async #sendAll(): Promise<void> {
    this.#cadence.start();
    this.#tell({ file: { name: this.#file.name, size: this.#file.size } });
    while (this.#queued < this.#file.size) {
      const block = await this.#file.slice(this.#queued, this.#queued + blockBytes).arrayBuffer();
      await this.#sendBlock(new Uint8Array(block));
      if (this.#isOver) return;
    }
    this.#view = { ...this.#view, here: bytesToHex(this.#hash.digest()) };
    this.#tell({ end: { sha256: this.#view.here ?? "" } });
    this.#progress();
  }

  async #sendBlock(block: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#hash.update(block);
    for (let begin = 0; begin < block.length; begin += this.#chunkBytes) {
      await room(this.#channel);
      if (this.#isOver) return;
      const piece = block.subarray(begin, begin + this.#chunkBytes);
      this.#traffic.send(this.#channel, piece);
      this.#queued += piece.length;
      if (this.#cadence.due()) this.#progress();
    }
  }

  #onAnswer(data: unknown): void {
    const answer = typeof data === "string" ? readFileMessage(data) : null;
    if (this.#isOver) return;
    if (answer && "refused" in answer) {
      this.fail(`The receiver refused the file: ${answer.refused}`);
    } else if (answer && "received" in answer) {
      const { bytes, sha256: there } = answer.received;
      const isSame = bytes === this.#file.size && there === this.#view.here;
      this.#view = { ...this.#view, there };
      if (isSame) this.#end(finished(this.#view, this.#cadence.seconds()));
      else this.fail("The receiver has another file: its SHA-256 differs.");
    } else {
      this.fail("The receiver does not take files on this connection.");
    }
  }

  #tell(message: FileMessage): void {
    this.#channel.send(JSON.stringify(message));
  }

  #progress(): void {
    const bytes = Math.max(0, this.#queued - this.#channel.bufferedAmount);
    this.#view = { ...this.#view, bytes, seconds: this.#cadence.seconds() };
    this.#report(this.#view);
  }

  get #isOver(): boolean {
    return this.#view.phase !== "moving";
  }
  fail(problem: string): void {
    if (!this.#isOver) this.#end(failed(this.#view, problem));
  }
  #end(view: FileView): void {
    this.#view = view;
    this.#report(view);
    this.#channel.close();
    this.#traffic.forget(this.#channel);
    this.#settle();
  }
}
