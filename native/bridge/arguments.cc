#include "native/bridge/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "native/bridge/token.h"

namespace portico::bridge {
namespace {

constexpr const char* kDefaultListen = "127.0.0.1:8089";
constexpr const char* kDefaultMetrics = "127.0.0.1:0";
constexpr std::size_t kMaxSecretBytes = 4096;
constexpr double kMaxSeconds = 86'400;

/// What CLI11 gives as text, before it becomes values.
struct Raw {
  std::string listen = kDefaultListen;
  std::string metrics = kDefaultMetrics;
  std::string udpPorts;
  std::string secretFile;
  std::vector<std::string> udpAddresses;
  std::vector<std::string> publicAddresses;
  std::vector<std::string> allow;
  std::vector<std::string> trustedProxies;
  std::vector<std::uint16_t> allowPorts;
  double drainSeconds = std::chrono::duration<double>(kDefaultDrainTimeout).count();
  double handshakeSeconds = std::chrono::duration<double>(kDefaultHandshakeTimeout).count();
  double idleSeconds = std::chrono::duration<double>(kDefaultIdleTimeout).count();
};

[[noreturn]] void refuse(const std::string& sentence) {
  throw CLI::ValidationError(sentence, kExitUsage);
}

SocketAddress addressAndPort(const char* argument, const std::string& text) {
  const auto address = SocketAddress::parse(text);
  if (!address) refuse(std::string(argument) + ": \"" + text + "\" is no ADDRESS:PORT.");
  return *address;
}

std::vector<Network> networks(const char* argument, const std::vector<std::string>& texts) {
  std::vector<Network> result;
  for (const std::string& text : texts) {
    const auto network = Network::parse(text);
    if (!network) refuse(std::string(argument) + ": \"" + text + "\" is no network, as 10.0.0.0/8 is one.");
    result.push_back(*network);
  }
  return result;
}

/// At most one of each family.
std::vector<IpAddress> addresses(const char* argument, const std::vector<std::string>& texts) {
  std::vector<IpAddress> result;
  for (const std::string& text : texts) {
    const auto address = IpAddress::parse(text);
    if (!address || address->isAny())
      refuse(std::string(argument) + ": \"" + text + "\" is no address of one machine.");
    const bool second = std::any_of(result.begin(), result.end(),
                                    [&](const IpAddress& other) { return other.family() == address->family(); });
    if (second) refuse(std::string(argument) + ": one IPv4 address and one IPv6 address, no more.");
    result.push_back(*address);
  }
  return result;
}

void readPorts(const std::string& text, Options& options) {
  if (text.empty()) return;
  const char* const end = text.data() + text.size();
  const auto low = std::from_chars(text.data(), end, options.udpPortLow);
  const bool dash = low.ec == std::errc() && low.ptr != end && *low.ptr == '-';
  const auto high = dash ? std::from_chars(low.ptr + 1, end, options.udpPortHigh) : low;
  const bool parsed = dash && high.ec == std::errc() && high.ptr == end;
  if (!parsed || options.udpPortLow == 0 || options.udpPortLow > options.udpPortHigh) {
    refuse("--udp-ports: ports are LOW-HIGH, with 1 <= LOW <= HIGH <= 65535.");
  }
}

std::string readSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(text << file.rdbuf())) refuse("--token-secret-file: cannot read " + path + ".");
  std::string secret = text.str();
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.size() < kMinSecretBytes || secret.size() > kMaxSecretBytes) {
    refuse(
        "--token-secret-file: a secret for HS256 has at least 32 bytes (RFC 7518 section 3.2), and here at most 4096.");
  }
  return secret;
}

Duration seconds(const char* argument, double value) {
  if (!(value > 0 && value <= kMaxSeconds))
    refuse(std::string(argument) + ": that is no time in seconds, up to a day.");
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(value));
}

void addServing(CLI::App& app, Raw& raw, Options& options) {
  const char* group = "Serving";
  app.add_option("--listen", raw.listen, "Where WebSockets come in; port 0: any")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str()
      ->group(group);
  app.add_option("--tls-cert", options.tlsCertificateFile, "PEM, a chain: for wss")->type_name("FILE")->group(group);
  app.add_option("--tls-key", options.tlsKeyFile, "PEM, its private key")->type_name("FILE")->group(group);
  app.add_option("--metrics", raw.metrics, "Loopback only: /healthz, /readyz and /metrics")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str()
      ->group(group);
  app.add_option("--drain-timeout", raw.drainSeconds, "How long open sockets live on after SIGTERM")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(group);
  app.add_option("--handshake-timeout", raw.handshakeSeconds, "For TLS and the HTTP request")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(group);
  app.add_option("--idle-timeout", raw.idleSeconds, "A client that is silent for so long, pings included, is gone")
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(group);
  app.add_option("--trusted-proxy", raw.trustedProxies, "Believe X-Forwarded-For from there; repeatable")
      ->allow_extra_args(false)
      ->type_name("NETWORK")
      ->group(group);
}

