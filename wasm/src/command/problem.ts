// What went wrong, as the `error` lines say it: the name of a DOMException or ECMAScript error, and a sentence.
import { RTCError } from "../api.js";

export interface Problem {
  readonly name: string;
  readonly message: string;
}

export function problem(name: string, message: string): Problem {
  return { name, message };
}

/** Of anything that was thrown or that a promise was rejected with. A malformed SDP is a SyntaxError to the contract; W3C
 * makes an RTCError of it, all of which are called "OperationError". */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof RTCError && thrown.errorDetail === "sdp-syntax-error") {
    return problem("SyntaxError", thrown.message);
  }
  if (typeof thrown === "object" && thrown !== null && "name" in thrown && "message" in thrown) {
    return problem(String(thrown.name), String(thrown.message));
  }
  return problem("OperationError", String(thrown));
}

/** For what has a Problem to throw: a bad argument, a file that can't be read. */
export class ProblemError extends Error {
  constructor(problem: Problem) {
    super(problem.message);
    this.name = problem.name;
  }
}

export function fail(name: string, message: string): never {
  throw new ProblemError(problem(name, message));
}
