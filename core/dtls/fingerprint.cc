#include "core/dtls/fingerprint.h"

extern "C" {  // this header of mbedTLS's does not say it itself
#include <mbedtls/constant_time.h>
}
#include <mbedtls/md.h>

#include <algorithm>
#include <optional>
#include <string>

namespace portico::dtls {
namespace {

struct HashName {
  FingerprintHash hash;
  std::string_view name;  ///< of the IANA registry "Hash Function Textual Names"
  mbedtls_md_type_t type;
  std::size_t bytes;
};

constexpr std::array<HashName, 3> kHashes{{
    {FingerprintHash::sha256, "sha-256", MBEDTLS_MD_SHA256, 32},
    {FingerprintHash::sha384, "sha-384", MBEDTLS_MD_SHA384, 48},
    {FingerprintHash::sha512, "sha-512", MBEDTLS_MD_SHA512, 64},
}};

const HashName& nameOf(FingerprintHash hash) {
  return kHashes[static_cast<std::size_t>(hash)];
}

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const HashName* findHash(std::string_view algorithm) {
  const auto same = [algorithm](const HashName& entry) {
    return std::equal(entry.name.begin(), entry.name.end(), algorithm.begin(), algorithm.end(),
                      [](char a, char b) { return a == lowered(b); });
  };
  const auto* found = std::find_if(kHashes.begin(), kHashes.end(), same);
  return found == kHashes.end() ? nullptr : found;
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = lowered(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// RFC 8122 §5: 2UHEX *(":" 2UHEX). Lower case is taken too: some peers write it.
std::optional<std::array<std::uint8_t, kMaxDigestBytes>> parseDigest(std::string_view text, std::size_t bytes) {
  if (text.size() != bytes * 3 - 1) return std::nullopt;
  std::array<std::uint8_t, kMaxDigestBytes> digest{};
  for (std::size_t i = 0; i < bytes; ++i) {
    const int high = hexDigit(text[i * 3]);
    const int low = hexDigit(text[i * 3 + 1]);
    if (high < 0 || low < 0 || (i > 0 && text[i * 3 - 1] != ':')) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

std::array<std::uint8_t, kMaxDigestBytes> digestOf(const HashName& hash, ByteView der) {
  std::array<std::uint8_t, kMaxDigestBytes> digest{};
  // It fails for an unknown hash only, and ours are compiled in.
  mbedtls_md(mbedtls_md_info_from_type(hash.type), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
             digest.data());
  return digest;
}

}  // namespace

DtlsFingerprint computeFingerprint(FingerprintHash hash, ByteView der) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  const HashName& name = nameOf(hash);
  const auto digest = digestOf(name, der);
  DtlsFingerprint fingerprint{std::string(name.name), {}};
  fingerprint.value.reserve(name.bytes * 3);
  for (std::size_t i = 0; i < name.bytes; ++i) {
    if (i > 0) fingerprint.value += ':';
    fingerprint.value += kDigits[digest[i] >> 4];
    fingerprint.value += kDigits[digest[i] & 15];
  }
  return fingerprint;
}

Result<FingerprintSet> FingerprintSet::select(std::span<const DtlsFingerprint> fingerprints) {
  if (fingerprints.empty()) return Error(Error::Type, "The remote DTLS parameters have no fingerprint.");
  if (fingerprints.size() > kMaxFingerprints) {
    return Error(Error::Type,
                 "The remote DTLS parameters have more than " + std::to_string(kMaxFingerprints) + " fingerprints.");
  }
  FingerprintSet set;
  for (const DtlsFingerprint& fingerprint : fingerprints) {
    const HashName* hash = findHash(fingerprint.algorithm);
    if (hash == nullptr) continue;  // RFC 8122 §5: a receiver ignores hash functions that it does not support
    const auto digest = parseDigest(fingerprint.value, hash->bytes);
    if (!digest) {
      return Error(Error::Syntax, "A " + std::string(hash->name) + " fingerprint is " + std::to_string(hash->bytes) +
                                      " hex pairs with colons between them; the remote DTLS parameters have another.");
    }
    // RFC 8122 §5: the set of the most preferred hash function decides, and that set alone.
    if (set.digests_.empty() || hash->hash > set.hash_) {
      set.hash_ = hash->hash;
      set.digests_.clear();
    }
    if (hash->hash == set.hash_) set.digests_.push_back(*digest);
  }
  if (set.digests_.empty()) {
    return Error(Error::Type,
                 "None of the remote fingerprints has a supported hash: sha-256, sha-384 and sha-512 are; "
                 "sha-1 and md5 are refused because they can be forged.");
  }
  return set;
}

bool FingerprintSet::matches(ByteView der) const {
  const HashName& name = nameOf(hash_);
  const auto digest = digestOf(name, der);
  unsigned matched = 0;
  for (const Digest& wanted : digests_) {
    matched |= static_cast<unsigned>(mbedtls_ct_memcmp(wanted.data(), digest.data(), name.bytes) == 0);
  }
  return matched != 0;
}

}  // namespace portico::dtls
