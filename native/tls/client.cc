#include "native/tls/client.h"

#include <mbedtls/error.h>
#include <mbedtls/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "native/random.h"
#include "native/tls/certificate_check.h"
#include "native/tls/trust_store_impl.h"

namespace portico::tls {
namespace {

// RFC 9325 §4.2 in the order in which processors with AES instructions are fastest.
constexpr std::array<int, 7> kCipherSuites{MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                           MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                                           MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                                           MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                                           MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                                           MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                                           0};

int random(void* /*unused*/, unsigned char* out, std::size_t length) {
  fillRandom({reinterpret_cast<std::byte*>(out), length});
  return 0;
}

std::string alert(std::uint8_t number) {
  const std::string text = "the server ended the TLS session with the alert " + std::to_string(number);
  switch (number) {
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
      return text + " (handshake_failure): it has no cipher suite, curve or signature in common with TLS 1.2 here";
    case MBEDTLS_SSL_ALERT_MSG_PROTOCOL_VERSION:
      return text + " (protocol_version): it does not speak TLS 1.2";
    case MBEDTLS_SSL_ALERT_MSG_UNRECOGNIZED_NAME:
      return text + " (unrecognized_name): it has no certificate for that name";
    case MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR:
      return text + " (internal_error)";
    default:
      return text;
  }
}

}  // namespace

struct Client::Impl {
  Impl(std::shared_ptr<TrustStore> store, const std::string& serverName) : trust(std::move(store)), check(serverName) {
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_init(&config);
  }
  ~Impl() {
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  int setUp();
  /// Keeps why. `code` is mbedTLS's.
  Progress fail(int code);
  std::string reason(int code);

  static int onSend(void* self, const unsigned char* bytes, std::size_t length);
  static int onReceive(void* self, unsigned char* out, std::size_t length);

  std::shared_ptr<TrustStore> trust;
  CertificateCheck check;
  mbedtls_ssl_config config;
  mbedtls_ssl_context ssl;
  bool ready = false;  ///< setUp() has succeeded
  ByteView input;
  ByteVector output;
  std::string failure;
};

int Client::Impl::setUp() {
  if (const int code = mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                                   MBEDTLS_SSL_PRESET_DEFAULT);
      code != 0) {
    return code;
  }
  mbedtls_ssl_conf_rng(&config, random, nullptr);
  mbedtls_ssl_conf_ciphersuites(&config, kCipherSuites.data());
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&config, &trust->certificates().chain, nullptr);
  mbedtls_ssl_conf_verify(&config, CertificateCheck::onCertificate, &check);
  if (const int code = mbedtls_ssl_setup(&ssl, &config); code != 0) {
    return code;
  }
  const std::string& name = check.hostName();
  if (const int code = mbedtls_ssl_set_hostname(&ssl, name.empty() ? nullptr : name.c_str()); code != 0) {
    return code;
  }
  mbedtls_ssl_set_bio(&ssl, this, onSend, onReceive, nullptr);
  ready = true;
  return 0;
}

int Client::Impl::onSend(void* self, const unsigned char* bytes, std::size_t length) {
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  ByteVector& output = static_cast<Impl*>(self)->output;
  output.insert(output.end(), begin, begin + length);
  return static_cast<int>(length);
}

int Client::Impl::onReceive(void* self, unsigned char* out, std::size_t length) {
  ByteView& input = static_cast<Impl*>(self)->input;
  const std::size_t bytes = std::min(length, input.size());
  if (bytes == 0) {
    return MBEDTLS_ERR_SSL_WANT_READ;
  }
  std::memcpy(out, input.data(), bytes);
  input = input.subspan(bytes);
  return static_cast<int>(bytes);
}

Client::Progress Client::Impl::fail(int code) {
  if (failure.empty()) {
    failure = reason(code);
  }
  return Progress::failed;
}

std::string Client::Impl::reason(int code) {
  switch (code) {
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
    case MBEDTLS_ERR_SSL_BAD_CERTIFICATE:
      return check.failure(mbedtls_ssl_get_verify_result(&ssl));
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
      return alert(ssl.MBEDTLS_PRIVATE(in_msg)[1]);
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
      return "the server has closed the connection";
    case MBEDTLS_ERR_SSL_INVALID_MAC:
      return "what it sent was changed on the way";
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_UNEXPECTED_RECORD:
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
      if (ssl.MBEDTLS_PRIVATE(state) <= MBEDTLS_SSL_SERVER_HELLO) {
        return "what the server sends is not TLS 1.2: is there TLS on this port?";
      }
      break;
    default:
      break;
  }
  std::array<char, 128> text{};
  mbedtls_strerror(code, text.data(), text.size());
  return "what the server sends is no correct TLS (" + std::string(text.data()) + ")";
}

Client::Client(std::shared_ptr<TrustStore> trust, const std::string& serverName)
    : impl_(std::make_unique<Impl>(std::move(trust), serverName)) {}
Client::~Client() = default;

void Client::feed(ByteView bytes) {
  impl_->input = bytes;
}

Client::Progress Client::shakeHands() {
  if (!impl_->failure.empty()) {
    return Progress::failed;
  }
  if (!impl_->ready) {
    if (const int code = impl_->setUp(); code != 0) {
      return impl_->fail(code);
    }
  }
  const int code = mbedtls_ssl_handshake(&impl_->ssl);
  if (code == MBEDTLS_ERR_SSL_WANT_READ) {
    return Progress::more;
  }
  return code == 0 ? Progress::done : impl_->fail(code);
}

Client::Progress Client::read(MutableByteView room, std::size_t& got) {
  got = 0;
  while (got < room.size()) {
    const int code =
        mbedtls_ssl_read(&impl_->ssl, reinterpret_cast<unsigned char*>(room.data()) + got, room.size() - got);
    if (code == MBEDTLS_ERR_SSL_WANT_READ) {
      // It also says so after an alert that it passes over.
      if (impl_->input.empty()) {
        return Progress::more;
      }
    } else if (code <= 0) {
      return impl_->fail(code == 0 ? MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY : code);
    } else {
      got += static_cast<std::size_t>(code);
    }
  }
  return Progress::done;
}

bool Client::write(ByteView plain) {
  while (!plain.empty()) {
    const int code = mbedtls_ssl_write(&impl_->ssl, reinterpret_cast<const unsigned char*>(plain.data()), plain.size());
    if (code <= 0) {
      impl_->fail(code);
      return false;
    }
    plain = plain.subspan(static_cast<std::size_t>(code));
  }
  return true;
}

void Client::close() {
  mbedtls_ssl_close_notify(&impl_->ssl);
}

ByteVector& Client::output() {
  return impl_->output;
}

const std::string& Client::failure() const {
  return impl_->failure;
}

}  // namespace portico::tls
