#include "native/bridge/handshake.h"

#include <algorithm>

#include "native/bridge/relay/embedded_address.h"

namespace portico::bridge {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

bool startsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

struct Subprotocols {
  bool ours = false;
  std::string_view token;
};

Subprotocols readSubprotocols(std::string_view list) {
  Subprotocols found;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view one = trim(list.substr(0, comma));
    if (one == kSubprotocol) found.ours = true;
    if (startsWith(one, kTokenSubprotocol)) found.token = one.substr(kTokenSubprotocol.size());
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return found;
}

/// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1).
std::string_view bearer(std::string_view authorization) {
  static constexpr std::string_view kScheme = "bearer ";
  const bool matches = authorization.size() > kScheme.size() &&
                       std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char a, char b) {
                         return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + ('a' - 'A')) : b);
                       });
  return matches ? trim(authorization.substr(kScheme.size())) : std::string_view();
}

/// "http://localhost:8080" and the like: a page from this machine.
bool isLocalOrigin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = origin.substr(scheme + 3);
  if (startsWith(host, "[")) {
    const auto address = IpAddress::parse(host.substr(1, host.find(']') - 1));
    return address && address->isLoopback();
  }
  host = host.substr(0, host.find(':'));
  const auto address = IpAddress::parse(host);
  return host == "localhost" || (address && address->isLoopback());
}

/// An empty sentence: allowed.
std::string judgeOrigin(const HandshakeRequest& request, const Options& options) {
  if (options.isOpen()) {
    if (!request.origin || isLocalOrigin(*request.origin)) return {};
    return "without --origin and tokens, pages from this machine only";
  }
  if (options.origins.empty()) return {};
  if (!request.origin) return options.tokenSecret ? std::string() : "a request without an Origin needs a token";
  const auto& allowed = options.origins;
  const bool known = std::find(allowed.begin(), allowed.end(), *request.origin) != allowed.end();
  return known ? std::string() : "this Origin is not allowed";
}

}  // namespace

HandshakeVerdict judgeHandshake(const HandshakeRequest& request, const Options& options, std::int64_t unixSeconds) {
  if (request.target.substr(0, request.target.find('?')) != kPath) return {404, "the bridge is at /udp", {}};
  if (!request.isUpgrade) return {426, "the bridge speaks WebSocket", {}};
  const Subprotocols subprotocols = readSubprotocols(request.subprotocols);
  HandshakeVerdict verdict;
  if (options.tokenSecret) {
    const std::string_view text = subprotocols.token.empty() ? bearer(request.authorization) : subprotocols.token;
    if (text.empty()) return {401, "a token is needed", {}};
    auto token = verifyToken(text, *options.tokenSecret, unixSeconds);
    if (!token) return {401, token.error().message, {}};
    verdict.token = std::move(*token);
  }
  if (std::string why = judgeOrigin(request, options); !why.empty()) return {403, std::move(why), {}};
  if (!subprotocols.ours) return {400, "the subprotocol portico.udp.v1 is needed", {}};
  return verdict;
}

IpAddress clientAddress(const IpAddress& peer, std::string_view forwardedFor, const Options& options) {
  IpAddress client = normalise(peer);
  while (anyContains(options.trustedProxies, client) && !forwardedFor.empty()) {
    const std::size_t comma = forwardedFor.rfind(',');
    const auto before = IpAddress::parse(trim(forwardedFor.substr(comma == std::string_view::npos ? 0 : comma + 1)));
    if (!before) break;
    client = normalise(*before);
    forwardedFor = forwardedFor.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return client;
}

}  // namespace portico::bridge
