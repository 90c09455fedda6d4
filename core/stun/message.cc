#include "core/stun/message.h"

#include <algorithm>

#include "core/stun/integrity.h"

namespace portico::stun {

//  0                   1                   2                   3
// |0 0|     STUN Message Type     |         Message Length        |
// |                         Magic Cookie                          |
// |                     Transaction ID (96 bits)                  |

std::optional<Message> Message::parse(ByteView packet) {
  ByteReader reader(packet);
  const std::uint16_t type = reader.u16();
  const std::uint16_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  const ByteView transaction = reader.bytes(12);
  if (!reader.ok() || (type & 0xc000) != 0 || cookie != kMagicCookie) return std::nullopt;
  if (length % 4 != 0 || length != reader.remaining()) return std::nullopt;

  Message message;
  message.packet_ = packet;
  std::copy(transaction.begin(), transaction.end(), message.transaction_.begin());
  // RFC 8489 §5: the class's two bits lie at 4 and 8, the method's twelve around them.
  message.class_ = static_cast<MessageClass>((type >> 7 & 2) | (type >> 4 & 1));
  message.method_ = static_cast<Method>((type & 0x000f) | (type >> 1 & 0x0070) | (type >> 2 & 0x0f80));
  if (!message.walk()) return std::nullopt;
  return message;
}

bool Message::walk() {
  ByteReader reader(packet_.subspan(kHeaderBytes));
  protectedEnd_ = packet_.size();
  while (!reader.atEnd()) {
    const std::size_t at = packet_.size() - reader.remaining();
    const auto type = static_cast<Attribute>(reader.u16());
    const std::size_t length = reader.u16();
    reader.skip(length + (4 - length % 4) % 4);
    if (!reader.ok() || !note(type, at, length, packet_.size() - reader.remaining())) return false;
  }
  return true;
}

bool Message::note(Attribute type, std::size_t at, std::size_t length, std::size_t next) {
  if (type == Attribute::messageIntegrity && integrityAt_ == 0 && integritySha256At_ == 0) {
    integrityAt_ = at;
    protectedEnd_ = std::min(protectedEnd_, next);
    return length == Sha1Digest().size();
  }
  if (type == Attribute::messageIntegritySha256 && integritySha256At_ == 0) {
    integritySha256At_ = at;
    protectedEnd_ = integrityAt_ == 0 ? next : protectedEnd_;
    return length >= kMinIntegritySha256Bytes && length <= kMaxIntegritySha256Bytes && length % 4 == 0;
  }
  if (type == Attribute::fingerprint) {
    fingerprintAt_ = at;
    return length == kFingerprintBytes && next == packet_.size();
  }
  return true;
}

std::optional<ByteView> Message::find(Attribute type) const {
  std::optional<ByteView> found;
  forEach([&](Attribute candidate, ByteView value) {
    if (candidate == type && !found) found = value;
  });
  return found;
}

std::optional<std::string_view> Message::text(Attribute type) const {
  const auto value = find(type);
  if (!value) return std::nullopt;
  return asText(*value);
}

std::optional<std::uint32_t> Message::u32(Attribute type) const {
  const auto value = find(type);
  if (!value || value->size() != 4) return std::nullopt;
  return ByteReader(*value).u32();
}

std::optional<std::uint64_t> Message::u64(Attribute type) const {
  const auto value = find(type);
  if (!value || value->size() != 8) return std::nullopt;
  return ByteReader(*value).u64();
}

std::optional<SocketAddress> Message::xorAddress(Attribute type) const {
  const auto value = find(type);
  if (!value) return std::nullopt;
  return parseXorAddress(*value, transaction_);
}

std::optional<SocketAddress> Message::mappedAddress() const {
  if (const auto value = find(Attribute::xorMappedAddress)) return parseXorAddress(*value, transaction_);
  if (const auto value = find(Attribute::mappedAddress)) return parseAddress(*value);
  return std::nullopt;
}

std::optional<ErrorCode> Message::errorCode() const {
  const auto value = find(Attribute::errorCode);
  if (!value) return std::nullopt;
  return parseErrorCode(*value);
}

std::size_t Message::unknownRequired(std::span<const Attribute> known, std::span<std::uint16_t> out) const {
  std::size_t count = 0;
  forEach([&](Attribute type, ByteView) {
    const auto number = static_cast<std::uint16_t>(type);
    const bool understood = number >= 0x8000 || std::find(known.begin(), known.end(), type) != known.end();
    if (!understood && count < out.size()) out[count++] = number;
  });
  return count;
}

ByteView Message::valueAt(std::size_t at) const {
  ByteReader reader(packet_.subspan(at));
  reader.skip(2);
  return reader.bytes(reader.u16());
}

bool Message::verifyIntegrity(ByteView key) const {
  if (!hasIntegrity()) return false;
  const ByteView given = valueAt(integrityAt_);
  return equalInConstantTime(hmacSha1(key, CoveredParts(packet_.first(integrityAt_), given.size())), given);
}

bool Message::verifyIntegritySha256(ByteView key) const {
  if (!hasIntegritySha256()) return false;
  const ByteView given = valueAt(integritySha256At_);
  const Sha256Digest digest = hmacSha256(key, CoveredParts(packet_.first(integritySha256At_), given.size()));
  return equalInConstantTime(ByteView(digest).first(given.size()), given);
}

bool Message::verifyFingerprint() const {
  if (!hasFingerprint()) return false;
  return ByteReader(valueAt(fingerprintAt_)).u32() == fingerprintOf(packet_.first(fingerprintAt_));
}

}  // namespace portico::stun
