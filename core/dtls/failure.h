// mbedTLS's error codes as sentences.
#pragma once

#include <cstdint>
#include <string_view>

#include "portico/platform/result.h"

namespace portico::dtls {

/// `code` is what mbedTLS returned while it was `connected` or still in the handshake.
Error describeFailure(int code, bool connected);
/// The peer ended the session with this alert.
Error describeAlert(std::uint8_t alert);
/// RFC 5246 §7.2.2's name of an alert, "unknown" for others.
std::string_view alertName(std::uint8_t alert);

}  // namespace portico::dtls
