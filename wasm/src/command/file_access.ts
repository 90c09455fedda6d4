// The files that the command line names: opened, measured, read, with errors that name them.
import { type FileHandle, open } from "node:fs/promises";
import { getSystemErrorMap } from "node:util";
import { fail, problem, type Problem, ProblemError, toProblem } from "./problem.js";

export interface SourceFile {
  handle: FileHandle;
  path: string;
  size: number;
}

/** "photo.jpg: No such file or directory." */
export function systemProblem(what: string, thrown: unknown): Problem {
  const errno = thrown instanceof Error && "errno" in thrown ? Number(thrown.errno) : NaN;
  const reason = getSystemErrorMap().get(errno)?.[1] ?? toProblem(thrown).message;
  return problem("OperationError", `${what}: ${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`);
}

/** Rejects with an OperationError that has the system's reason; a TypeError for what is no regular file. */
export async function openToRead(path: string): Promise<SourceFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (thrown) {
    throw new ProblemError(systemProblem(path, thrown));
  }
  const status = await handle.stat();
  if (status.isFile()) return { handle, path, size: status.size };
  await handle.close();
  fail("TypeError", `${path} is no regular file.`);
}

/** A chain of certificates has some kilobytes. */
const maxPemBytes = 64 * 1024;

/** Rejects as openToRead(); with a RangeError over the bound. */
export async function readPem(path: string): Promise<string> {
  const file = await openToRead(path);
  try {
    if (file.size > maxPemBytes) fail("RangeError", `${path} is too long.`);
    return await file.handle.readFile("utf8");
  } finally {
    await file.handle.close();
  }
}
