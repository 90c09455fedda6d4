// A TLS server for tests, without sockets: OpenSSL behind two queues of bytes. And certificates of every kind, made on
// the spot.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "portico/platform/bytes.h"

struct evp_pkey_st;
struct x509_st;
struct ssl_st;
struct ssl_ctx_st;

namespace portico::test {

enum class KeyKind { p256, p384, rsa };

struct CertificateOptions {
  std::string subject = "turn.example.org";
  std::string names = "DNS:turn.example.org";  ///< subjectAltName as OpenSSL writes it; empty: none
  KeyKind key = KeyKind::p256;
  bool authority = false;
  bool pss = false;      ///< signed by RSASSA-PSS, with an issuer whose key is RSA
  long validFrom = -60;  ///< minutes from now
  long validUntil = 60;
  std::string usage = "serverAuth";  ///< extendedKeyUsage
};

class TestCertificate {
 public:
  /// Null: signs itself.
  explicit TestCertificate(const CertificateOptions& options, const TestCertificate* issuer = nullptr);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] const std::string& subject() const { return subject_; }
  [[nodiscard]] evp_pkey_st* key() const { return key_.get(); }
  [[nodiscard]] x509_st* certificate() const { return certificate_.get(); }

 private:
  std::string subject_;
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
};

struct TlsServerOptions {
  bool tls13Only = false;
  std::string ciphers = {};  ///< of TLS 1.2; empty: OpenSSL's
};

class TlsServer {
 public:
  /// Shows `chain`, its own certificate first.
  explicit TlsServer(const std::vector<TestCertificate>& chain, const TlsServerOptions& options = {});
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Takes what the client has sent. Plain text goes to `received`, the answer to takeOutput().
  void feed(std::string_view bytes);
  std::string takeOutput();

  void send(std::string_view plain);
  void close();                ///< close_notify
  void askForRenegotiation();  ///< a HelloRequest

  [[nodiscard]] bool ready() const;
  [[nodiscard]] std::string serverName() const;  ///< that the client asked for by SNI
  [[nodiscard]] std::string version() const;
  std::string received;
  bool closed = false;  ///< by the client's close_notify
  std::string alert;    ///< the last that the client sent, by OpenSSL's name

 private:
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> ssl_;
};

}  // namespace portico::test
