#include "native/command/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>

#include "native/command/file_handle.h"

namespace portico::command {
namespace {

/// A chain of certificates has some kilobytes.
constexpr std::size_t kMaxPemBytes = 64 * 1024;
/// The library's own bound for a message is the peer's to say; this one keeps a typing error from taking all memory.
constexpr std::size_t kMaxMessageArgument = 16 * 1024 * 1024;
constexpr std::uint32_t kMaxPings = 10'000'000;
/// A year: what a double of seconds may say without leaving the range of Duration.
constexpr double kMaxSeconds = 31'536'000;

constexpr std::array<const char*, 11> kEvents = {"state", "open", "close",    "message", "error",  "progress",
                                                 "done",  "ping", "selected", "stats",   "network"};

/// What CLI11 gives as text, before it becomes values.
struct RawIce {
  std::vector<std::string> servers;
  std::vector<std::string> binds;
  std::vector<std::string> interfaces;
  std::vector<std::string> excludedInterfaces;
  std::string ports;
  std::string tcp;
  bool mdns = false;
  bool noMdns = false;
  bool relayOnly = false;
  bool lite = false;
};

struct RawPeer {
  bool answer = false;
  bool noTrickle = false;
  std::vector<std::string> channels;
  std::optional<double> floodSeconds;
  std::optional<double> timeoutSeconds;
  std::string bridge;
  std::string onNetworkChange = "none";
  std::string certificateFile;
  std::string keyFile;
  RawIce ice;
};

[[noreturn]] void refuse(const std::string& sentence) {
  throw CLI::ValidationError(sentence, kExitUsage);
}

template <typename T>
T valueOrRefuse(const char* argument, Result<T> result) {
  if (!result) refuse(std::string(argument) + ": " + result.error().message);
  return std::move(*result);
}

void addIceOptions(CLI::App& app, RawIce& raw) {
  const char* group = "Finding a path";
  app.add_option("--ice-server", raw.servers,
                 "A STUN or TURN server; repeatable. "
                 "stun:HOST[:PORT],\nturn:HOST[:PORT][?transport=udp|tcp],USER,PASSWORD, or turns: for TLS")
      ->allow_extra_args(false)
      ->type_name("URL[,USER,PASSWORD]")
      ->group(group);
  app.add_flag("--relay-only", raw.relayOnly, "Use no path but through a TURN server")->group(group);
  app.add_option("--bind", raw.binds, "A local address to use; repeatable. Default: all that are up, without loopback")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->group(group);
  app.add_option("--interface", raw.interfaces, "A network interface to use, eth0 or eth*; repeatable. Default: all")
      ->allow_extra_args(false)
      ->type_name("NAME")
      ->group(group);
  app.add_option("--exclude-interface", raw.excludedInterfaces, "One not to use, docker*; repeatable")
      ->allow_extra_args(false)
      ->type_name("NAME")
      ->group(group);
  app.add_option("--ports", raw.ports, "Local ports to use")->type_name("LOW-HIGH")->group(group);
  app.add_option("--tcp", raw.tcp,
                 "Paths over TCP where UDP is blocked: none, active (connect; the default)\n"
                 "or both (connect, and take connections)")
      ->type_name("KIND")
      ->group(group);
  auto* mdns = app.add_flag("--mdns", raw.mdns, "Tell names, which resolve on this network only, for local addresses");
  mdns->group(group);
  app.add_flag("--no-mdns", raw.noMdns, "Resolve no names of the peer's by multicast DNS")
      ->excludes(mdns)
      ->group(group);
}

IceGatherOptions iceOptions(const RawIce& raw) {
  IceGatherOptions options;
  options.iceServers.emplace();
  for (const std::string& text : raw.servers) {
    options.iceServers->push_back(valueOrRefuse("--ice-server", parseIceServer(text)));
  }
  for (const std::string& text : raw.binds) {
    const auto address = IpAddress::parse(text);
    if (!address) refuse("--bind: \"" + text + "\" is no IP address.");
    options.bindAddresses.push_back(*address);
    options.includeLoopback = options.includeLoopback || address->isLoopback();
  }
  if (!raw.ports.empty()) {
    if (auto parsed = parsePorts(raw.ports, options); !parsed) refuse("--ports: " + parsed.error().message);
  }
  if (!raw.tcp.empty()) options.tcpCandidates = valueOrRefuse("--tcp", parseTcpCandidates(raw.tcp));
  options.interfaces = raw.interfaces;
  options.excludedInterfaces = raw.excludedInterfaces;
  if (raw.mdns) options.mdns = MdnsPolicy::hide;
  if (raw.noMdns) options.mdns = MdnsPolicy::off;
  options.relayOnly = raw.relayOnly;
  options.iceLite = raw.lite;
  if (options.relayOnly && options.iceServers->empty()) refuse("--relay-only needs an --ice-server that relays.");
  return options;
}

void addPeerOptions(CLI::App& app, PeerArguments& peer, RawPeer& raw) {
  app.add_flag("--offer", peer.offer, "This side starts; it makes the channels");
  app.add_flag("--answer", raw.answer, "This side waits for the other one's");
  app.add_flag("--ortc", peer.ortc, "Signal by ORTC parameters in one line, in place of SDP");

  const char* data = "Channels and data";
  app.add_option("--channel", raw.channels,
                 "A channel to make; repeatable. LABEL[,id=N][,negotiated][,unordered]\n"
                 "[,retransmits=N][,lifetime=MS][,protocol=P]. The offerer's default: data")
      ->allow_extra_args(false)
      ->type_name("SPEC")
      ->group(data);
  app.add_flag("--echo", peer.echo, "Send every message back on its channel")->group(data);
  app.add_option("--send", peer.sendPath, "Send a file on the channel `file`")->type_name("FILE")->group(data);
  app.add_option("--receive", peer.receivePath, "Take a file from the channel `file`")->type_name("FILE")->group(data);
  app.add_option("--flood", raw.floodSeconds, "Send as fast as the first channel takes it, for so long")
      ->type_name("SECONDS")
      ->group(data);
  app.add_option("--size", peer.messageBytes, "Bytes of a message of --flood (default 65536) and --ping (default 100)")
      ->type_name("BYTES")
      ->check(CLI::Range(std::size_t{0}, kMaxMessageArgument))
      ->group(data);
  app.add_option("--ping", peer.pings, "Measure N round trips on the channel `ping`; the other side runs --echo")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, kMaxPings))
      ->group(data);

