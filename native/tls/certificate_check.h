// What is wrong with a server's certificate, in words: mbedTLS checks the chain, its dates and a name; this adds what
// it leaves out, and keeps what a user needs to be told.
#pragma once

#include <mbedtls/x509_crt.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "portico/platform/socket_address.h"

namespace portico::tls {

class CertificateCheck {
 public:
  /// `serverName`: what the user asked for, a host name or an IP literal.
  explicit CertificateCheck(const std::string& serverName);

  /// Empty for a literal: it goes into no SNI (RFC 6066 §3), and is no name for mbedTLS to look for.
  [[nodiscard]] const std::string& hostName() const { return hostName_; }

  /// mbedTLS's f_vrfy, for each certificate of the chain from the top down; `self` is a CertificateCheck.
  static int onCertificate(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);

  /// Why it was refused. `flags`: mbedTLS's verdict.
  [[nodiscard]] std::string failure(std::uint32_t flags) const;

 private:
  void look(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags);
  [[nodiscard]] bool namesAddress(const mbedtls_x509_crt& certificate) const;

  std::string serverName_;
  std::string hostName_;
  std::optional<IpAddress> address_;
  std::vector<std::string> found_;
};

}  // namespace portico::tls
