#include "core/dtls/failure.h"

#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>

#include <string>

namespace portico::dtls {
namespace {

constexpr std::string_view kCannotParseCertificate =
    "The peer's certificate could not be used: it is malformed, or its key is not EC P-256 or P-384.";

std::string_view handshakeSentence(int code) {
  switch (code) {
    case MBEDTLS_ERR_SSL_TIMEOUT:
      return "The peer did not answer the DTLS handshake in time.";
    case MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE:
      return "The peer sent no certificate.";
    case MBEDTLS_ERR_SSL_BAD_CERTIFICATE:
      return kCannotParseCertificate;
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
      return "The peer does not speak DTLS 1.2.";
    case MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE:
      return "The peer and this side have no cipher suite, curve or signature algorithm in common.";
    case MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL:
    case MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE:
      return "A handshake message of the peer, most likely its certificate, is larger than 4,096 bytes.";
    case MBEDTLS_ERR_SSL_INVALID_MAC:
      return "A handshake record did not decrypt: the two sides' keys differ, or it was changed on the way.";
    case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE:
      return "The peer sent a handshake message out of turn.";
    case MBEDTLS_ERR_SSL_DECODE_ERROR:
    case MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER:
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION:
      return "The peer sent a malformed handshake message.";
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
      return "There was not enough memory for the DTLS handshake.";
    default:
      return {};
  }
}

}  // namespace

Error describeFailure(int code, bool connected) {
  const std::string number = " (mbedTLS's error " + std::to_string(code) + ")";
  if (connected) return {Error::Operation, "The DTLS session broke" + number + "."};
  const std::string_view sentence = handshakeSentence(code);
  const Error::Code kind = code == MBEDTLS_ERR_SSL_TIMEOUT ? Error::Timeout : Error::Operation;
  if (!sentence.empty()) return {kind, std::string(sentence)};
  const bool isCertificate = code <= MBEDTLS_ERR_X509_FEATURE_UNAVAILABLE && code > MBEDTLS_ERR_X509_FATAL_ERROR;
  if (isCertificate) return {kind, std::string(kCannotParseCertificate)};
  return {kind, "The DTLS handshake failed" + number + "."};
}

Error describeAlert(std::uint8_t alert) {
  return {Error::Operation, "The peer ended the DTLS session with the alert " + std::string(alertName(alert)) + " (" +
                                std::to_string(alert) + ")."};
}

std::string_view alertName(std::uint8_t alert) {
  switch (alert) {
    case 0:
      return "close_notify";
    case 10:
      return "unexpected_message";
    case 20:
      return "bad_record_mac";
    case 22:
      return "record_overflow";
    case 40:
      return "handshake_failure";
    case 42:
      return "bad_certificate";
    case 43:
      return "unsupported_certificate";
    case 44:
      return "certificate_revoked";
    case 45:
      return "certificate_expired";
    case 46:
      return "certificate_unknown";
    case 47:
      return "illegal_parameter";
    case 48:
      return "unknown_ca";
    case 49:
      return "access_denied";
    case 50:
      return "decode_error";
    case 51:
      return "decrypt_error";
    case 70:
      return "protocol_version";
    case 71:
      return "insufficient_security";
    case 80:
      return "internal_error";
    case 90:
      return "user_canceled";
    case 100:
      return "no_renegotiation";
    case 110:
      return "unsupported_extension";
    default:
      return "unknown";
  }
}

}  // namespace portico::dtls
