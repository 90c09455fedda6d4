// How MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 and FINGERPRINT are computed, for reader and writer alike.
#pragma once

#include <array>
#include <cstdint>

#include "core/stun/crypto.h"
#include "core/stun/message.h"
#include "core/wire/crc32.h"
#include "portico/platform/bytes.h"

namespace portico::stun {

inline constexpr std::size_t kAttributeHeaderBytes = 4;
inline constexpr std::size_t kFingerprintBytes = 4;
inline constexpr std::size_t kMinIntegritySha256Bytes = 16;  ///< RFC 8489 §14.6: may be truncated, to no less
inline constexpr std::size_t kMaxIntegritySha256Bytes = 32;

/// The parts that an HMAC of `valueBytes` covers, with the header's length field as RFC 8489 §14.5 wants it: up to
/// and including the integrity attribute, whatever follows that.
class CoveredParts {
 public:
  CoveredParts(ByteView beforeAttribute, std::size_t valueBytes) {
    const std::size_t length = beforeAttribute.size() - kHeaderBytes + kAttributeHeaderBytes + valueBytes;
    length_ = {static_cast<std::byte>(length >> 8), static_cast<std::byte>(length & 0xff)};
    parts_ = {beforeAttribute.first(2), ByteView(length_), beforeAttribute.subspan(4)};
  }
  CoveredParts(const CoveredParts&) = delete;
  CoveredParts& operator=(const CoveredParts&) = delete;
  operator std::span<const ByteView>() const { return parts_; }  // NOLINT(google-explicit-constructor)

 private:
  std::array<std::byte, 2> length_{};
  std::array<ByteView, 3> parts_;
};

/// RFC 8489 §14.7. The length field counts the FINGERPRINT already.
inline std::uint32_t fingerprintOf(ByteView beforeAttribute) {
  return crc32(beforeAttribute) ^ 0x5354554eU;
}

}  // namespace portico::stun
