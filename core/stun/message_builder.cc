#include "core/stun/message_builder.h"

#include "core/stun/integrity.h"

namespace portico::stun {
namespace {

constexpr std::size_t kLengthOffset = 2;

std::uint16_t typeField(MessageClass messageClass, Method method) {
  const auto m = static_cast<unsigned>(method);
  const auto c = static_cast<unsigned>(messageClass);
  return static_cast<std::uint16_t>((m & 0x000f) | (m & 0x0070) << 1 | (m & 0x0f80) << 2 | (c & 1) << 4 | (c & 2) << 7);
}

}  // namespace

MessageBuilder::MessageBuilder(MutableByteView room, MessageClass messageClass, Method method,
                               const TransactionId& transaction)
    : writer_(room), transaction_(transaction) {
  writer_.u16(typeField(messageClass, method));
  writer_.u16(0);
  writer_.u32(kMagicCookie);
  writer_.bytes(transaction);
}

void MessageBuilder::begin(Attribute type, std::size_t length) {
  const std::size_t padded = (length + 3) / 4 * 4;
  if (length > 0xffff || writer_.size() - kHeaderBytes + kAttributeHeaderBytes + padded > 0xffff) {
    writer_.reserve(writer_.remaining() + 1);  // too long for STUN, whatever the room: makes the writer fail
    return;
  }
  writer_.patchU16(kLengthOffset,
                   static_cast<std::uint16_t>(writer_.size() - kHeaderBytes + kAttributeHeaderBytes + padded));
  writer_.u16(static_cast<std::uint16_t>(type));
  writer_.u16(static_cast<std::uint16_t>(length));
}

void MessageBuilder::attribute(Attribute type, ByteView value) {
  begin(type, value.size());
  writer_.bytes(value);
  writer_.zeros((4 - value.size() % 4) % 4);
}

void MessageBuilder::u32(Attribute type, std::uint32_t value) {
  begin(type, 4);
  writer_.u32(value);
}

void MessageBuilder::u64(Attribute type, std::uint64_t value) {
  begin(type, 8);
  writer_.u64(value);
}

void MessageBuilder::address(Attribute type, const SocketAddress& value) {
  std::array<std::byte, kMaxAddressBytes> room;
  attribute(type, writeAddress(room, value));
}

void MessageBuilder::xorAddress(Attribute type, const SocketAddress& value) {
  std::array<std::byte, kMaxAddressBytes> room;
  attribute(type, writeXorAddress(room, value, transaction_));
}

void MessageBuilder::errorCode(int code, std::string_view reason) {
  begin(Attribute::errorCode, 4 + reason.size());
  writer_.u16(0);
  writer_.u8(static_cast<std::uint8_t>(code / 100));
  writer_.u8(static_cast<std::uint8_t>(code % 100));
  writer_.bytes(asBytes(reason));
  writer_.zeros((4 - reason.size() % 4) % 4);
}

void MessageBuilder::unknownAttributes(std::span<const std::uint16_t> types) {
  begin(Attribute::unknownAttributes, types.size() * 2);
  for (const std::uint16_t type : types) writer_.u16(type);
  writer_.zeros(types.size() % 2 * 2);
}

void MessageBuilder::messageIntegrity(ByteView key) {
  if (!writer_.ok()) return;
  attribute(Attribute::messageIntegrity, hmacSha1(key, CoveredParts(writer_.written(), Sha1Digest().size())));
}

void MessageBuilder::messageIntegritySha256(ByteView key) {
  if (!writer_.ok()) return;
  attribute(Attribute::messageIntegritySha256, hmacSha256(key, CoveredParts(writer_.written(), Sha256Digest().size())));
}

void MessageBuilder::fingerprint() {
  const std::size_t covered = writer_.size();
  begin(Attribute::fingerprint, kFingerprintBytes);
  if (!writer_.ok()) return;
  writer_.u32(fingerprintOf(writer_.written().first(covered)));
}

ByteView MessageBuilder::finish() {
  return writer_.ok() ? writer_.written() : ByteView();
}

}  // namespace portico::stun
