// The requests of a client, and how they are written (RFC 8656 §7.1, §8.1, §10.1, §12.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/stun/attributes.h"
#include "core/stun/retransmission.h"
#include "core/turn/authentication.h"
#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::turn {

/// Which relayed addresses are wanted.
enum class Families : std::uint8_t { v4, v6, both };

enum class Purpose : std::uint8_t { allocate, refresh, remove, permission, channel };

struct Request {
  Purpose purpose = Purpose::allocate;
  Families families = Families::v4;  ///< of an allocate
  SocketAddress peer;                ///< of a permission or channel
  std::uint16_t channel = 0;

  stun::TransactionId id{};
  bool authenticated = false;
  int challenges = 0;        ///< 401 and 438 that were answered
  std::string unverified{};  ///< an answer that did not prove to know the password: what it said
  Time sentAt{};
  stun::Retransmission retransmission{Time{}};
  ByteVector packet{};
};

/// Fills id, authenticated and packet.
void writeRequest(Request& request, const stun::TransactionId& id, const Authentication& authentication);

}  // namespace portico::turn