  addIceOptions(app, raw.ice);
  const char* group = "Finding a path";
  app.add_flag("--no-trickle", raw.noTrickle, "Signal once all candidates are in the description; --ortc always does")
      ->group(group);
  app.add_option("--on-network-change", raw.onNetworkChange,
                 "What follows when an interface comes or goes. none: it is told. gather: new\n"
                 "ones are used as well. restart: and ICE restarts when the path is gone")
      ->type_name("POLICY")
      ->group(group);
  app.add_flag("--ice-lite", raw.ice.lite, "RFC 8445 lite: for a server with a public address")->group(group);
  app.add_option("--bridge", raw.bridge, "Of the npm program only")->type_name("URL")->group("");

  const char* identity = "Identity";
  app.add_option("--certificate", raw.certificateFile, "PEM; default: a new one")->type_name("FILE")->group(identity);
  app.add_option("--key", raw.keyFile, "PEM, its private key")->type_name("FILE")->group(identity);

  const char* scripts = "For scripts";
  app.add_option("--exit-after", peer.exitAfter, "Leave with status 0 once this event came")
      ->type_name("EVENT")
      ->group(scripts);
  app.add_option("--timeout", raw.timeoutSeconds, "Leave with status 3 if not connected by then")
      ->type_name("SECONDS")
      ->group(scripts);
  app.add_flag("--stay", peer.stay, "Do not leave where ICE fails: wait for restart-ice")->group(scripts);
  app.add_flag("--quiet", peer.quiet, "Print no messages: progress and done tell the count")->group(scripts);
}

