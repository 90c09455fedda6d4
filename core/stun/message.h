// Reads a STUN message (RFC 8489 §5) where it lies: nothing is copied, every value is a view of the packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/stun/attributes.h"
#include "core/wire/byte_reader.h"
#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"

namespace portico::stun {

enum class MessageClass : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };

/// RFC 8489 §18.2's registry has room for 4,096; others than these pass through as their number.
enum class Method : std::uint16_t {
  binding = 0x001,
  // RFC 8656 §17
  allocate = 0x003,
  refresh = 0x004,
  send = 0x006,
  data = 0x007,
  createPermission = 0x008,
  channelBind = 0x009,
};

inline constexpr std::size_t kHeaderBytes = 20;

class Message {
 public:
  /// A whole datagram. Refused: a wrong cookie, a length that is not the packet's, an attribute that ends outside it,
  /// a MESSAGE-INTEGRITY or FINGERPRINT of a wrong size, a FINGERPRINT that is not the last (RFC 8489 §14.7).
  static std::optional<Message> parse(ByteView packet);

  [[nodiscard]] MessageClass messageClass() const { return class_; }
  [[nodiscard]] Method method() const { return method_; }
  [[nodiscard]] const TransactionId& transactionId() const { return transaction_; }

  /// The first attribute of that type (RFC 8489 §14). Those after MESSAGE-INTEGRITY are not found: they are not
  /// protected, and to be ignored (RFC 8489 §14.5). A present attribute without a value gives an empty view.
  [[nodiscard]] std::optional<ByteView> find(Attribute type) const;
  [[nodiscard]] bool has(Attribute type) const { return find(type).has_value(); }
  [[nodiscard]] std::optional<std::string_view> text(Attribute type) const;
  /// A value of exactly 4 or 8 bytes.
  [[nodiscard]] std::optional<std::uint32_t> u32(Attribute type) const;
  [[nodiscard]] std::optional<std::uint64_t> u64(Attribute type) const;
  /// An attribute that is coded as XOR-MAPPED-ADDRESS is.
  [[nodiscard]] std::optional<SocketAddress> xorAddress(Attribute type) const;
  /// XOR-MAPPED-ADDRESS, or what stands in for it from an old server, MAPPED-ADDRESS.
  [[nodiscard]] std::optional<SocketAddress> mappedAddress() const;
  [[nodiscard]] std::optional<ErrorCode> errorCode() const;

  /// RFC 8489 §6.3.1: the types below 0x8000 that are not in `known`. Writes what fits; gives how many it wrote.
  std::size_t unknownRequired(std::span<const Attribute> known, std::span<std::uint16_t> out) const;

  [[nodiscard]] bool hasIntegrity() const { return integrityAt_ != 0; }
  [[nodiscard]] bool hasIntegritySha256() const { return integritySha256At_ != 0; }
  [[nodiscard]] bool hasFingerprint() const { return fingerprintAt_ != 0; }
  /// Present and right.
  [[nodiscard]] bool verifyIntegrity(ByteView key) const;
  [[nodiscard]] bool verifyIntegritySha256(ByteView key) const;
  [[nodiscard]] bool verifyFingerprint() const;

  /// Calls `visit(type, value)` for each protected attribute in order.
  template <typename Visitor>
  void forEach(Visitor visit) const {
    ByteReader reader(packet_.subspan(kHeaderBytes, protectedEnd_ - kHeaderBytes));
    while (!reader.atEnd()) {
      const auto type = static_cast<Attribute>(reader.u16());
      const std::size_t length = reader.u16();
      const ByteView value = reader.bytes(length);
      reader.skip((4 - length % 4) % 4);
      visit(type, value);
    }
  }

 private:
  bool walk();
  bool note(Attribute type, std::size_t at, std::size_t length, std::size_t next);
  [[nodiscard]] ByteView valueAt(std::size_t at) const;

  ByteView packet_;
  TransactionId transaction_{};
  Method method_ = Method::binding;
  MessageClass class_ = MessageClass::request;
  // Offsets of the attributes' headers; 0 where there is none.
  std::size_t protectedEnd_ = 0;
  std::size_t integrityAt_ = 0;
  std::size_t integritySha256At_ = 0;
  std::size_t fingerprintAt_ = 0;
};

}  // namespace portico::stun
