#include "core/stun/crypto.h"

#include <mbedtls/md5.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>

#include <algorithm>

extern "C" {  // which this header, alone among mbedTLS's, does not say itself
#include <mbedtls/constant_time.h>
}

namespace portico::stun {
namespace {

constexpr std::size_t kBlockBytes = 64;  // of SHA-1 and of SHA-256

const unsigned char* octets(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// The hash contexts straight, rather than mbedtls_md_hmac: that one allocates for every message.
class Sha1 {
 public:
  using Digest = Sha1Digest;
  Sha1() {
    mbedtls_sha1_init(&context_);
    mbedtls_sha1_starts(&context_);
  }
  ~Sha1() { mbedtls_sha1_free(&context_); }
  Sha1(const Sha1&) = delete;
  Sha1& operator=(const Sha1&) = delete;
  void update(ByteView data) { mbedtls_sha1_update(&context_, octets(data), data.size()); }
  Digest finish() {
    Digest digest;
    mbedtls_sha1_finish(&context_, reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
  }

 private:
  mbedtls_sha1_context context_;
};

class Sha256 {
 public:
  using Digest = Sha256Digest;
  Sha256() {
    mbedtls_sha256_init(&context_);
    mbedtls_sha256_starts(&context_, 0);
  }
  ~Sha256() { mbedtls_sha256_free(&context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(ByteView data) { mbedtls_sha256_update(&context_, octets(data), data.size()); }
  Digest finish() {
    Digest digest;
    mbedtls_sha256_finish(&context_, reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
  }

 private:
  mbedtls_sha256_context context_;
};

std::array<std::byte, kBlockBytes> padded(ByteView key, std::byte pad) {
  std::array<std::byte, kBlockBytes> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (std::byte& b : block) b ^= pad;
  return block;
}

template <typename Hash>
typename Hash::Digest hmac(ByteView key, std::span<const ByteView> parts) {
  typename Hash::Digest shortKey;
  if (key.size() > kBlockBytes) {  // RFC 2104 §2: a long key is hashed first
    Hash hash;
    hash.update(key);
    shortKey = hash.finish();
    key = shortKey;
  }
  Hash inner;
  inner.update(padded(key, std::byte{0x36}));
  for (const ByteView part : parts) inner.update(part);
  Hash outer;
  outer.update(padded(key, std::byte{0x5c}));
  outer.update(inner.finish());
  return outer.finish();
}

}  // namespace

Sha1Digest hmacSha1(ByteView key, std::span<const ByteView> parts) {
  return hmac<Sha1>(key, parts);
}

Sha256Digest hmacSha256(ByteView key, std::span<const ByteView> parts) {
  return hmac<Sha256>(key, parts);
}

Md5Digest md5(ByteView data) {
  Md5Digest digest;
  mbedtls_md5(octets(data), data.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

bool equalInConstantTime(ByteView a, ByteView b) {
  return a.size() == b.size() && mbedtls_ct_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace portico::stun