struct RawDoctor {
  std::string bridge;
  std::optional<double> timeoutSeconds;
  RawIce ice;
};

void addDoctorOptions(CLI::App& app, DoctorArguments& doctor, RawDoctor& raw) {
  addIceOptions(app, raw.ice);
  app.add_option("--bridge", raw.bridge, "A portico-bridge to examine, at ws://HOST:PORT, and to send through")
      ->type_name("URL[,TOKEN]")
      ->group("Finding a path");
  app.add_flag("--json", doctor.json, "Print the findings as one JSON object, for programs");
  app.add_option("--timeout", raw.timeoutSeconds, "Be done by then, with what is known (default 15)")
      ->type_name("SECONDS");
  app.footer(
      "The letter goes to standard output: what was found, what it means, what to do. With two\n"
      "servers, or one that supports RFC 5780, it tells how the NAT behaves.\n"
      "\n"
      "Exit status: 0 healthy, 1 connections are likely to fail, 2 unusable arguments.");
}

Duration secondsOrRefuse(const char* argument, double seconds) {
  if (!(seconds > 0 && seconds <= kMaxSeconds)) refuse(std::string(argument) + ": that is no time in seconds.");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

void readIdentity(const RawPeer& raw, PeerArguments& peer) {
  if (raw.certificateFile.empty() != raw.keyFile.empty()) refuse("--certificate and --key go together.");
  if (raw.certificateFile.empty()) return;
  peer.certificatePem = valueOrRefuse("--certificate", readSmallFile(raw.certificateFile, kMaxPemBytes));
  peer.keyPem = valueOrRefuse("--key", readSmallFile(raw.keyFile, kMaxPemBytes));
}

NetworkChangePolicy networkChangePolicy(const std::string& name) {
  for (const auto policy : {NetworkChangePolicy::none, NetworkChangePolicy::gather, NetworkChangePolicy::restart}) {
    if (toString(policy) == name) return policy;
  }
  refuse("--on-network-change: \"" + name + "\" is none of none, gather, restart.");
}

void finishPeer(const RawPeer& raw, PeerArguments& peer) {
  if (!raw.bridge.empty()) refuse("--bridge is for the npm program: this one has the machine's own UDP.");
  if (peer.offer == raw.answer) refuse("Say which side this is: --offer or --answer.");
  peer.trickle = !raw.noTrickle;
  for (const std::string& spec : raw.channels) {
    peer.channels.push_back(valueOrRefuse("--channel", parseChannelSpec(spec)));
  }
  if (peer.offer && raw.channels.empty()) {
    DataChannelParameters data;
    data.label = "data";
    peer.channels.push_back(std::move(data));
  }
  if (raw.floodSeconds) peer.flood = secondsOrRefuse("--flood", *raw.floodSeconds);
  if (raw.timeoutSeconds) peer.timeout = secondsOrRefuse("--timeout", *raw.timeoutSeconds);
  if (!peer.exitAfter.empty() && std::find(kEvents.begin(), kEvents.end(), peer.exitAfter) == kEvents.end()) {
    std::string names;
    for (const char* name : kEvents) names += std::string(names.empty() ? "" : ", ") + name;
    refuse("--exit-after: \"" + peer.exitAfter + "\" is none of " + names + ".");
  }
  readIdentity(raw, peer);
  peer.ice = iceOptions(raw.ice);
  peer.ice.networkChangePolicy = networkChangePolicy(raw.onNetworkChange);
  if (raw.noTrickle && !peer.ortc && peer.ice.networkChangePolicy != NetworkChangePolicy::none) {
    refuse("--no-trickle: with --on-network-change, candidates come at any time and have to be told.");
  }
}

void finishDoctor(const RawDoctor& raw, DoctorArguments& doctor) {
  doctor.ice = iceOptions(raw.ice);
  if (!raw.bridge.empty()) doctor.bridge = valueOrRefuse("--bridge", parseBridge(raw.bridge));
  if (raw.timeoutSeconds) doctor.timeout = secondsOrRefuse("--timeout", *raw.timeoutSeconds);
}

void describe(CLI::App& app, CLI::App& peer) {
  app.footer(
      "A file from one machine to another:\n"
      "  portico send photo.jpg        # there: portico receive\n"
      "\n"
      "`portico COMMAND --help` has the rest.");
  peer.footer(
      "Signalling is one JSON object a line: what this side prints on standard output goes to\n"
      "the other side's standard input, and back. Commands go in the same way:\n"
      "  {\"command\":\"send\",\"label\":\"data\",\"text\":\"hello\"}     or \"base64\":\"...\"\n"
      "  {\"command\":\"close\",\"label\":\"data\"}   {\"command\":\"restart-ice\"}\n"
      "  {\"command\":\"stats\"}   {\"command\":\"stop\"}\n"
      "Events come out: state, open, close, message, error, progress, done, ping, selected, stats,\n"
      "network.\n"
      "The end of standard input stops the peer; what is queued is delivered first.\n"
      "\n"
      "Exit status: 0 clean, 1 failed, 2 unusable arguments, 3 not connected in time.");
}

/// A transfer goes on when the machine is carried from one network to another.
IceGatherOptions roaming(IceGatherOptions options) {
  options.networkChangePolicy = NetworkChangePolicy::gather;
  return options;
}

}  // namespace

