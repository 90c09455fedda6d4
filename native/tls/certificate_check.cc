#include "native/tls/certificate_check.h"

#include <mbedtls/oid.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace portico::tls {
namespace {

/// Of those that a certificate has: some have a hundred.
constexpr std::size_t kMaxNamesTold = 4;
/// mbedTLS's verdict where it has not come so far.
constexpr std::uint32_t kNotVerified = 0xffffffff;
/// RFC 1035 §2.3.4; what is longer is no name.
constexpr std::size_t kMaxNameBytes = 255;

/// Nobody has vouched for the names of a certificate that is refused: they go to a terminal as plain ASCII.
std::string printable(ByteView name) {
  std::string text(asText(name.first(std::min(name.size(), kMaxNameBytes))));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

ByteView bytesOf(const mbedtls_x509_buf& buffer) {
  return {reinterpret_cast<const std::byte*>(buffer.p), buffer.len};
}

int kindOf(const mbedtls_x509_sequence& name) {
  return name.buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
}

/// A subjectAltName of 4 or 16 bytes.
std::optional<IpAddress> addressIn(const mbedtls_x509_sequence& name) {
  const ByteView bytes = bytesOf(name.buf);
  if (kindOf(name) != MBEDTLS_X509_SAN_IP_ADDRESS) {
    return std::nullopt;
  }
  if (bytes.size() == 16) {
    return IpAddress::fromV6(bytes.first<16>());
  }
  if (bytes.size() != 4) {
    return std::nullopt;
  }
  std::uint32_t v4 = 0;
  for (const std::byte byte : bytes) {
    v4 = v4 << 8 | std::to_integer<std::uint32_t>(byte);
  }
  return IpAddress::fromV4(v4);
}

bool hasNames(const mbedtls_x509_crt& certificate) {
  return mbedtls_x509_crt_has_ext_type(&certificate, MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) != 0;
}

/// "a.example, b.example and 3 others".
std::string namesOf(const mbedtls_x509_crt& certificate) {
  std::string text;
  std::size_t count = 0;
  const mbedtls_x509_sequence* name = hasNames(certificate) ? &certificate.subject_alt_names : nullptr;
  for (; name != nullptr; name = name->next) {
    const std::optional<IpAddress> address = addressIn(*name);
    if ((!address && kindOf(*name) != MBEDTLS_X509_SAN_DNS_NAME) || ++count > kMaxNamesTold) {
      continue;
    }
    text += (text.empty() ? "" : ", ") + (address ? address->toString() : printable(bytesOf(name->buf)));
  }
  if (count > kMaxNamesTold) {
    text += " and " + std::to_string(count - kMaxNamesTold) + " others";
  }
  return text;
}

std::string nameOf(const mbedtls_x509_name& name) {
  std::array<char, 256> text{};
  if (mbedtls_x509_dn_gets(text.data(), text.size(), &name) <= 0) {
    return "somebody";
  }
  return '"' + printable(asBytes(text.data())) + '"';
}

std::string dateOf(const mbedtls_x509_time& time) {
  const auto twoDigits = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(time.year) + "-" + twoDigits(time.mon) + "-" + twoDigits(time.day);
}

bool isOwnIssuer(const mbedtls_x509_crt& certificate) {
  const ByteView issuer = bytesOf(certificate.issuer_raw);
  const ByteView subject = bytesOf(certificate.subject_raw);
  return std::equal(issuer.begin(), issuer.end(), subject.begin(), subject.end());
}

std::string untrusted(const mbedtls_x509_crt& certificate, int depth) {
  if (isOwnIssuer(certificate) && depth == 0) {
    return "its certificate is signed by itself, and this machine does not trust it";
  }
  return "its certificate was issued by " + nameOf(certificate.issuer) +
         ", which this machine does not trust, or a certificate between the two is missing";
}

}  // namespace

CertificateCheck::CertificateCheck(const std::string& serverName)
    : serverName_(serverName), address_(IpAddress::parse(serverName)) {
  if (!address_) {
    hostName_ = serverName;
    if (hostName_.ends_with('.')) {
      hostName_.pop_back();  // RFC 6066 §3: without the trailing dot
    }
  }
}

int CertificateCheck::onCertificate(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags) {
  static_cast<CertificateCheck*>(self)->look(*certificate, depth, *flags);
  return 0;
}

void CertificateCheck::look(const mbedtls_x509_crt& certificate, int depth, std::uint32_t& flags) {
  const std::string whose = depth == 0 ? "its certificate" : "the certificate of " + nameOf(certificate.subject);
  // RFC 9525 §6.3: what stands in the subject is no name, which mbedTLS would take where there is no other.
  if (depth == 0 && (address_ ? !namesAddress(certificate) : !hasNames(certificate))) {
    flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
  }
  if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0) {
    const std::string names = namesOf(certificate);
    found_.push_back(names.empty() ? whose + " names no host" : whose + " is for " + names + ", not " + serverName_);
  }
  if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0) {
    found_.push_back(whose + " expired on " + dateOf(certificate.valid_to));
  }
  if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0) {
    found_.push_back(whose + " is not valid before " + dateOf(certificate.valid_from) +
                     " (is this machine's clock right?)");
  }
  if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
    found_.push_back(untrusted(certificate, depth));
  }
}

bool CertificateCheck::namesAddress(const mbedtls_x509_crt& certificate) const {
  const mbedtls_x509_sequence* name = hasNames(certificate) ? &certificate.subject_alt_names : nullptr;
  for (; name != nullptr; name = name->next) {
    if (addressIn(*name) == address_) {
      return true;
    }
  }
  return false;
}

std::string CertificateCheck::failure(std::uint32_t flags) const {
  constexpr std::uint32_t kWeak =
      MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY;
  constexpr std::uint32_t kUsage = MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
  if (flags == kNotVerified) {
    return "its certificate can't be read";
  }
  std::string text;
  const auto add = [&](const std::string& reason) { text += (text.empty() ? "" : "; ") + reason; };
  std::for_each(found_.begin(), found_.end(), add);
  if ((flags & kWeak) != 0) {
    add("its certificate has a key or a signature that is too weak");
  }
  if ((flags & kUsage) != 0) {
    add("its certificate is not for a TLS server");
  }
  return text.empty() ? "its certificate is not valid" : text;
}

}  // namespace portico::tls
