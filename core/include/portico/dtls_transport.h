// RTCDtlsTransport: DTLS 1.2 over an ICE transport.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portico/certificate.h"
#include "portico/ice_transport.h"
#include "portico/operation.h"
#include "portico/parameters.h"

namespace portico {

/// ORTC §7 RTCDtlsTransport. A handle; see IceGatherer for threads and re-entrancy.
class DtlsTransport {
 public:
  /// Without a certificate a new one is made. On a transport that is closed, or that has a DTLS transport already, it
  /// is born closed.
  explicit DtlsTransport(IceTransport transport, std::optional<Certificate> certificate = std::nullopt);

  [[nodiscard]] DtlsTransportState state() const;
  [[nodiscard]] IceTransport iceTransport() const;
  /// nullopt only on a transport that was born closed.
  [[nodiscard]] const std::optional<Certificate>& certificate() const;

  /// role is automatic until the handshake decided it; sha-256, sha-384 and sha-512 fingerprints.
  [[nodiscard]] DtlsParameters getLocalParameters() const;
  [[nodiscard]] std::optional<DtlsParameters> getRemoteParameters() const;
  /// DER, the peer's own first; empty before connected.
  [[nodiscard]] std::vector<ByteVector> getRemoteCertificates() const;
  /// IANA's name of the suite, "" before connected.
  [[nodiscard]] std::string cipherSuite() const;

  /// Waits for ICE, then shakes hands. We are the client when the remote role is server and the other way round; when
  /// it is automatic, the ICE-controlling side is the server. Done when connected; an error when failed.
  /// Errors, at once: Type without a usable fingerprint (RFC 8122; sha-1 does not count); InvalidState when not new.
  Operation<void> start(const DtlsParameters& remoteParameters);
  /// Sends close_notify. Done when closed, which is before it returns, also from new; failed stays failed.
  Operation<void> stop();

  void onStateChange(std::function<void(DtlsTransportState)> handler);
  void onError(std::function<void(const Error&)> handler);

  struct Impl;  ///< private
  explicit DtlsTransport(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