Arguments parseArguments(int argc, const char* const* argv) {
  Arguments arguments;
  RawPeer rawPeer;
  RawIce rawSend;
  RawIce rawReceive;
  RawDoctor rawDoctor;

  CLI::App app("Portico: data channels between two machines, over ICE, DTLS and SCTP.", "portico");
  app.set_version_flag("--version", "portico " PORTICO_VERSION);
  app.require_subcommand(1);
  CLI::App* send = app.add_subcommand("send", "Send a file to another machine, with a code to paste");
  send->add_option("FILE", arguments.send.path, "The file")->required();
  addIceOptions(*send, rawSend);
  CLI::App* receive = app.add_subcommand("receive", "Receive a file from another machine");
  receive->add_option("--folder", arguments.receive.folder, "Where to put it; default: here")->type_name("FOLDER");
  addIceOptions(*receive, rawReceive);
  CLI::App* peer = app.add_subcommand("peer", "One peer, for scripts: JSON lines on standard input and output");
  addPeerOptions(*peer, arguments.peer, rawPeer);
  CLI::App* doctor = app.add_subcommand("doctor", "Say why connections fail, and what to do about it");
  addDoctorOptions(*doctor, arguments.doctor, rawDoctor);
  describe(app, *peer);

  try {
    app.parse(argc, argv);
    if (doctor->parsed()) {
      finishDoctor(rawDoctor, arguments.doctor);
      arguments.program = Arguments::Program::doctor;
    } else if (peer->parsed()) {
      finishPeer(rawPeer, arguments.peer);
      arguments.program = Arguments::Program::peer;
    } else if (send->parsed()) {
      arguments.send.ice = roaming(iceOptions(rawSend));
      arguments.program = Arguments::Program::send;
    } else {
      arguments.receive.ice = roaming(iceOptions(rawReceive));
      arguments.program = Arguments::Program::receive;
    }
  } catch (const CLI::Success& asked) {  // --help, --version
    arguments.status = app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::cerr << "portico: " << error.what() << "\nRun with --help for more information.\n";
    arguments.status = kExitUsage;
  }
  return arguments;
}

}  // namespace portico::command
