#include "portico/certificate.h"

#include <mbedtls/ecp.h>
#include <mbedtls/pem.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>

#include "core/dtls/certificate_impl.h"
#include "core/dtls/certificate_time.h"
#include "core/dtls/fingerprint.h"
#include "core/dtls/random.h"

namespace portico {
namespace {

using dtls::FingerprintHash;

constexpr std::int64_t kBackdatedSeconds = 86'400;       // peers' clocks may be behind ours
constexpr std::int64_t kValidSeconds = 30 * 86'400;      // W3C webrtc-pc §4.9.1: the default of generateCertificate
constexpr std::size_t kSerialBytes = 16;                 // RFC 5280 §4.1.2.2: at most 20
constexpr std::size_t kMaxPemBytes = 65'536;             // a chain of certificates, with room to spare
constexpr std::size_t kMaxCertificateBytes = 1'536;      // what goes into one outgoing handshake message, DER
constexpr std::size_t kCertificateDerRoomBytes = 1'024;  // ours have about 300
constexpr std::string_view kCertificateHeader = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view kCertificateFooter = "-----END CERTIFICATE-----\n";

Error dataError(std::string sentence) {
  return {Error::Data, std::move(sentence)};
}

Error operationError(const char* step, int code) {
  return {Error::Operation, std::string("The certificate could not be made: ") + step +
                                " failed with mbedTLS's error " + std::to_string(code) + "."};
}

std::string randomHex(Host& host, std::size_t bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  ByteVector raw(bytes);
  host.randomBytes(raw);
  std::string text;
  for (const std::byte b : raw) {
    text += kDigits[std::to_integer<std::size_t>(b >> 4)];
    text += kDigits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
  return text;
}

std::string certificateToPem(const mbedtls_x509_crt& certificate) {
  std::string pem(certificate.raw.len * 2 + 128, '\0');
  std::size_t length = 0;
  const int code =
      mbedtls_pem_write_buffer(kCertificateHeader.data(), kCertificateFooter.data(), certificate.raw.p,
                               certificate.raw.len, reinterpret_cast<unsigned char*>(pem.data()), pem.size(), &length);
  pem.resize(code == 0 && length > 0 ? length - 1 : 0);  // the length counts the terminating zero
  pem.shrink_to_fit();
  return pem;
}

std::string keyToPem(const mbedtls_pk_context& key) {
  std::array<unsigned char, 1'024> buffer{};
  std::string pem;
  if (mbedtls_pk_write_key_pem(&key, buffer.data(), buffer.size()) == 0) {
    pem = reinterpret_cast<const char*>(buffer.data());
  }
  mbedtls_platform_zeroize(buffer.data(), buffer.size());
  return pem;
}

/// The texts and fingerprints that are derived from a certificate and key in place.
void describe(Certificate::Impl& impl) {
  impl.certificatePem = certificateToPem(impl.certificate);
  impl.privateKeyPem = keyToPem(impl.key);
  const ByteView der(reinterpret_cast<const std::byte*>(impl.certificate.raw.p), impl.certificate.raw.len);
  impl.fingerprints.reserve(3);
  for (const FingerprintHash hash : {FingerprintHash::sha256, FingerprintHash::sha384, FingerprintHash::sha512}) {
    impl.fingerprints.push_back(dtls::computeFingerprint(hash, der));
  }
  const mbedtls_x509_time& end = impl.certificate.valid_to;
  impl.expires = dtls::unixSeconds({end.year, end.mon, end.day, end.hour, end.min, end.sec});
}

int generateKey(mbedtls_pk_context& key, Host& host) {
  if (const int code = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)); code != 0) return code;
  return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), dtls::hostRandom, &host);
}

/// A self-signed certificate for impl.key, parsed into impl.certificate.
int signCertificate(Certificate::Impl& impl, Host& host) {
  // A name that says nothing about its owner, and a serial that is positive and without leading zero (RFC 5280
  // §4.1.2.2).
  const std::string name = "CN=" + randomHex(host, 8);
  std::array<unsigned char, kSerialBytes> serial{};
  host.randomBytes(std::as_writable_bytes(std::span(serial)));
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7F) | 0x40);
  const std::int64_t now = host.unixSeconds();
  const std::string from = dtls::certificateTime(now - kBackdatedSeconds);
  const std::string to = dtls::certificateTime(now + kValidSeconds);

  mbedtls_x509write_cert writer;
  mbedtls_x509write_crt_init(&writer);
  mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(&writer, &impl.key);
  mbedtls_x509write_crt_set_issuer_key(&writer, &impl.key);
  int code = mbedtls_x509write_crt_set_subject_name(&writer, name.c_str());
  if (code == 0) code = mbedtls_x509write_crt_set_issuer_name(&writer, name.c_str());
  if (code == 0) code = mbedtls_x509write_crt_set_serial_raw(&writer, serial.data(), serial.size());
  if (code == 0) code = mbedtls_x509write_crt_set_validity(&writer, from.c_str(), to.c_str());
  std::array<unsigned char, kCertificateDerRoomBytes> der{};
  if (code == 0) code = mbedtls_x509write_crt_der(&writer, der.data(), der.size(), dtls::hostRandom, &host);
  mbedtls_x509write_crt_free(&writer);
  if (code < 0) return code;
  // mbedTLS writes at the end of the buffer and returns the length.
  const auto length = static_cast<std::size_t>(code);
  return mbedtls_x509_crt_parse_der(&impl.certificate, der.data() + der.size() - length, length);
}

