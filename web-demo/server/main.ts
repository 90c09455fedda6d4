// The program behind scripts/demo --web. It runs until it is interrupted.
import { readArguments } from "./arguments.js";
import { startDemo } from "./server.js";

function fail(error: unknown): never {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

try {
  const demo = await startDemo(readArguments(process.argv.slice(2)), {
    onLog: (line) => console.error(`bridge: ${line}`),
    onEnded: (how) => console.error(`demo: The bridge ended (${how}). Stop this with Ctrl-C, and start it again.`),
  });
  console.log(`Portico in a page: ${demo.url}\nCtrl-C stops it.`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => demo.stop());
} catch (error) {
  fail(error);
}
