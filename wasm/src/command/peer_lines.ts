// What comes in on standard input. Every line is somebody else's: what is wrong with it is said at once, and ends
// nothing.
import { fromBase64 } from "./base64.js";
import type { Connection } from "./connection.js";
import { findString, has, isObject, type JsonObject, parseJson } from "./json.js";
import type { PeerChannel } from "./peer_channel.js";
import { fail, type Problem, toProblem } from "./problem.js";

/** Whom the lines tell what to do. */
export interface LineTarget {
  readonly connection: Connection;
  readonly channels: readonly PeerChannel[];
  printError(why: Problem): void;
  printStats(): void;
  stop(): void;
}

function labelOf(line: JsonObject): string {
  return findString(line, "label") ?? fail("TypeError", 'The command needs the "label" of a channel.');
}

export class PeerLines {
  readonly #target: LineTarget;

  constructor(target: LineTarget) {
    this.#target = target;
  }

  take(line: string): void {
    try {
      this.#dispatch(parseJson(line));
    } catch (thrown) {
      this.#target.printError(toProblem(thrown));
    }
  }

  #dispatch(line: unknown): void {
    if (!isObject(line)) fail("TypeError", "A line is a JSON object.");
    const { connection } = this.#target;
    if (has(line, "ortc") || has(line, "candidate")) connection.take(line);
    else if (has(line, "command")) this.#onCommand(line);
    else if (has(line, "sdp") || has(line, "type")) connection.take(line);
    else fail("TypeError", 'A line has "type", "candidate", "ortc" or "command".');
  }

  #onCommand(line: JsonObject): void {
    const command = findString(line, "command") ?? fail("TypeError", '"command" is a string.');
    switch (command) {
      case "send":
        return this.#onSend(line);
      case "close":
        return this.#findChannel(line).close();
      case "stats":
        return this.#target.printStats();
      case "stop":
        return this.#target.stop();
      case "restart-ice":
        return this.#restartIce();
      default:
        fail("NotSupportedError", `"${command}" is no command: send, close, restart-ice, stats, stop are.`);
    }
  }

  #onSend(line: JsonObject): void {
    const text = findString(line, "text");
    const base64 = findString(line, "base64");
    if ((text === undefined) === (base64 === undefined)) {
      fail("TypeError", '"send" needs "text" or "base64", a string.');
    }
    const channel = this.#findChannel(line);
    if (channel.user) fail("InvalidStateError", "The channel is in use by --send, --receive or --ping.");
    channel.send(text ?? fromBase64(base64 ?? "") ?? fail("SyntaxError", '"base64" is no base64.'));
  }

  /** The open channel with the line's label, or one that will be. */
  #findChannel(line: JsonObject): PeerChannel {
    const label = labelOf(line);
    const found = this.#target.channels.filter((one) => one.label === label && !one.closed);
    return (
      found.find((one) => one.isOpen) ?? found.at(-1) ?? fail("InvalidStateError", `There is no channel "${label}".`)
    );
  }

  #restartIce(): void {
    this.#target.connection.restartIce().catch((why: unknown) => this.#target.printError(toProblem(why)));
  }
}
