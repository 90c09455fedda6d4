// Tokens: JWTs (RFC 7519) signed by HMAC with SHA-256. OpenSSL's HMAC and its constant-time comparison are all that
// they need; libraries that take many algorithms have been talked into the wrong one more than once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/bridge/relay/network.h"
#include "portico/platform/result.h"

namespace portico::bridge {

inline constexpr std::size_t kMaxTokenBytes = 4096;
/// RFC 7518 §3.2: "A key of the same size as the hash output or larger MUST be used".
inline constexpr std::size_t kMinSecretBytes = 32;

struct Token {
  std::string id;                         ///< the token's SHA-256: the same token has the same limits
  std::optional<std::size_t> maxSockets;  ///< `max_sockets`
  std::uint64_t maxBitsPerSecond = 0;     ///< `max_bps`; 0: no limit of its own
  std::vector<Network> networks;          ///< `dst`; empty: as the bridge's policy says
};

/// Errors: Operation, with a sentence that has nothing of the token in it.
Result<Token> verifyToken(std::string_view token, std::string_view secret, std::int64_t unixSeconds);

}  // namespace portico::bridge
