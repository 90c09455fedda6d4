// One side of a connection, and what it tells the other in one string: the least that a benchmark needs of signalling.
#pragma once

#include <optional>
#include <sstream>
#include <string>

#include "portico/ortc.h"

namespace portico::bench {

class Endpoint {
 public:
  /// `addresses` are the local ones to use; empty: all.
  Endpoint(Host& host, IceRole role, std::optional<Certificate> certificate = std::nullopt,
           std::vector<IpAddress> addresses = {})
      : Endpoint(host, role, std::move(certificate), options(std::move(addresses))) {}
  Endpoint(Host& host, IceRole role, std::optional<Certificate> certificate, IceGatherOptions options)
      : gatherer_(host, std::move(options)),
        ice_(gatherer_),
        dtls_(ice_, std::move(certificate)),
        sctp_(dtls_),
        role_(role) {}

  /// Host candidates only, so that gathering is done as soon as it has begun.
  std::string describe() {
    gatherer_.gather().ignore();
    const IceParameters ice = gatherer_.getLocalParameters();
    std::ostringstream out;
    out << ice.usernameFragment << '\n' << ice.password << '\n' << (ice.iceLite ? "lite" : "full") << '\n';
    out << dtls_.getLocalParameters().fingerprints.front().value << '\n';
    for (const IceCandidate& candidate : gatherer_.getLocalCandidates()) out << candidate.candidate() << '\n';
    return out.str();
  }

  void connect(const std::string& remote) {
    std::istringstream in(remote);
    IceParameters ice;
    DtlsFingerprint fingerprint{"sha-256", {}};
    std::getline(in, ice.usernameFragment);
    std::getline(in, ice.password);
    std::string kind;
    std::getline(in, kind);
    ice.iceLite = kind == "lite";
    std::getline(in, fingerprint.value);
    for (std::string line; std::getline(in, line);) {
      if (const Result<IceCandidate> candidate = IceCandidate::parse(line)) {
        ice_.addRemoteCandidate(*candidate).ignore();
      }
    }
    ice_.addRemoteCandidate(std::nullopt).ignore();
    ice_.start(ice, role_).ignore();
    dtls_.start({DtlsRole::automatic, {fingerprint}}).ignore();
    sctp_.start({.maxMessageSize = 262'144}).ignore();
  }

  [[nodiscard]] SctpTransport& sctp() { return sctp_; }
  [[nodiscard]] IceTransport& ice() { return ice_; }
  void stop() { ice_.stop().ignore(); }

 private:
  static IceGatherOptions options(std::vector<IpAddress> addresses) {
    IceGatherOptions result;
    result.iceServers.emplace();  // none
    result.bindAddresses = std::move(addresses);
    return result;
  }

  IceGatherer gatherer_;
  IceTransport ice_;
  DtlsTransport dtls_;
  SctpTransport sctp_;
  IceRole role_;
};

}  // namespace portico::bench
