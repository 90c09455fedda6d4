// Certificate fingerprints (RFC 8122 §5): made, parsed, and compared with a certificate.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

namespace portico::dtls {

/// The hashes that we accept, the most preferred last. SHA-1 and MD5 are refused: certificates that collide can be
/// made.
enum class FingerprintHash : std::uint8_t { sha256, sha384, sha512 };

inline constexpr std::size_t kMaxDigestBytes = 64;
/// What one a=fingerprint list may hold; a peer has few certificates, and each entry costs memory.
inline constexpr std::size_t kMaxFingerprints = 32;

DtlsFingerprint computeFingerprint(FingerprintHash hash, ByteView der);

/// The fingerprints that a peer's certificate is held against.
class FingerprintSet {
 public:
  /// Takes those of the most preferred hash that is there (RFC 8122 §5). Type: none has a supported hash, or there are
  /// more than kMaxFingerprints. Syntax: one that counts is not hex pairs with colons of the hash's length.
  static Result<FingerprintSet> select(std::span<const DtlsFingerprint> fingerprints);

  /// Whether the certificate has one of them. The time it takes does not depend on which, or on how much of it agrees.
  [[nodiscard]] bool matches(ByteView der) const;

 private:
  using Digest = std::array<std::uint8_t, kMaxDigestBytes>;
  FingerprintHash hash_ = FingerprintHash::sha256;
  std::vector<Digest> digests_;
};

}  // namespace portico::dtls