void addUdp(CLI::App& app, Raw& raw) {
  const char* group = "UDP";
  app.add_option("--udp-address", raw.udpAddresses,
                 "Where to bind; one for each family. Default: the address of --listen, or\nwhat this machine has")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->group(group);
  app.add_option("--public-address", raw.publicAddresses, "What the world sees, behind a 1:1 NAT; one for each family")
      ->allow_extra_args(false)
      ->type_name("ADDRESS")
      ->group(group);
  app.add_option("--udp-ports", raw.udpPorts, "Local UDP ports to use")->type_name("LOW-HIGH")->group(group);
}

void addPolicy(CLI::App& app, Raw& raw, Options& options) {
  const char* group = "Who and where";
  app.add_option("--token-secret-file", raw.secretFile, "Ask for tokens: JWTs, signed with this secret by HS256")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--origin", options.origins, "Pages of this origin may connect; repeatable")
      ->allow_extra_args(false)
      ->type_name("ORIGIN")
      ->group(group);
  app.add_option("--allow", raw.allow,
                 "A network that is denied otherwise; repeatable. Metadata services: by\ntheir address only")
      ->allow_extra_args(false)
      ->type_name("NETWORK")
      ->group(group);
  app.add_option("--allow-port", raw.allowPorts, "A port below 1024, beside 443 and 3478; repeatable")
      ->allow_extra_args(false)
      ->type_name("PORT")
      ->check(CLI::Range(1, 1023))
      ->group(group);
}

void addRate(CLI::App& app, const std::string& of, RateLimit& limit) {
  const char* group = "Limits (rates are each way, a second; 0: none)";
  app.add_option("--" + of + "-bytes", limit.bytesPerSecond, "UDP payload of a " + of)
      ->type_name("BYTES")
      ->capture_default_str()
      ->group(group);
  app.add_option("--" + of + "-packets", limit.packetsPerSecond, "Datagrams of a " + of)
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

void addLimits(CLI::App& app, Options& options) {
  const char* group = "Limits (rates are each way, a second; 0: none)";
  app.add_option("--max-sockets", options.maxSockets, "In all")->type_name("N")->capture_default_str()->group(group);
  app.add_option("--max-sockets-per-address", options.maxSocketsPerAddress, "Of a client address, or an IPv6 /64")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--max-sockets-per-token", options.maxSocketsPerToken, "Of a token without a `max_sockets`")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  addRate(app, "socket", options.socketRate);
  addRate(app, "token", options.tokenRate);
  addRate(app, "address", options.addressRate);
}

void finish(const Raw& raw, Options& options) {
  options.listen = addressAndPort("--listen", raw.listen);
  options.metrics = addressAndPort("--metrics", raw.metrics);
  if (!options.metrics.ip.isLoopback()) refuse("--metrics: loopback addresses only; what it tells is nobody else's.");
  if (options.tlsCertificateFile.empty() != options.tlsKeyFile.empty()) refuse("--tls-cert and --tls-key go together.");
  readPorts(raw.udpPorts, options);
  options.udpAddresses = addresses("--udp-address", raw.udpAddresses);
  options.publicAddresses = addresses("--public-address", raw.publicAddresses);
  options.policy.allow = networks("--allow", raw.allow);
  options.policy.allowPorts.insert(options.policy.allowPorts.end(), raw.allowPorts.begin(), raw.allowPorts.end());
  options.trustedProxies = networks("--trusted-proxy", raw.trustedProxies);
  if (!raw.secretFile.empty()) options.tokenSecret = readSecret(raw.secretFile);
  options.drainTimeout = seconds("--drain-timeout", raw.drainSeconds);
  options.handshakeTimeout = seconds("--handshake-timeout", raw.handshakeSeconds);
  options.idleTimeout = seconds("--idle-timeout", raw.idleSeconds);
  if (options.isOpen() && !options.listen.ip.isLoopback()) {
    refuse("Anybody who reaches " + raw.listen +
           " could send from this machine: give --token-secret-file or --origin, or listen on 127.0.0.1.");
  }
}

}  // namespace

Arguments parseArguments(int argc, const char* const* argv) {
  Arguments arguments;
  Raw raw;
  Options options;
  CLI::App app("Holds UDP sockets for pages: one WebSocket at /udp is one UDP port.", "portico-bridge");
  app.set_version_flag("--version", "portico-bridge " PORTICO_VERSION);
  addServing(app, raw, options);
  addUdp(app, raw);
  addPolicy(app, raw, options);
  addLimits(app, options);
  app.footer(
      "Prints one JSON line on standard output once it listens; logs are JSON lines on standard error.\n"
      "SIGTERM drains. docs/bridge.md has the policy and the wire format.\n"
      "\n"
      "Exit status: 0 drained, 1 failed, 2 unusable arguments.");
  try {
    app.parse(argc, argv);
    finish(raw, options);
    arguments.options = std::move(options);
  } catch (const CLI::Success& asked) {  // --help, --version
    arguments.status = app.exit(asked);
  } catch (const CLI::ParseError& error) {
    std::cerr << "portico-bridge: " << error.what() << "\nRun with --help for more information.\n";
    arguments.status = kExitUsage;
  }
  return arguments;
}

}  // namespace portico::bridge
