// One `portico peer` for one page: it answers, sends back what it hears, and takes a file.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isObject, parse, readCandidate, readNativeEvent, readSignal } from "../shared/signalling.js";
import type { NativeEvent, Signal } from "../shared/signalling.js";

/** Nobody looks longer at a page that does not connect. */
const connectSeconds = 60;
/** The disk is this machine's: a file that is announced as larger ends the peer. */
const maxFileGibibytes = 4;

export interface NativePeerObserver {
  onSignal(signal: Signal): void;
  onEvent(event: NativeEvent): void;
  onEnded(why: string): void;
}

export interface NativePeer {
  send(signal: Signal): void;
  stop(): void;
}

export interface NativeProgram {
  path: string;
  udpAddress: string;
}

export async function startNativePeer(program: NativeProgram, observer: NativePeerObserver): Promise<NativePeer> {
  const folder = await mkdtemp(join(tmpdir(), "portico-demo-"));
  const args = [
    ...["peer", "--answer", "--echo", "--quiet", "--bind", program.udpAddress],
    ...["--receive", join(folder, "file"), "--timeout", String(connectSeconds)],
  ];
  const child = spawn(program.path, args, { stdio: ["pipe", "pipe", "inherit"] });
  let lastError = "";
  let isStopped = false;
  let isOver = false;
  const end = (why: string) => {
    if (isOver) return;
    isOver = true;
    void rm(folder, { recursive: true, force: true });
    if (!isStopped) observer.onEnded([why, lastError].filter(Boolean).join(" "));
  };
  child.once("error", (error) => end(`The native peer can't be started: ${error.message}`));
  child.once("exit", () => end("The native peer has left."));
  // It may have gone while something was on its way to it; its exit tells so.
  child.stdin.on("error", () => undefined);
  createInterface(child.stdout).on("line", (line) => {
    const value = parse(line);
    const signal = signalOf(value);
    const event = readNativeEvent(value);
    if (signal) observer.onSignal(signal);
    if (!event) return;
    if (event.event === "error" && typeof event["message"] === "string") lastError = event["message"];
    if (typeof event["total"] === "number" && event["total"] > maxFileGibibytes * 1024 ** 3) {
      end(`The native peer takes files of ${String(maxFileGibibytes)} GiB at most.`);
      child.kill("SIGTERM");
    }
    observer.onEvent(event);
  });
  return {
    send: (signal) => child.stdin.write(`${JSON.stringify(lineOf(signal))}\n`),
    stop: () => {
      isStopped = true;
      // Its channels close, and it leaves; without a peer to close them with, at once.
      child.stdin.end();
      child.kill("SIGTERM");
    },
  };
}

/** CLI.md: a description is a line of its own, and so is a candidate. */
function lineOf(signal: Signal): object {
  return "description" in signal ? signal.description : signal.candidate;
}
function signalOf(value: unknown): Signal | null {
  if (!isObject(value)) return null;
  return "sdp" in value ? readSignal({ description: value }) : readCandidate(value);
}
