// The program behind scripts/demo --web. It runs until it is interrupted.
import { type Arguments, readArguments } from "./arguments.js";
import { startDemo } from "./server.js";

/** As the programs beside it leave: 2 for unusable arguments. */
function fail(error: unknown, status: 1 | 2): never {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(status);
}

function argumentsOrFail(): Arguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    fail(error, 2);
  }
}

const args = argumentsOrFail();
try {
  const demo = await startDemo(args, {
    onLog: (line) => console.error(`bridge: ${line}`),
    onEnded: (how) => console.error(`demo: The bridge ended (${how}). Stop this with Ctrl-C, and start it again.`),
  });
  console.log(`Portico in a page: ${demo.url}\nCtrl-C stops it.`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => demo.stop());
} catch (error) {
  fail(error, 1);
}