bool isUnsupportedKey(int code) {
  // mbedTLS adds a low-level error, of 7 bits, to the high-level one that says what it was doing.
  const int highLevel = -(-code & ~0x7F);
  return highLevel == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG || highLevel == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE ||
         highLevel == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG;
}

Error unsupportedKey() {
  return {Error::NotSupported,
          "The certificate's key must be EC P-256 or P-384; RSA and other keys are not supported."};
}

Result<void> parseCertificate(mbedtls_x509_crt& certificate, std::string_view pem) {
  // The leaf comes first (RFC 8446 §4.4.2); the handshake sends it alone, since fingerprints pin nothing else.
  const std::size_t end = pem.find(kCertificateFooter.substr(0, kCertificateFooter.size() - 1));
  if (pem.size() > kMaxPemBytes || end == std::string_view::npos) {
    return dataError("The certificate is not PEM: there is no complete CERTIFICATE block of a sensible size.");
  }
  const std::string leaf(pem.substr(0, end + kCertificateFooter.size() - 1));
  const int code =
      mbedtls_x509_crt_parse(&certificate, reinterpret_cast<const unsigned char*>(leaf.c_str()), leaf.size() + 1);
  if (isUnsupportedKey(code)) return unsupportedKey();
  if (code != 0) {
    return dataError("The certificate does not parse (mbedTLS's error " + std::to_string(code) + ").");
  }
  if (certificate.raw.len > kMaxCertificateBytes) {
    return dataError("The certificate has " + std::to_string(certificate.raw.len) + " bytes; at most " +
                     std::to_string(kMaxCertificateBytes) + " fit the handshake.");
  }
  return {};
}

Result<void> parseKey(mbedtls_pk_context& key, std::string_view pem, Host& host) {
  if (pem.size() > kMaxPemBytes) return dataError("The private key's PEM is too long.");
  if (pem.find("BEGIN RSA PRIVATE KEY") != std::string_view::npos) return unsupportedKey();
  if (pem.find("ENCRYPTED") != std::string_view::npos) {
    return dataError("The private key is encrypted: decrypt it first.");
  }
  std::string text(pem);
  const int code = mbedtls_pk_parse_key(&key, reinterpret_cast<const unsigned char*>(text.c_str()), text.size() + 1,
                                        nullptr, 0, dtls::hostRandom, &host);
  mbedtls_platform_zeroize(text.data(), text.size());
  if (isUnsupportedKey(code)) return unsupportedKey();
  if (code != 0) {
    return dataError("The private key does not parse (mbedTLS's error " + std::to_string(code) + ").");
  }
  return {};
}

bool isSupportedCurve(const mbedtls_pk_context& key) {
  if (mbedtls_pk_can_do(&key, MBEDTLS_PK_ECDSA) == 0) return false;
  const mbedtls_ecp_group_id curve = mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(key));
  return curve == MBEDTLS_ECP_DP_SECP256R1 || curve == MBEDTLS_ECP_DP_SECP384R1;
}

}  // namespace

Result<Certificate> Certificate::generate(Host& host) {
  auto impl = std::make_shared<Impl>();
  if (const int code = generateKey(impl->key, host); code != 0) return operationError("the key's generation", code);
  if (const int code = signCertificate(*impl, host); code != 0) return operationError("signing", code);
  describe(*impl);
  return Certificate(std::move(impl));
}

Result<Certificate> Certificate::fromPem(std::string_view certificatePem, std::string_view privateKeyPem, Host& host) {
  auto impl = std::make_shared<Impl>();
  if (auto parsed = parseCertificate(impl->certificate, certificatePem); !parsed) return parsed.error();
  if (auto parsed = parseKey(impl->key, privateKeyPem, host); !parsed) return parsed.error();
  if (!isSupportedCurve(impl->certificate.pk) || !isSupportedCurve(impl->key)) return unsupportedKey();
  if (mbedtls_pk_check_pair(&impl->certificate.pk, &impl->key, dtls::hostRandom, &host) != 0) {
    return dataError("The private key does not belong to the certificate.");
  }
  describe(*impl);
  return Certificate(std::move(impl));
}

const std::string& Certificate::certificatePem() const {
  return impl_->certificatePem;
}
const std::string& Certificate::privateKeyPem() const {
  return impl_->privateKeyPem;
}
ByteView Certificate::der() const {
  return {reinterpret_cast<const std::byte*>(impl_->certificate.raw.p), impl_->certificate.raw.len};
}
const std::vector<DtlsFingerprint>& Certificate::fingerprints() const {
  return impl_->fingerprints;
}
std::int64_t Certificate::expires() const {
  return impl_->expires;
}

}  // namespace portico
