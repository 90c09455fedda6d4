#!/usr/bin/env node
// The `portico` command of the npm package. CLI.md is its contract.
import { RTCCertificate, version } from "../index.js";
import { type Arguments, exitClean, exitFailed, exitUsage, parseArguments, type PeerArguments } from "./arguments.js";
import { Doctor } from "./doctor.js";
import { openToRead, readPem } from "./file_access.js";
import { FileReceiver } from "./file_receiver.js";
import { FileSender } from "./file_sender.js";
import { LineReader } from "./line_reader.js";
import { LineWriter } from "./line_writer.js";
import { PeopleSession, type PeopleTask } from "./people_session.js";
import { problem, ProblemError, toProblem } from "./problem.js";
import { type PeerFiles, PeerSession } from "./session.js";

const moreHelp = "\nRun with --help for more information.";

function complain(sentence: string): void {
  process.stderr.write(`portico: ${sentence}\n`);
}

/** SIGINT and SIGTERM stop cleanly, once: a second one ends the program without ceremony. */
function onStopSignal(stop: () => void): void {
  const signals = ["SIGINT", "SIGTERM"] as const;
  const handler = (): void => {
    for (const signal of signals) process.removeListener(signal, handler);
    stop();
  };
  for (const signal of signals) process.on(signal, handler);
}

async function readIdentityFile(argument: string, path: string): Promise<string> {
  try {
    return await readPem(path);
  } catch (thrown) {
    throw new ProblemError(problem("SyntaxError", `${argument}: ${toProblem(thrown).message}${moreHelp}`));
  }
}

async function readCertificate({ certificatePath, keyPath }: PeerArguments): Promise<RTCCertificate | undefined> {
  if (certificatePath === "") return undefined;
  const certificate = await readIdentityFile("--certificate", certificatePath);
  return RTCCertificate.fromPem(certificate, await readIdentityFile("--key", keyPath));
}

async function openFiles({ sendPath }: PeerArguments): Promise<PeerFiles> {
  const file = sendPath === "" ? undefined : await openToRead(sendPath);
  return {
    sender: (observer) => new FileSender(file ?? unreachable(), observer),
    receiver: (path, observer) => new FileReceiver(() => path, observer),
  };
}

function unreachable(): never {
  throw new Error("There is no file to send.");
}

async function runPeer(peer: PeerArguments): Promise<number> {
  let session: PeerSession;
  const writer = new LineWriter(() => session.outputBroke());
  try {
    const certificate = await readCertificate(peer);
    session = new PeerSession({
      arguments: peer,
      print: (line) => writer.write(line),
      files: await openFiles(peer),
      ...(certificate ? { certificate } : {}),
    });
  } catch (thrown) {
    complain(toProblem(thrown).message);
    return exitUsage;
  }
  new LineReader(process.stdin, {
    onLine: (line) => session.onLine(line),
    onUnreadable: (why) => session.printError(why),
    onEnd: () => session.stop(),
  });
  onStopSignal(() => session.stop());
  const status = await session.run();
  await writer.finish();
  return status;
}

async function runPeople(parsed: Extract<Arguments, { program: "send" | "receive" }>): Promise<number> {
  let session: PeopleSession;
  try {
    const task: PeopleTask =
      parsed.program === "send" ? { file: await openToRead(parsed.path) } : { folder: parsed.folder };
    session = new PeopleSession(parsed.ice, task);
  } catch (thrown) {
    complain(toProblem(thrown).message);
    return exitUsage;
  }
  new LineReader(process.stdin, {
    onLine: (line) => session.onCodeLine(line),
    onUnreadable: () => session.onCodeLine(""),
    onEnd: () => session.onNoCode(),
  });
  onStopSignal(() => session.stop(exitFailed));
  return session.run();
}

async function runDoctor(parsed: Extract<Arguments, { program: "doctor" }>): Promise<number> {
  const doctor = new Doctor(parsed.doctor, (progress) => process.stderr.write(`${progress}\n`));
  onStopSignal(() => doctor.finish());
  let output: string;
  let status: number;
  try {
    ({ output, status } = await doctor.run());
  } catch (thrown) {
    complain(`--ice-server: ${toProblem(thrown).message}${moreHelp}`);
    return exitUsage;
  }
  await new Promise<void>((resolve) => process.stdout.write(output, () => resolve()));
  return status;
}

async function run(argv: readonly string[]): Promise<number> {
  let parsed: Arguments;
  try {
    parsed = parseArguments(argv, version);
  } catch (thrown) {
    complain(toProblem(thrown).message + moreHelp);
    return exitUsage;
  }
  switch (parsed.program) {
    case "none":
      await new Promise<void>((resolve) => process.stdout.write(parsed.text, () => resolve()));
      return exitClean;
    case "peer":
      return runPeer(parsed.peer);
    case "send":
    case "receive":
      return runPeople(parsed);
    case "doctor":
      return runDoctor(parsed);
  }
}

try {
  // Standard input may be open still: nobody waits for its end.
  process.exit(await run(process.argv.slice(2)));
} catch (thrown) {
  complain(toProblem(thrown).message);
  process.exit(exitFailed);
}
