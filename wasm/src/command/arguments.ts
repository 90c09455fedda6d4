// The command line, as values. The native program's (native/command/arguments.cc) says and refuses the same.
import type { RTCIceServerInit, RTCMdnsPolicy, RTCNetworkChangePolicy } from "../api.js";
import {
  type ChannelParameters,
  isLoopback,
  parseAddress,
  parseBridge,
  parseChannelSpec,
  parseIceServer,
  parsePorts,
} from "./argument_values.js";
import { type CommandTable, helpOf, type OptionRow, type ParsedLine, parseLine } from "./option_table.js";
import { ProblemError, toProblem } from "./problem.js";

/** Of CLI.md: "Exit status". */
export const exitClean = 0;
export const exitFailed = 1;
export const exitUsage = 2;
export const exitNotConnected = 3;

export interface IceArguments {
  iceServers: RTCIceServerInit[];
  relayOnly: boolean;
  iceLite: boolean;
  bindAddresses: string[];
  includeLoopback: boolean;
  interfaces: string[];
  excludedInterfaces: string[];
  mdns: RTCMdnsPolicy;
  portRange?: [number, number];
  bridge?: { url: string; token?: string };
  networkChangePolicy: RTCNetworkChangePolicy;
}

export interface PeerArguments {
  offer: boolean;
  ortc: boolean;
  trickle: boolean;
  channels: ChannelParameters[];
  echo: boolean;
  sendPath: string;
  receivePath: string;
  floodSeconds?: number;
  /** Of --flood and --ping. */
  messageBytes?: number;
  pings: number;
  ice: IceArguments;
  /** Names of PEM files. */
  certificatePath: string;
  keyPath: string;
  exitAfter: string;
  timeoutSeconds?: number;
  stay: boolean;
  quiet: boolean;
}

export interface DoctorArguments {
  ice: IceArguments;
  json: boolean;
  timeoutSeconds: number;
}

export type Arguments =
  | { program: "peer"; peer: PeerArguments }
  | { program: "send"; path: string; ice: IceArguments }
  | { program: "receive"; folder: string; ice: IceArguments }
  | { program: "doctor"; doctor: DoctorArguments }
  /** --help or --version: there is only something to say. */
  | { program: "none"; text: string };

/** The peer's own bound for a message is the peer's to say; this one keeps a typing error from taking all memory. */
const maxMessageArgument = 16 * 1024 * 1024;
const maxPings = 10_000_000;
/** A year. */
const maxSeconds = 31_536_000;
const defaultDoctorSeconds = 15;

const events = [
  "state",
  "open",
  "close",
  "message",
  "error",
  "progress",
  "done",
  "ping",
  "selected",
  "stats",
  "network",
];

const finding = "Finding a path";
const iceRows: OptionRow[] = [
  {
    name: "ice-server",
    value: "URL[,USER,PASSWORD]",
    repeatable: true,
    group: finding,
    help: [
      "A STUN or TURN server; repeatable. stun:HOST[:PORT],",
      "turn:HOST[:PORT][?transport=udp|tcp],USER,PASSWORD, or turns: for TLS",
    ],
  },
  { name: "relay-only", group: finding, help: ["Use no path but through a TURN server"] },
  {
    name: "bind",
    value: "ADDRESS",
    repeatable: true,
    group: finding,
    help: ["A local address to use; repeatable. Default: all that are up, without loopback"],
  },
  {
    name: "interface",
    value: "NAME",
    repeatable: true,
    group: finding,
    help: ["A network interface to use, eth0 or eth*; repeatable. Default: all"],
  },
  {
    name: "exclude-interface",
    value: "NAME",
    repeatable: true,
    group: finding,
    help: ["One not to use, docker*; repeatable"],
  },
  { name: "ports", value: "LOW-HIGH", group: finding, help: ["Local ports to use"] },
  { name: "tcp", value: "KIND", group: finding, help: ["Paths over TCP: none, for only the native program has any"] },
  { name: "mdns", group: finding, help: ["Tell names, which resolve on this network only, for local addresses"] },
  { name: "no-mdns", group: finding, help: ["Resolve no names of the peer's by multicast DNS"] },
  {
    name: "bridge",
    value: "URL[,TOKEN]",
    group: finding,
    help: ["UDP through a portico-bridge at ws://HOST:PORT; default: this machine's own"],
  },
];

