// RTCCertificate: an ECDSA P-256 key with a self-signed X.509 certificate.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "portico/parameters.h"
#include "portico/platform/host.h"
#include "portico/platform/result.h"

namespace portico {

/// A value that is cheap to copy. Immutable, so it may be shared by any number of transports of one thread.
class Certificate {
 public:
  /// A new key and a certificate that is valid for 30 days, as W3C's generateCertificate has by default.
  static Result<Certificate> generate(Host& host);
  /// Loads a certificate and its private key, both PEM. The key may be EC P-256 or P-384 (RSA is refused with
  /// NotSupported: the handshake offers ECDSA only). Errors: Data for anything that does not parse or not match.
  static Result<Certificate> fromPem(std::string_view certificatePem, std::string_view privateKeyPem, Host& host);

  [[nodiscard]] const std::string& certificatePem() const;
  [[nodiscard]] const std::string& privateKeyPem() const;
  [[nodiscard]] ByteView der() const;
  /// sha-256, sha-384 and sha-512, in this order (RFC 8122 §5).
  [[nodiscard]] const std::vector<DtlsFingerprint>& fingerprints() const;
  /// Seconds since 1970 UTC.
  [[nodiscard]] std::int64_t expires() const;

  /// The private part, for core/dtls alone.
  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit Certificate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace portico
