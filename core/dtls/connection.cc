#include "core/dtls/connection.h"

#include <algorithm>
#include <array>

#include "core/dtls/certificate_impl.h"
#include "core/dtls/cipher_suites.h"
#include "core/dtls/random.h"
#include "core/dtls/session.h"

namespace portico::dtls {
namespace {

// Key exchange, the cheapest first; P-256 and P-384 are what certificates may have, too.
constexpr std::array<std::uint16_t, 4> kGroups{MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                               MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

constexpr std::array<std::uint16_t, 4> kSignatureAlgorithms{
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_NONE};

// Offered and agreed, never used: there is no media here. RFC 5764 §4.1.2.
constexpr std::array<mbedtls_ssl_srtp_profile, 3> kSrtpProfiles{
    MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_80, MBEDTLS_TLS_SRTP_AES128_CM_HMAC_SHA1_32, MBEDTLS_TLS_SRTP_UNSET};

// mbedTLS ends the handshake when its own doubled timeout is at the maximum; RetransmissionTimer caps the waiting.
constexpr std::uint32_t kHandshakeTimeoutMaxMs = static_cast<std::uint32_t>(kInitialRetransmissionTimeout.count())
                                                 << (kMaxFlightTransmissions - 1);

}  // namespace

Connection::Connection(const Certificate& certificate, Host& host, PacketQueue& output, FingerprintSet wanted)
    : certificate_(certificate), host_(host), output_(output), wanted_(std::move(wanted)) {
  mbedtls_ssl_config_init(&config_);
  mbedtls_ssl_init(&ssl_);
}

Connection::~Connection() {
  mbedtls_ssl_free(&ssl_);
  mbedtls_ssl_config_free(&config_);
}

int Connection::setUp(DtlsRole role) {
  if (const int code = configure(role); code != 0) return code;
  if (const int code = mbedtls_ssl_setup(&ssl_, &config_); code != 0) return code;
  // The peer has no host name: its certificate is known by fingerprint.
  if (const int code = mbedtls_ssl_set_hostname(&ssl_, nullptr); code != 0) return code;
  mbedtls_ssl_set_bio(&ssl_, this, onSend, onReceive, nullptr);
  mbedtls_ssl_set_timer_cb(&ssl_, &timer_, RetransmissionTimer::set, RetransmissionTimer::get);
  mbedtls_ssl_set_mtu(&ssl_, kMaxDatagramBytes);
  return 0;
}

int Connection::configure(DtlsRole role) {
  const int endpoint = role == DtlsRole::client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER;
  if (const int code =
          mbedtls_ssl_config_defaults(&config_, endpoint, MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT);
      code != 0) {
    return code;
  }
  const Certificate::Impl& own = certificate_.impl();
  mbedtls_ssl_conf_rng(&config_, hostRandom, &host_);
  mbedtls_ssl_conf_ciphersuites(&config_, cipherSuites());
  mbedtls_ssl_conf_preference_order(&config_, servesClientsOrder() ? MBEDTLS_SSL_SRV_CIPHERSUITE_ORDER_CLIENT
                                                                   : MBEDTLS_SSL_SRV_CIPHERSUITE_ORDER_SERVER);
  mbedtls_ssl_conf_groups(&config_, kGroups.data());
  mbedtls_ssl_conf_sig_algs(&config_, kSignatureAlgorithms.data());
  mbedtls_ssl_conf_handshake_timeout(&config_, kInitialRetransmissionTimeout.count(), kHandshakeTimeoutMaxMs);
  mbedtls_ssl_conf_dtls_anti_replay(&config_, MBEDTLS_SSL_ANTI_REPLAY_ENABLED);
  // RFC 8827 §6.5: both sides show a certificate. mbedTLS wants an anchor for that and then asks onVerify, which
  // decides alone; our own certificate stands in, and is not named to the peer.
  mbedtls_ssl_conf_authmode(&config_, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&config_, &own.certificate, nullptr);
  mbedtls_ssl_conf_verify(&config_, onVerify, this);
  if (role == DtlsRole::server) {
    mbedtls_ssl_conf_cert_req_ca_list(&config_, MBEDTLS_SSL_CERT_REQ_CA_LIST_DISABLED);
    // RFC 6347 §4.2.1 has the cookie against forged source addresses; ICE has already proved the peer's.
    mbedtls_ssl_conf_dtls_cookies(&config_, nullptr, nullptr, nullptr);
  }
  if (const int code = mbedtls_ssl_conf_dtls_srtp_protection_profiles(&config_, kSrtpProfiles.data()); code != 0) {
    return code;
  }
  return mbedtls_ssl_conf_own_cert(&config_, &own.certificate, &own.key);
}

int Connection::read(MutableByteView plaintext) {
  return mbedtls_ssl_read(&ssl_, reinterpret_cast<unsigned char*>(plaintext.data()), plaintext.size());
}

int Connection::write(ByteView plaintext) {
  return mbedtls_ssl_write(&ssl_, reinterpret_cast<const unsigned char*>(plaintext.data()), plaintext.size());
}

void Connection::enterConnected() {
  mbedtls_ssl_set_mtu(&ssl_, 0);
}

void Connection::sendCloseNotify() {
  // Before the handshake is over it goes out too, in plain: the peer need not wait for its timeout then.
  mbedtls_ssl_send_alert_message(&ssl_, MBEDTLS_SSL_ALERT_LEVEL_WARNING, MBEDTLS_SSL_ALERT_MSG_CLOSE_NOTIFY);
}

void Connection::sendFatalAlert(std::uint8_t alert) {
  mbedtls_ssl_send_alert_message(&ssl_, MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert);
}

int Connection::onSend(void* self, const unsigned char* data, std::size_t length) {
  static_cast<Connection*>(self)->output_.push({reinterpret_cast<const std::byte*>(data), length});
  return static_cast<int>(length);
}

int Connection::onReceive(void* self, unsigned char* room, std::size_t length) {
  const ByteView datagram = std::exchange(static_cast<Connection*>(self)->incoming_, {});
  if (datagram.empty() || datagram.size() > length) return MBEDTLS_ERR_SSL_WANT_READ;
  std::copy(datagram.begin(), datagram.end(), reinterpret_cast<std::byte*>(room));
  return static_cast<int>(datagram.size());
}

int Connection::onVerify(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
  *flags = 0;                // trust comes from the fingerprint, not from names, dates or issuers
  if (depth != 0) return 0;  // RFC 8122 §5: the fingerprint is of the end entity's certificate
  auto& connection = *static_cast<Connection*>(self);
  const auto der = [](const mbedtls_x509_crt& one) {
    return ByteView(reinterpret_cast<const std::byte*>(one.raw.p), one.raw.len);
  };
  connection.verified_ = connection.wanted_.matches(der(*certificate));
  connection.mismatch_ = !connection.verified_;
  if (connection.mismatch_) {
    *flags = MBEDTLS_X509_BADCERT_CN_MISMATCH;  // the flag that mbedTLS turns into the alert bad_certificate
    return 0;
  }
  connection.peerCertificates_.clear();
  for (const mbedtls_x509_crt* one = certificate; one != nullptr; one = one->next) {
    connection.peerCertificates_.push_back(toVector(der(*one)));
  }
  return 0;
}

}  // namespace portico::dtls
