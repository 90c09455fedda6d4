// The part of CLI.md's arguments that a browser's own RTCPeerConnection can keep, and --media, --bundle for what a page may ask of it.

const numbers = { id: "id", retransmits: "maxRetransmits", lifetime: "maxPacketLifeTime" };

/** "label[,id=N][,negotiated][,unordered][,retransmits=N][,lifetime=MS][,protocol=P]": the label, and RTCDataChannelInit. */
export function parseChannel(spec) {
  const [label, ...options] = spec.split(",");
  const init = {};
  for (const option of options) {
    const [name, value] = option.split("=");
    if (option === "negotiated") init.negotiated = true;
    else if (option === "unordered") init.ordered = false;
    else if (name === "protocol") init.protocol = value;
    else if (name in numbers) init[numbers[name]] = Number(value);
    else throw new SyntaxError(`No option of a channel: ${option}`);
  }
  return { label, init };
}

/** `argv` begins with "peer". Throws a SyntaxError. */
export function parseArguments(argv) {
  const options = { offers: undefined, channels: [], echoes: false, quiet: false, trickles: true, media: [], bundlePolicy: "balanced" };
  const rest = argv.slice(1);
  const value = (name) => {
    if (rest.length === 0) throw new SyntaxError(`${name} lacks its value.`);
    return rest.shift();
  };
  const known = {
    "--offer": () => (options.offers = true),
    "--answer": () => (options.offers = false),
    "--channel": (name) => options.channels.push(parseChannel(value(name))),
    "--echo": () => (options.echoes = true),
    "--quiet": () => (options.quiet = true),
    "--no-trickle": () => (options.trickles = false),
    "--media": (name) => (options.media = value(name).split(",")),
    "--bundle": (name) => (options.bundlePolicy = value(name)),
  };
  while (rest.length > 0) {
    const name = rest.shift();
    if (!(name in known)) throw new SyntaxError(`No argument of this peer: ${name}`);
    known[name](name);
  }
  if (options.offers === undefined) throw new SyntaxError("--offer or --answer is missing.");
  if (options.offers && options.channels.length === 0) options.channels.push({ label: "data", init: {} });
  return options;
}
