// Receives one file on one channel (file_messages.ts). The peer is not trusted: it says how much comes, and gets no more.
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { Cadence, failed, finished, type Report, startedView } from "./file_report.js";
import { type FileMessage, readFileMessage } from "./file_messages.js";
import type { FileView } from "./messages.js";
import type { Traffic } from "./traffic.js";

/** A page has to keep what it receives until a person saves it. */
const maxFileBytes = 512 * 1024 * 1024;
const maxNameLength = 255;

export class FileReceiver {
  readonly #channel: RTCDataChannel;
  readonly #id: number;
  readonly #traffic: Traffic;
  readonly #report: Report;
  readonly #hash = sha256.create();
  readonly #cadence = new Cadence();
  #view: FileView | null = null;
  #parts: ArrayBuffer[] = [];
  #bytes = 0;
  /** After the file, or after a refusal, whatever else comes is dropped. */
  #isOver = false;

  constructor(id: number, channel: RTCDataChannel, traffic: Traffic, report: Report) {
    this.#id = id;
    this.#channel = channel;
    this.#traffic = traffic;
    this.#report = report;
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => this.#onMessage(data));
    channel.addEventListener("close", () => {
      this.#fail("The channel closed before the file was whole.");
    });
  }

  #onMessage(data: unknown): void {
    if (this.#isOver) return;
    if (data instanceof ArrayBuffer) {
      this.#append(data);
      return;
    }
    const message = typeof data === "string" ? readFileMessage(data) : null;
    if (message && "file" in message && !this.#view) this.#begin(message.file.name, message.file.size);
    else if (message && "end" in message && this.#view) this.#finish(this.#view, message.end.sha256);
    else this.#refuse("What came is no file.");
  }

  #begin(name: string, size: number): void {
    this.#cadence.start();
    this.#view = startedView("receive", this.#id, plainName(name), size);
    if (size > maxFileBytes) this.#refuse("A page keeps files in memory, and takes 512 MiB at most.");
    else this.#report(this.#view);
  }

  #append(bytes: ArrayBuffer): void {
    this.#traffic.receive(bytes.byteLength);
    if (!this.#view || this.#bytes + bytes.byteLength > this.#view.total) {
      this.#refuse("There are more bytes than were announced.");
      return;
    }
    this.#hash.update(new Uint8Array(bytes));
    this.#parts.push(bytes);
    this.#bytes += bytes.byteLength;
    this.#view = { ...this.#view, bytes: this.#bytes, seconds: this.#cadence.seconds() };
    if (this.#cadence.due()) this.#report(this.#view);
  }

  #finish(view: FileView, there: string): void {
    if (this.#bytes !== view.total) {
      this.#refuse("There are fewer bytes than were announced.");
      return;
    }
    const here = bytesToHex(this.#hash.digest());
    this.#view = { ...view, here, there };
    if (here !== there) {
      this.#refuse("The SHA-256 is not the sender's: the file is damaged.");
      return;
    }
    this.#tell({ received: { bytes: this.#bytes, sha256: here } });
    this.#isOver = true;
    this.#report({ ...finished(this.#view, this.#cadence.seconds()), blob: new Blob(this.#parts) });
    this.#parts = [];
  }

  #refuse(why: string): void {
    if (this.#isOver) return;
    this.#tell({ refused: why });
    this.#fail(why);
  }
  #fail(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts = [];
    if (this.#view) this.#report(failed(this.#view, why));
  }
  #tell(message: FileMessage): void {
    if (this.#channel.readyState === "open") this.#channel.send(JSON.stringify(message));
  }
}

/** Without a path and what a terminal or a file system trips over. */
function plainName(name: string): string {
  const last = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
  return last.replace(/\p{Cc}/gu, "").slice(0, maxNameLength) || "file";
}
