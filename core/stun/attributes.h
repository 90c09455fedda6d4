// STUN's attributes (RFC 8489 §14), TURN's (RFC 8656 §18) and those of NAT behaviour discovery (RFC 5780 §7): their
// numbers, and how the values that are more than a number are coded.
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
  changeRequest = 0x0003,
  username = 0x0006,
  messageIntegrity = 0x0008,
  errorCode = 0x0009,
  unknownAttributes = 0x000a,
  channelNumber = 0x000c,
  lifetime = 0x000d,
  xorPeerAddress = 0x0012,
  data = 0x0013,
  realm = 0x0014,
  nonce = 0x0015,
  xorRelayedAddress = 0x0016,
  requestedAddressFamily = 0x0017,
  evenPort = 0x0018,
  requestedTransport = 0x0019,
  dontFragment = 0x001a,
  messageIntegritySha256 = 0x001c,
  passwordAlgorithm = 0x001d,
  xorMappedAddress = 0x0020,
  reservationToken = 0x0022,
  priority = 0x0024,
  useCandidate = 0x0025,
  additionalAddressFamily = 0x8000,
  addressErrorCode = 0x8001,
  icmp = 0x8004,
  software = 0x8022,
  alternateServer = 0x8023,
  fingerprint = 0x8028,
  iceControlled = 0x8029,
  iceControlling = 0x802a,
  responseOrigin = 0x802b,
  otherAddress = 0x802c,
  nomination = 0xc001,       ///< draft-thatcher-ice-renomination, with libwebrtc's number
  googNetworkInfo = 0xc057,  ///< libwebrtc's, in each of its checks
};

/// RFC 8489 §5: 96 bits, chosen by the client and echoed by the server.
using TransactionId = std::array<std::byte, 12>;

inline constexpr std::uint32_t kMagicCookie = 0x2112a442;  ///< RFC 8489 §5

struct ErrorCode {
  int code = 0;             ///< 300 to 699
  std::string_view reason;  ///< views the message
};

// Error codes that this library gives or acts upon.
inline constexpr int kTryAlternate = 300;               ///< RFC 8489 §14.8
inline constexpr int kBadRequest = 400;                 ///< RFC 8489 §14.8
inline constexpr int kUnauthenticated = 401;            ///< RFC 8489 §14.8
inline constexpr int kForbidden = 403;                  ///< RFC 8656 §19
inline constexpr int kUnknownAttribute = 420;           ///< RFC 8489 §14.8
inline constexpr int kAllocationMismatch = 437;         ///< RFC 8656 §19
inline constexpr int kStaleNonce = 438;                 ///< RFC 8489 §14.8
inline constexpr int kAddressFamilyNotSupported = 440;  ///< RFC 8656 §19
inline constexpr int kUnsupportedTransport = 442;       ///< RFC 8656 §19
inline constexpr int kPeerFamilyMismatch = 443;         ///< RFC 8656 §19
inline constexpr int kAllocationQuotaReached = 486;     ///< RFC 8656 §19
inline constexpr int kRoleConflict = 487;               ///< RFC 8445 §16.2
inline constexpr int kInsufficientCapacity = 508;       ///< RFC 8656 §19

// The address families of REQUESTED-ADDRESS-FAMILY and its kin (RFC 8656 §18.8), in the upper byte of four.
inline constexpr std::uint32_t kFamilyValueV4 = 0x01000000;
inline constexpr std::uint32_t kFamilyValueV6 = 0x02000000;
/// REQUESTED-TRANSPORT (RFC 8656 §18.7): UDP's protocol number, in the upper byte of four.
inline constexpr std::uint32_t kTransportValueUdp = 17U << 24;

// CHANGE-REQUEST (RFC 5780 §7.2): from where the answer is to come.
inline constexpr std::uint32_t kChangeIp = 0x4;
inline constexpr std::uint32_t kChangePort = 0x2;

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
