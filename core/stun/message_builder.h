// Writes a STUN message (RFC 8489 §5) into memory that the caller has.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/stun/attributes.h"
#include "core/stun/message.h"
#include "core/wire/byte_writer.h"
#include "portico/platform/bytes.h"

namespace portico::stun {

/// Attributes stand in the order of the calls; integrity comes after what it protects, the fingerprint last.
class MessageBuilder {
 public:
  MessageBuilder(MutableByteView room, MessageClass messageClass, Method method, const TransactionId& transaction);

  void attribute(Attribute type, ByteView value);
  void text(Attribute type, std::string_view value) { attribute(type, asBytes(value)); }
  void flag(Attribute type) { attribute(type, {}); }
  void u32(Attribute type, std::uint32_t value);
  void u64(Attribute type, std::uint64_t value);
  void address(Attribute type, const SocketAddress& value);
  void xorAddress(Attribute type, const SocketAddress& value);
  void errorCode(int code, std::string_view reason);
  void unknownAttributes(std::span<const std::uint16_t> types);

  void messageIntegrity(ByteView key);
  void messageIntegritySha256(ByteView key);
  void fingerprint();

  /// The message; empty if it did not fit the room.
  [[nodiscard]] ByteView finish();

 private:
  /// The header of an attribute, and the message's length with that attribute in it.
  void begin(Attribute type, std::size_t length);

  ByteWriter writer_;
  TransactionId transaction_;
};

}  // namespace portico::stun
