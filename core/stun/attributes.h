// STUN's attributes (RFC 8489 §14): their numbers, and how the values that are more than a number are coded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"

namespace portico::stun {

/// The IANA registry "STUN Attributes"; up to 0x7fff a receiver must understand them (RFC 8489 §14).
enum class Attribute : std::uint16_t {
  mappedAddress = 0x0001,
  username = 0x0006,
  messageIntegrity = 0x0008,
  errorCode = 0x0009,
  unknownAttributes = 0x000a,
  realm = 0x0014,
  nonce = 0x0015,
  messageIntegritySha256 = 0x001c,
  xorMappedAddress = 0x0020,
  priority = 0x0024,
  useCandidate = 0x0025,
  software = 0x8022,
  fingerprint = 0x8028,
  iceControlled = 0x8029,
  iceControlling = 0x802a,
};

/// RFC 8489 §5: 96 bits, chosen by the client and echoed by the server.
using TransactionId = std::array<std::byte, 12>;

inline constexpr std::uint32_t kMagicCookie = 0x2112a442;  ///< RFC 8489 §5

struct ErrorCode {
  int code = 0;             ///< 300 to 699
  std::string_view reason;  ///< views the message
};

// Error codes that this library gives.
inline constexpr int kBadRequest = 400;        ///< RFC 8489 §14.8
inline constexpr int kUnauthenticated = 401;   ///< RFC 8489 §14.8
inline constexpr int kUnknownAttribute = 420;  ///< RFC 8489 §14.8
inline constexpr int kRoleConflict = 487;      ///< RFC 8445 §16.2

inline constexpr std::size_t kMaxAddressBytes = 20;  ///< an IPv6 MAPPED-ADDRESS: family, port, 16 bytes

/// MAPPED-ADDRESS (RFC 8489 §14.1).
std::optional<SocketAddress> parseAddress(ByteView value);
/// XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
std::optional<SocketAddress> parseXorAddress(ByteView value, const TransactionId& transaction);
/// ERROR-CODE (RFC 8489 §14.8).
std::optional<ErrorCode> parseErrorCode(ByteView value);

/// The value of MAPPED-ADDRESS, written into `room`; what was written.
ByteView writeAddress(std::span<std::byte, kMaxAddressBytes> room, const SocketAddress& address);
ByteView writeXorAddress(std::span<std::byte, kMaxAddressBytes> room, const SocketAddress& address,
                         const TransactionId& transaction);

}  // namespace portico::stun
