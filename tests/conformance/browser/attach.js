/** Runs a peer by frames: returns what takes {"argv"} once, and then {"line"}s; `tell` gets its output and its exit.
 * `command` is the module that has it. */
export function attachPeer(command, tell) {
  const early = [];
  let onLine = (line) => early.push(line);
  const io = {
    onLine(handler) {
      onLine = handler;
      early.splice(0).forEach(handler);
    },
    print: (line) => tell({ print: line }),
    complain: (sentence) => tell({ complain: sentence }),
  };
  const run = async (argv) => {
    try {
      const { runPeer } = await import(command);
      tell({ exit: await runPeer(argv, io) });
    } catch (problem) {
      tell({ complain: String(problem?.stack ?? problem) });
      tell({ exit: 70 });
    }
  };
  return (frame) => {
    if ("argv" in frame) void run(frame.argv);
    else onLine(frame.line);
  };
}