const data = "Channels and data";
const identity = "Identity";
const scripts = "For scripts";
const peerTable: CommandTable = {
  name: "peer",
  summary: "One peer, for scripts: JSON lines on standard input and output",
  options: [
    { name: "offer", help: ["This side starts; it makes the channels"] },
    { name: "answer", help: ["This side waits for the other one's"] },
    { name: "ortc", help: ["Signal by ORTC parameters in one line, in place of SDP"] },
    {
      name: "channel",
      value: "SPEC",
      repeatable: true,
      group: data,
      help: [
        "A channel to make; repeatable. LABEL[,id=N][,negotiated][,unordered]",
        "[,retransmits=N][,lifetime=MS][,protocol=P]. The offerer's default: data",
      ],
    },
    { name: "echo", group: data, help: ["Send every message back on its channel"] },
    { name: "send", value: "FILE", group: data, help: ["Send a file on the channel `file`"] },
    { name: "receive", value: "FILE", group: data, help: ["Take a file from the channel `file`"] },
    {
      name: "flood",
      value: "SECONDS",
      group: data,
      help: ["Send as fast as the first channel takes it, for so long"],
    },
    {
      name: "size",
      value: "BYTES",
      range: [0, maxMessageArgument],
      group: data,
      help: ["Bytes of a message of --flood (default 65536) and --ping (default 100)"],
    },
    {
      name: "ping",
      value: "N",
      range: [1, maxPings],
      group: data,
      help: ["Measure N round trips on the channel `ping`; the other side runs --echo"],
    },
    ...iceRows,
    {
      name: "no-trickle",
      group: finding,
      help: ["Signal once all candidates are in the description; --ortc always does"],
    },
    {
      name: "on-network-change",
      value: "POLICY",
      group: finding,
      help: [
        "What follows when an interface comes or goes. none: it is told. gather: new",
        "ones are used as well. restart: and ICE restarts when the path is gone",
      ],
    },
    { name: "ice-lite", group: finding, help: ["RFC 8445 lite: for a server with a public address"] },
    { name: "certificate", value: "FILE", group: identity, help: ["PEM; default: a new one"] },
    { name: "key", value: "FILE", group: identity, help: ["PEM, its private key"] },
    { name: "exit-after", value: "EVENT", group: scripts, help: ["Leave with status 0 once this event came"] },
    {
      name: "timeout",
      value: "SECONDS",
      group: scripts,
      help: ["Leave with status 3 if not connected by then"],
    },
    { name: "stay", group: scripts, help: ["Do not leave where ICE fails: wait for restart-ice"] },
    { name: "quiet", group: scripts, help: ["Print no messages: progress and done tell the count"] },
  ],
  footer: [
    "Signalling is one JSON object a line: what this side prints on standard output goes to",
    "the other side's standard input, and back. Commands go in the same way:",
    '  {"command":"send","label":"data","text":"hello"}     or "base64":"..."',
    '  {"command":"close","label":"data"}   {"command":"restart-ice"}',
    '  {"command":"stats"}   {"command":"stop"}',
    "Events come out: state, open, close, message, error, progress, done, ping, selected, stats,",
    "network.",
    "The end of standard input stops the peer; what is queued is delivered first.",
    "",
    "Exit status: 0 clean, 1 failed, 2 unusable arguments, 3 not connected in time.",
  ],
};

const sendTable: CommandTable = {
  name: "send",
  summary: "Send a file to another machine, with a code to paste",
  positionals: [{ name: "FILE", help: "The file" }],
  options: iceRows,
};

const receiveTable: CommandTable = {
  name: "receive",
  summary: "Receive a file from another machine",
  options: [{ name: "folder", value: "FOLDER", help: ["Where to put it; default: here"] }, ...iceRows],
};

