// `portico send` and `portico receive`: one file between two people who can paste a code to each other.
import type { RTCDataChannel, RTCIceCandidate, RTCIceCandidatePair } from "../api.js";
import { exitClean, exitFailed, type IceArguments } from "./arguments.js";
import type { ConnectionObserver, StateOf } from "./connection.js";
import type { SourceFile } from "./file_access.js";
import { freePath, safeFileName } from "./file_name.js";
import { FileReceiver } from "./file_receiver.js";
import { FileSender } from "./file_sender.js";
import { fromCode, toCode } from "./ortc_code.js";
import { OrtcConnection } from "./ortc_connection.js";
import type { OrtcParameters } from "./ortc_parameters.js";
import { maxMessageBytes } from "./peer_events.js";
import { type Problem, toProblem } from "./problem.js";
import { formatBytes, formatSeconds, ProgressBar } from "./progress_bar.js";
import type { ChannelUser, Direction, Message, TransferCount, TransferObserver } from "./transfer.js";

export type PeopleTask = { file: SourceFile } | { folder: string };

function describe({ type, address, port }: RTCIceCandidate): string {
  return `${type} ${address} port ${port}`;
}

export class PeopleSession implements ConnectionObserver, TransferObserver {
  readonly #connection: OrtcConnection;
  readonly #task: PeopleTask;
  readonly #bar = new ProgressBar();
  #channel: RTCDataChannel | undefined;
  /** The path that ICE has found, for people. */
  #pair = "";
  #codeTaken = false;
  #stopping = false;
  #status = exitFailed;
  #resolve: (status: number) => void = () => undefined;

  constructor(ice: IceArguments, task: PeopleTask) {
    this.#task = task;
    this.#connection = new OrtcConnection({ ice, controlling: "file" in task });
  }

  /** To the end; resolves to the exit status. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if ("file" in this.#task) {
        const sender = new FileSender(this.#task.file, this);
        this.#watchChannel(this.#connection.createDataChannel({ label: "file" }), sender);
      }
      this.#connection.start(this, false);
    });
  }

  #say(sentence: string): void {
    this.#bar.clear();
    process.stderr.write(`${sentence}\n`);
  }

  onSignal(): void {
    process.stderr.write(
      "file" in this.#task
        ? "On the other machine run `portico receive`, and paste this code there:\n\n"
        : "Paste this code where `portico send` runs:\n\n",
    );
    // The code alone goes to standard output, so that a script can take it.
    process.stdout.write(`${toCode(this.#connection.localParameters())}\n`);
    process.stderr.write("\nNow paste the other side's code here:\n");
  }

  onCodeLine(line: string): void {
    if (this.#codeTaken) return;
    let parameters: OrtcParameters;
    try {
      parameters = fromCode(line);
    } catch (thrown) {
      this.#askAgain(thrown);
      return;
    }
    this.#codeTaken = true; // unless it is refused
    this.#connection.accept(parameters).then(
      () => this.#say("Connecting ..."),
      (why: unknown) => {
        this.#codeTaken = false;
        this.#askAgain(why);
      },
    );
  }

  #askAgain(why: unknown): void {
    this.#say(`${toProblem(why).message} Paste it again:`);
  }

  onNoCode(): void {
    if (this.#codeTaken) return;
    this.#say("No code came.");
    this.stop(exitFailed);
  }

  #watchChannel(channel: RTCDataChannel, user: ChannelUser): void {
    this.#channel = channel;
    channel.binaryType = "arraybuffer";
    channel.onopen = () => user.onOpen(channel, maxMessageBytes(this.#connection.sctp));
    channel.onmessage = ({ data }) => user.onMessage(data as Message);
    channel.onbufferedamountlow = () => user.onBufferedAmountLow();
    channel.onclose = () => {
      user.onClose();
      this.stop(this.#status);
    };
  }

  onChannel(channel: RTCDataChannel): void {
    if (!("folder" in this.#task) || this.#channel || channel.label !== "file") {
      channel.close();
      return;
    }
    const { folder } = this.#task;
    const user = new FileReceiver(({ name, size }) => {
      const path = freePath(folder, safeFileName(name));
      this.#say(`Receiving ${path}, ${formatBytes(size)}.`);
      return path;
    }, this);
    this.#watchChannel(channel, user);
    channel.onopen = null; // it is open
    user.onOpen(channel);
  }

  onState(of: StateOf, state: string): void {
    if (of === "connection" && state === "disconnected") this.#say("The connection is gone for the moment ...");
  }

  onSelectedPair({ local, remote }: RTCIceCandidatePair): void {
    const path = `${describe(local)} to ${describe(remote)}`;
    if (path === this.#pair) return;
    this.#pair = path;
    this.#say(`Path: ${path}.`);
  }

  onTrouble(why: Problem): void {
    this.#say(why.message);
  }

  onConnected(): void {
    this.#say("Connected.");
  }

  onEnded(why: Problem | undefined): void {
    if (why && !this.#stopping) this.#say(why.message);
    this.stop(this.#status);
  }

  onProgress(_direction: Direction, count: TransferCount): void {
    this.#bar.draw(count);
  }

  onDone(direction: Direction, { bytes, seconds, sha256 }: TransferCount): void {
    const rate = seconds > 0 ? `, ${formatBytes(bytes / seconds)}/s` : "";
    const verb = direction === "send" ? "Sent" : "Received";
    this.#say(`${verb} ${formatBytes(bytes)} in ${formatSeconds(seconds)}${rate}.`);
    this.#say(`SHA-256 ${sha256}, the same on both sides.`);
    this.#status = exitClean;
    // The sender closes once it has the receiver's answer; the receiver's answer must not be cut off.
    if (direction === "send") this.#channel?.close();
  }

  onFailed(_direction: Direction, why: Problem): void {
    this.#say(`It failed: ${why.message}`);
    this.#status = exitFailed;
    if (!this.#stopping) this.#channel?.close();
  }

  stop(status: number): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#status = status;
    void this.#connection.stop().then(() => this.#resolve(this.#status));
  }
}
