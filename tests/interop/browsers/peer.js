// The browser's own RTCPeerConnection as a peer of CLI.md, with the commands "channel", "media" and "negotiate" beside those: what
// a page may do later; and "await-checking" and "await-settled", which are answered when an ICE restart is that far. The interface is
// that of the package's command for pages, wasm/src/command/page.ts.
import { parseArguments, parseChannel } from "./arguments.js";
import { Channels } from "./channels.js";
import { Negotiation } from "./negotiation.js";
import { checking, settled } from "./restarting.js";
import { States } from "./states.js";

/** Resolves to the exit status. */
export async function runPeer(argv, io) {
  const options = parseArguments(argv);
  const print = (line) => io.print(JSON.stringify(line));
  const fail = ({ name, message }) => print({ event: "error", name, message });
  const connection = new RTCPeerConnection({ bundlePolicy: options.bundlePolicy });
  const channels = new Channels(connection, options, print);
  new States(connection, print);
  const negotiation = new Negotiation(connection, options, print, fail);

  return new Promise((resolve) => {
    const stop = () => {
      connection.close();
      resolve(0);
    };
    const commands = {
      send: (line) => channels.send(line),
      close: ({ label }) => channels.find(label).close(),
      channel: ({ spec }) => channels.create(parseChannel(spec)),
      media: ({ kind }) => connection.addTransceiver(kind),
      negotiate: () => negotiation.offer(),
      "restart-ice": () => connection.restartIce(),
      "await-checking": () => checking(connection).then(() => print({ event: "checking" })),
      "await-settled": () => settled(connection).then(() => print({ event: "settled" })),
      stop,
    };
    const take = async (line) => {
      if ("command" in line) await commands[line.command](line);
      else negotiation.take(line);
    };
    // The media first: an offer's sections are in the order in which they were asked for.
    for (const kind of options.media) connection.addTransceiver(kind);
    for (const channel of options.channels) channels.create(channel);
    io.onLine((text) => {
      if (text === null) stop();
      else void take(JSON.parse(text)).catch(fail);
    });
  });
}