const doctorTable: CommandTable = {
  name: "doctor",
  summary: "Say why connections fail, and what to do about it",
  options: [
    { name: "json", help: ["Print the findings as one JSON object, for programs"] },
    { name: "timeout", value: "SECONDS", help: ["Be done by then, with what is known (default 15)"] },
    ...iceRows.filter(({ name }) => name !== "bridge"),
    {
      name: "bridge",
      value: "URL[,TOKEN]",
      group: finding,
      help: ["A portico-bridge to examine, at ws://HOST:PORT, and to send through"],
    },
  ],
  footer: [
    "The letter goes to standard output: what was found, what it means, what to do. With two",
    "servers, or one that supports RFC 5780, it tells how the NAT behaves.",
    "",
    "Exit status: 0 healthy, 1 connections are likely to fail, 2 unusable arguments.",
  ],
};

const overview = `Portico: data channels between two machines, over ICE, DTLS and SCTP.
Usage: portico [OPTIONS] SUBCOMMAND

Options:
  -h,--help                   Print this help message and exit
  --version                   Display program version information and exit

Subcommands:
  send                        ${sendTable.summary}
  receive                     ${receiveTable.summary}
  peer                        ${peerTable.summary}
  doctor                      ${doctorTable.summary}

A file from one machine to another:
  portico send photo.jpg        # there: portico receive

\`portico COMMAND --help\` has the rest.
`;

function refuse(sentence: string): never {
  throw new ProblemError({ name: "SyntaxError", message: sentence });
}

/** The value that `parse` makes of the argument's text; its error names the argument. */
function valueOrRefuse<T>(argument: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (thrown) {
    refuse(`${argument}: ${toProblem(thrown).message}`);
  }
}

function one(line: ParsedLine, name: string): string | undefined {
  return line.values.get(name)?.[0];
}

function secondsOrRefuse(line: ParsedLine, name: string): number | undefined {
  const text = one(line, name);
  if (text === undefined) return undefined;
  if (!/^\s*[-+]?(\d+\.?\d*(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|nan|inf(inity)?)$/i.test(text)) {
    refuse(`Could not convert: --${name} = ${text}`);
  }
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= maxSeconds)) refuse(`--${name}: that is no time in seconds.`);
  return seconds;
}

function iceArguments(line: ParsedLine): IceArguments {
  const ports = one(line, "ports");
  const bridge = one(line, "bridge");
  const tcp = one(line, "tcp");
  if (tcp === "active" || tcp === "both") {
    refuse("--tcp: only the native program has paths over TCP; here it is none.");
  }
  if (tcp !== undefined && tcp !== "none") refuse("--tcp: The kinds are none, active and both.");
  const ice: IceArguments = {
    iceServers: (line.values.get("ice-server") ?? []).map((text) =>
      valueOrRefuse("--ice-server", text, parseIceServer),
    ),
    relayOnly: line.flags.has("relay-only"),
    iceLite: line.flags.has("ice-lite"),
    bindAddresses: (line.values.get("bind") ?? []).map(
      (text) => parseAddress(text) ?? refuse(`--bind: "${text}" is no IP address.`),
    ),
    includeLoopback: false,
    interfaces: line.values.get("interface") ?? [],
    excludedInterfaces: line.values.get("exclude-interface") ?? [],
    mdns: line.flags.has("mdns") ? "hide" : line.flags.has("no-mdns") ? "off" : "resolve",
    // A transfer goes on when the machine is carried from one network to another.
    networkChangePolicy: "gather",
    ...(ports !== undefined ? { portRange: valueOrRefuse("--ports", ports, parsePorts) } : {}),
    ...(bridge !== undefined ? { bridge: valueOrRefuse("--bridge", bridge, parseBridge) } : {}),
  };
  ice.includeLoopback = ice.bindAddresses.some(isLoopback);
  if (line.flags.has("mdns") && line.flags.has("no-mdns")) refuse("--no-mdns excludes --mdns");
  if (ice.iceLite && ice.bridge) {
    refuse("--ice-lite excludes --bridge: a bridge lets nobody in who was not asked.");
  }
  if (ice.relayOnly && ice.iceServers.length === 0) refuse("--relay-only needs an --ice-server that relays.");
  return ice;
}

