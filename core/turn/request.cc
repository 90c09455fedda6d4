#include "core/turn/request.h"

#include <array>

#include "core/stun/message_builder.h"

namespace portico::turn {
namespace {

// Three names at their bounds, MESSAGE-INTEGRITY, and less than a hundred bytes of the rest.
constexpr std::size_t kMaxRequestBytes = kMaxUsernameBytes + kMaxRealmBytes + kMaxNonceBytes + 192;

// RFC 8656 §3.2's default, said all the same: coturn holds to its limit only where it is asked for a time.
constexpr std::uint32_t kWantedLifetimeSeconds = 600;

stun::Method methodOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::allocate:
      return stun::Method::allocate;
    case Purpose::refresh:
    case Purpose::remove:
      return stun::Method::refresh;
    case Purpose::permission:
      return stun::Method::createPermission;
    case Purpose::channel:
      return stun::Method::channelBind;
  }
  return stun::Method::refresh;
}

// RFC 8656 §7.1: no family means IPv4. ADDITIONAL-ADDRESS-FAMILY, which only IPv6 can be, is for both; a server that
// does not know it gives the IPv4 address alone.
void writeFamilies(stun::MessageBuilder& builder, Families families) {
  if (families == Families::v6) builder.u32(stun::Attribute::requestedAddressFamily, stun::kFamilyValueV6);
  if (families == Families::both) builder.u32(stun::Attribute::additionalAddressFamily, stun::kFamilyValueV6);
}

}  // namespace

void writeRequest(Request& request, const stun::TransactionId& id, const Authentication& authentication) {
  std::array<std::byte, kMaxRequestBytes> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, methodOf(request.purpose), id);
  switch (request.purpose) {
    case Purpose::allocate:
      builder.u32(stun::Attribute::requestedTransport, stun::kTransportValueUdp);
      writeFamilies(builder, request.families);
      builder.u32(stun::Attribute::lifetime, kWantedLifetimeSeconds);
      break;
    case Purpose::refresh:
      builder.u32(stun::Attribute::lifetime, kWantedLifetimeSeconds);
      break;
    case Purpose::remove:
      builder.u32(stun::Attribute::lifetime, 0);
      break;
    case Purpose::permission:
      builder.xorAddress(stun::Attribute::xorPeerAddress, request.peer);
      break;
    case Purpose::channel:
      builder.u32(stun::Attribute::channelNumber, std::uint32_t{request.channel} << 16);
      builder.xorAddress(stun::Attribute::xorPeerAddress, request.peer);
      break;
  }
  authentication.sign(builder);
  request.id = id;
  request.authenticated = authentication.ready();
  request.packet = toVector(builder.finish());
}

}  // namespace portico::turn
