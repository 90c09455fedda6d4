// The values of single arguments: channels, servers, ports.
#include <array>
#include <charconv>
#include <limits>

#include "native/command/arguments.h"

namespace portico::command {
namespace {

std::optional<std::uint16_t> parseNumber(std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Takes off what is in front of the first `separator`, and the separator.
std::string_view takeField(std::string_view& rest, char separator) {
  const std::size_t length = rest.find(separator);
  const std::string_view field = rest.substr(0, length);
  rest.remove_prefix(length == std::string_view::npos ? rest.size() : length + 1);
  return field;
}

Result<void> applyOption(std::string_view option, DataChannelParameters& channel) {
  std::string_view value = option;
  const std::string_view name = takeField(value, '=');
  const auto number = parseNumber(value);
  if (option == "negotiated") {
    channel.negotiated = true;
  } else if (option == "unordered") {
    channel.ordered = false;
  } else if (name == "id" && number) {
    channel.id = *number;
  } else if (name == "retransmits" && number) {
    channel.maxRetransmits = *number;
  } else if (name == "lifetime" && number) {
    channel.maxPacketLifeTime = *number;
  } else if (name == "protocol" && option.size() > name.size()) {
    channel.protocol = value;
  } else {
    return Error(Error::Syntax, "\"" + std::string(option) +
                                    "\" is none of id=N, negotiated, unordered, retransmits=N, lifetime=MS, protocol=P "
                                    "with N and MS up to 65535.");
  }
  return {};
}

}  // namespace

Result<DataChannelParameters> parseChannelSpec(std::string_view spec) {
  DataChannelParameters channel;
  std::string_view rest = spec;
  channel.label = takeField(rest, ',');
  while (!rest.empty()) {
    if (auto applied = applyOption(takeField(rest, ','), channel); !applied) return applied.error();
  }
  if (channel.negotiated && !channel.id) return Error(Error::Type, "A negotiated channel needs its id=N.");
  if (channel.id && *channel.id == std::numeric_limits<std::uint16_t>::max()) {
    return Error(Error::Type, "The highest id is 65534.");
  }
  if (channel.maxRetransmits && channel.maxPacketLifeTime) {
    return Error(Error::Type, "A channel has retransmits or lifetime, not both.");
  }
  return channel;
}

Result<IceServer> parseIceServer(std::string_view text) {
  std::string_view rest = text;
  IceServer server;
  server.urls.emplace_back(takeField(rest, ','));
  server.username = takeField(rest, ',');
  server.credential = rest;
  static constexpr std::array<std::string_view, 4> kSchemes = {"stun:", "stuns:", "turn:", "turns:"};
  for (const std::string_view scheme : kSchemes) {
    const std::string& url = server.urls.front();
    if (url.size() <= scheme.size() || url.compare(0, scheme.size(), scheme) != 0) continue;
    if (scheme.substr(0, 4) == "turn" && (server.username.empty() || server.credential.empty())) {
      return Error(Error::Syntax, "A TURN server needs its user and password: URL,user,password.");
    }
    return server;
  }
  return Error(Error::Syntax,
               "\"" + std::string(text) + "\" is no server: stun:HOST[:PORT], turn:HOST[:PORT],USER,PASSWORD.");
}

Result<TcpCandidates> parseTcpCandidates(std::string_view text) {
  for (const auto kind : {TcpCandidates::none, TcpCandidates::active, TcpCandidates::both}) {
    if (text == toString(kind)) return kind;
  }
  return Error(Error::Syntax, "The kinds are none, active and both.");
}

Result<BridgeAddress> parseBridge(std::string_view text) {
  const Error bad(Error::Syntax, "\"" + std::string(text.substr(0, text.find(','))) +
                                     "\" is no bridge: ws://HOST:PORT or wss://HOST:PORT.");
  BridgeAddress bridge;
  std::string_view token = text;
  bridge.url = takeField(token, ',');
  bridge.token = token;
  std::string_view rest = bridge.url;
  bridge.secure = rest.substr(0, 6) == "wss://";
  if (!bridge.secure && rest.substr(0, 5) != "ws://") return bad;
  rest.remove_prefix(bridge.secure ? 6 : 5);
  std::string_view authority = rest.substr(0, rest.find('/'));
  bridge.path = rest.substr(authority.size());
  if (bridge.path.empty() || bridge.path == "/") bridge.path = "/udp";
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const auto port = colon == std::string_view::npos ? std::uint16_t(bridge.secure ? 443 : 80)
                                                    : parseNumber(authority.substr(colon + 1));
  authority = authority.substr(0, colon);
  if (!authority.empty() && authority.front() == '[' && bracket != std::string_view::npos) {
    authority = authority.substr(1, bracket - 1);
  }
  if (authority.empty() || !port) return bad;
  bridge.host = authority;
  bridge.port = *port;
  return bridge;
}

Result<void> parsePorts(std::string_view text, IceGatherOptions& options) {
  std::string_view high = text;
  const auto lowest = parseNumber(takeField(high, '-'));
  const auto highest = text.find('-') == std::string_view::npos ? lowest : parseNumber(high);
  if (!lowest || !highest) return Error(Error::Syntax, "Ports are LOW-HIGH, with 1 to 65535.");
  if (*lowest == 0 || *lowest > *highest) return Error(Error::Range, "Ports are LOW-HIGH, with 1 <= LOW <= HIGH.");
  options.portLow = *lowest;
  options.portHigh = *highest;
  return {};
}

}  // namespace portico::command
