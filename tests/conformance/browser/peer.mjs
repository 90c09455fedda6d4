// Usage: peer.mjs SOCKET PLACE ARGUMENT…. The `portico` command in the browser of driver.mjs, which listens at SOCKET: in a page
// or in a worker (PLACE). Standard input, output, error and the exit status are that peer's; a kill closes its page.
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [socketPath, place, ...argv] = process.argv.slice(2);
const driver = connect(socketPath);
const tell = (frame) => driver.write(JSON.stringify(frame) + "\n");
let status = 1; // if the page goes away

driver.on("connect", () => {
  tell({ start: { place, argv } });
  createInterface({ input: process.stdin, crlfDelay: Infinity })
    .on("line", (line) => tell({ line }))
    .on("close", () => tell({ line: null }));
});
createInterface({ input: driver, crlfDelay: Infinity }).on("line", (text) => {
  const frame = JSON.parse(text);
  if ("print" in frame) process.stdout.write(frame.print + "\n");
  else if ("complain" in frame) process.stderr.write(frame.complain + "\n");
  else {
    status = frame.exit;
    driver.end();
  }
});
driver.on("error", (problem) => process.stderr.write(`${problem}\n`));
driver.on("close", () => {
  process.exitCode = status;
  process.stdin.destroy();
});