function numberOf(line: ParsedLine, name: string): number | undefined {
  const text = one(line, name);
  return text === undefined ? undefined : Number(text);
}

const policies: readonly RTCNetworkChangePolicy[] = ["none", "gather", "restart"];

function networkChangePolicy(line: ParsedLine): RTCNetworkChangePolicy {
  const name = one(line, "on-network-change") ?? "none";
  return (
    policies.find((policy) => policy === name) ??
    refuse(`--on-network-change: "${name}" is none of ${policies.join(", ")}.`)
  );
}

function peerArguments(line: ParsedLine): PeerArguments {
  const offer = line.flags.has("offer");
  if (offer === line.flags.has("answer")) refuse("Say which side this is: --offer or --answer.");
  const channels = (line.values.get("channel") ?? []).map((spec) => valueOrRefuse("--channel", spec, parseChannelSpec));
  if (offer && channels.length === 0) channels.push({ label: "data" });
  const floodSeconds = secondsOrRefuse(line, "flood");
  const timeoutSeconds = secondsOrRefuse(line, "timeout");
  const messageBytes = numberOf(line, "size");
  const exitAfter = one(line, "exit-after") ?? "";
  if (exitAfter !== "" && !events.includes(exitAfter)) {
    refuse(`--exit-after: "${exitAfter}" is none of ${events.join(", ")}.`);
  }
  const certificatePath = one(line, "certificate") ?? "";
  const keyPath = one(line, "key") ?? "";
  if ((certificatePath === "") !== (keyPath === "")) refuse("--certificate and --key go together.");
  const ice = iceArguments(line);
  ice.networkChangePolicy = networkChangePolicy(line);
  const tellsOnce = line.flags.has("no-trickle") && !line.flags.has("ortc");
  if (tellsOnce && ice.networkChangePolicy !== "none") {
    refuse("--no-trickle: with --on-network-change, candidates come at any time and have to be told.");
  }
  return {
    offer,
    ortc: line.flags.has("ortc"),
    trickle: !line.flags.has("no-trickle"),
    channels,
    echo: line.flags.has("echo"),
    sendPath: one(line, "send") ?? "",
    receivePath: one(line, "receive") ?? "",
    ...(floodSeconds !== undefined ? { floodSeconds } : {}),
    ...(messageBytes !== undefined ? { messageBytes } : {}),
    pings: numberOf(line, "ping") ?? 0,
    ice,
    certificatePath,
    keyPath,
    exitAfter,
    ...(timeoutSeconds !== undefined ? { timeoutSeconds } : {}),
    stay: line.flags.has("stay"),
    quiet: line.flags.has("quiet"),
  };
}

/** Of the arguments after the program's name. Throws a SyntaxError with a sentence: exit status 2. */
export function parseArguments(argv: readonly string[], version: string): Arguments {
  const [command, ...rest] = argv;
  if (command === "-h" || command === "--help") return { program: "none", text: overview };
  if (command === "--version") return { program: "none", text: `portico ${version}\n` };
  const table = [peerTable, sendTable, receiveTable, doctorTable].find(({ name }) => name === command);
  if (table === undefined) refuse("A subcommand is required");
  const line = parseLine(table, rest);
  if (line.help) return { program: "none", text: helpOf("portico", table) };
  if (table === peerTable) return { program: "peer", peer: peerArguments(line) };
  const ice = iceArguments(line);
  if (table === doctorTable) {
    const timeoutSeconds = secondsOrRefuse(line, "timeout") ?? defaultDoctorSeconds;
    return { program: "doctor", doctor: { ice, json: line.flags.has("json"), timeoutSeconds } };
  }
  if (table === sendTable) return { program: "send", path: line.positionals[0] ?? "", ice };
  return { program: "receive", folder: one(line, "folder") ?? ".", ice };
}
