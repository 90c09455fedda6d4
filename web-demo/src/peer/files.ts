// The files of a connection: those sent go one after another, each on a channel of its own.
import { fileLabel } from "./file_messages.js";
import { FileReceiver } from "./file_receiver.js";
import { failed, type Report, startedView } from "./file_report.js";
import { FileSender } from "./file_sender.js";
import type { Traffic } from "./traffic.js";

/** Of this connection: a peer that opens channel after channel gets no more. */
const maxReceived = 64;

export class Files {
  readonly #connection: RTCPeerConnection;
  readonly #traffic: Traffic;
  readonly #report: Report;
  #queue: { id: number; file: File; maxMessageBytes: number }[] = [];
  #sender: { id: number; sender: FileSender } | null = null;
  #received = 0;

  constructor(connection: RTCPeerConnection, traffic: Traffic, report: Report) {
    this.#connection = connection;
    this.#traffic = traffic;
    this.#report = report;
  }

  get isBusy(): boolean {
    return this.#sender !== null;
  }

  receive(channel: RTCDataChannel): void {
    if (++this.#received > maxReceived) channel.close();
    else new FileReceiver(this.#received, channel, this.#traffic, this.#report);
  }

  send(id: number, file: File, maxMessageBytes: number): void {
    this.#report(startedView("send", id, file.name, file.size));
    this.#queue.push({ id, file, maxMessageBytes });
    this.#next();
  }

  #next(): void {
    const next = this.#queue[0];
    if (this.#sender || !next) return;
    this.#queue.shift();
    const channel = this.#connection.createDataChannel(fileLabel);
    const sender = new FileSender(next.id, next.file, channel, next.maxMessageBytes, this.#traffic, this.#report);
    this.#sender = { id: next.id, sender };
    void sender.done.then(() => {
      this.#sender = null;
      this.#next();
    });
  }

  cancel(id: number): void {
    if (this.#sender?.id === id) this.#sender.sender.cancel();
    const waiting = this.#queue.find((one) => one.id === id);
    if (!waiting) return;
    this.#queue = this.#queue.filter((one) => one !== waiting);
    this.#report(failed(startedView("send", id, waiting.file.name, waiting.file.size), "Cancelled."));
  }

  /** Nothing is sent any more: what waits has failed. */
  close(): void {
    const waiting = this.#queue;
    this.#queue = [];
    for (const { id, file } of waiting) {
      this.#report(failed(startedView("send", id, file.name, file.size), "The connection closed."));
    }
    this.#sender?.sender.fail("The connection closed before the file was acknowledged.");
  }
}
