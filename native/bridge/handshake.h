// Who may have a socket: what the HTTP request of the WebSocket says, judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "native/bridge/options.h"
#include "native/bridge/token.h"

namespace portico::bridge {

inline constexpr std::string_view kPath = "/udp";
inline constexpr std::string_view kSubprotocol = "portico.udp.v1";
inline constexpr std::string_view kTokenSubprotocol = "portico.token.";

/// The fields of the request that matter; views of it.
struct HandshakeRequest {
  std::string_view target;
  bool isUpgrade = false;  ///< to WebSocket, by RFC 6455 §4.2.1
  std::optional<std::string_view> origin;
  std::string_view subprotocols;  ///< a comma-separated list
  std::string_view authorization;
};

struct HandshakeVerdict {
  unsigned status = 0;  ///< of HTTP; 0: welcome
  std::string sentence;
  std::optional<Token> token;
};

HandshakeVerdict judgeHandshake(const HandshakeRequest& request, const Options& options, std::int64_t unixSeconds);

/// RFC 7239's predecessor, X-Forwarded-For: the last entry that is no trusted proxy, where `peer` is one.
IpAddress clientAddress(const IpAddress& peer, std::string_view forwardedFor, const Options& options);

}  // namespace portico::bridge
