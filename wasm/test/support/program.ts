// A Node program of a few lines in a process of its own, where `portico` can be imported.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Long enough for a loaded machine; a program that does not end by itself is killed, and has no exit code. */
const limitMs = 30_000;

export function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; limitMs?: number } = {},
): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? packageRoot,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: options.limitMs ?? limitMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export function runProgram(source: string, ...args: string[]): Promise<Finished> {
  return run(process.execPath, ["--input-type=module", "--eval", source, ...args]);
}
