#include "core/portico/ice_server_url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "portico/platform/socket_address.h"

namespace portico {

namespace {

Error bad(std::string_view url, std::string_view why) {
  return {Error::Syntax, "\"" + std::string(url) + "\" is not a STUN or TURN URI: " + std::string(why) + "."};
}

std::optional<IceServerUrl::Scheme> parseScheme(std::string_view text) {
  if (text == "stun") return IceServerUrl::Scheme::stun;
  if (text == "stuns") return IceServerUrl::Scheme::stuns;
  if (text == "turn") return IceServerUrl::Scheme::turn;
  if (text == "turns") return IceServerUrl::Scheme::turns;
  return std::nullopt;
}

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

}  // namespace

Result<IceServerUrl> IceServerUrl::parse(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos) return bad(url, "there is no scheme");
  const std::optional<Scheme> scheme = parseScheme(url.substr(0, colon));
  if (!scheme) return bad(url, "the scheme is not stun, stuns, turn or turns");

  IceServerUrl result;
  result.scheme = *scheme;
  const bool relay = *scheme == Scheme::turn || *scheme == Scheme::turns;
  result.port = result.secure() ? 5349 : 3478;
  result.tcp = result.secure();

  std::string_view rest = url.substr(colon + 1);
  if (const std::size_t query = rest.find('?'); query != std::string_view::npos) {
    const std::string_view parameter = rest.substr(query + 1);
    rest = rest.substr(0, query);
    if (!relay) return bad(url, "only TURN takes a transport");
    if (parameter == "transport=udp") {
      result.tcp = false;
    } else if (parameter == "transport=tcp") {
      result.tcp = true;
    } else {
      return bad(url, "the transport is not udp or tcp");
    }
  }

  std::string_view port;
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad(url, "the bracket is not closed");
    result.host = rest.substr(1, end - 1);
    const std::optional<IpAddress> literal = IpAddress::parse(result.host);
    if (!literal || !literal->isV6()) return bad(url, "what stands in brackets is no IPv6 address");
    rest = rest.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return bad(url, "there is something after the bracket");
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) return bad(url, "the port is empty");
  } else {
    const std::size_t end = rest.find(':');
    result.host = rest.substr(0, end);
    if (result.host.empty()) return bad(url, "there is no host");
    if (!std::all_of(result.host.begin(), result.host.end(), isNameCharacter)) return bad(url, "the host is no name");
    if (end != std::string_view::npos) {
      port = rest.substr(end + 1);
      if (port.empty()) return bad(url, "the port is empty");
    }
  }
  if (!port.empty()) {
    std::uint16_t value = 0;
    const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (error != std::errc() || stop != port.data() + port.size() || value == 0) {
      return bad(url, "the port is not a number from 1 to 65535");
    }
    result.port = value;
  }
  return result;
}

}  // namespace portico
