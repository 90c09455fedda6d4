// The URIs of RTCIceServer: RFC 7064 (stun, stuns) and RFC 7065 (turn, turns).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "portico/platform/result.h"

namespace portico {

struct IceServerUrl {
  enum class Scheme : std::uint8_t { stun, stuns, turn, turns };
  Scheme scheme = Scheme::stun;
  std::string host;  ///< a name, or an IP literal without brackets
  std::uint16_t port = 3478;
  bool tcp = false;  ///< ?transport=tcp, and turns by default

  /// TLS, or where it is not over TCP, DTLS.
  [[nodiscard]] bool secure() const { return scheme == Scheme::stuns || scheme == Scheme::turns; }

  /// Errors: Syntax.
  static Result<IceServerUrl> parse(std::string_view url);

  friend bool operator==(const IceServerUrl&, const IceServerUrl&) = default;
};

}  // namespace portico
