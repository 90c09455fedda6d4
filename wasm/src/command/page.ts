// `portico peer` in a page or a worker: the same arguments and lines as the command's, without files. For tests that
// drive a browser by CLI.md's contract.
import { version } from "../web.js";
import { exitFailed, exitUsage, parseArguments } from "./arguments.js";
import { fail, toProblem } from "./problem.js";
import { type PeerFiles, PeerSession } from "./session.js";

export interface PeerIo {
  /** Gives the peer its input: call `handler` for each line, and with null at the end of input. */
  onLine(handler: (line: string | null) => void): void;
  /** A line of output, without its line break. */
  print(line: string): void;
  /** What the command says on standard error. */
  complain?(sentence: string): void;
}

/** `argv` begins with "peer". Resolves to the exit status. */
export async function runPeer(argv: readonly string[], io: PeerIo, files?: PeerFiles): Promise<number> {
  let session: PeerSession;
  try {
    const parsed = parseArguments(argv, version);
    if (parsed.program === "none") {
      io.print(parsed.text);
      return 0;
    }
    if (parsed.program !== "peer") fail("NotSupportedError", `${parsed.program} is for Node.`);
    const { peer } = parsed;
    if (!files && (peer.sendPath !== "" || peer.receivePath !== "")) {
      fail("NotSupportedError", "There are no files here for --send and --receive.");
    }
    if (peer.certificatePath !== "") fail("NotSupportedError", "There are no files here for --certificate and --key.");
    session = new PeerSession({ arguments: peer, print: (line) => io.print(line), ...(files ? { files } : {}) });
  } catch (thrown) {
    io.complain?.(`portico: ${toProblem(thrown).message}`);
    return exitUsage;
  }
  const ended = session.run();
  // After it has begun: lines that wait already come at once.
  io.onLine((line) => {
    if (line === null) session.stop();
    else if (line !== "") session.onLine(line);
  });
  try {
    return await ended;
  } catch (thrown) {
    io.complain?.(`portico: ${toProblem(thrown).message}`);
    return exitFailed;
  }
}
