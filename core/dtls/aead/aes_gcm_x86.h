// AES-128-GCM and AES-256-GCM (NIST SP 800-38D) in the vector instructions of x86-64.
//
// It is here because records are the largest part of what a byte costs us, and mbedTLS's own GCM does one block at a
// time. Nothing in it depends on a secret but data: no branch and no address.
#pragma once

#include <cstddef>
#include <cstdint>

namespace portico::aead {

enum class AesGcmLevel : std::uint8_t {
  none,     ///< this processor, or this build, can't: use the portable code
  aesni,    ///< AES-NI and PCLMULQDQ, eight blocks at a time
  vaes512,  ///< VAES and VPCLMULQDQ on 512 bits, sixteen blocks at a time
};

inline constexpr std::size_t kBlockBytes = 16;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kMaxRounds = 14;
inline constexpr std::size_t kHashPowers = 16;
/// Zeros behind the powers, so that the last load of four may reach beyond H.
inline constexpr std::size_t kHashPadding = 3;

/// What the processor that runs this can do. It asks the processor, which is slow in a virtual machine: once for a key.
AesGcmLevel detectAesGcm();

struct AesGcmKey {
  std::uint8_t roundKeys[kMaxRounds + 1][kBlockBytes];
  /// H^16, H^15 … H, each byte-reversed and times x, so that a product needs no shift afterwards.
  std::uint8_t hashPowers[kHashPowers + kHashPadding][kBlockBytes];
  std::uint8_t rounds;
  AesGcmLevel level;
};

struct Bytes {
  const std::uint8_t* data;
  std::size_t size;
};

/// `key` is of 16 or 32 bytes; false for another length, and for level none.
bool aesGcmSetKey(AesGcmKey& key, AesGcmLevel level, Bytes secret);

/// `out` has plaintext.size bytes, and is plaintext.data itself or does not overlap it.
void aesGcmSeal(const AesGcmKey& key, const std::uint8_t* nonce, Bytes associated, Bytes plaintext, std::uint8_t* out,
                std::uint8_t* tag);

/// The full tag that `ciphertext` should have; what is in `out` is not to be used before the tags were compared.
void aesGcmOpen(const AesGcmKey& key, const std::uint8_t* nonce, Bytes associated, Bytes ciphertext, std::uint8_t* out,
                std::uint8_t* tag);

}  // namespace portico::aead
