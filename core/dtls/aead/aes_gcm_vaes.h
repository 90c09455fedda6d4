// The part of AES-GCM that is done sixteen blocks at a time, with VAES and VPCLMULQDQ on 512 bits.
#pragma once

#include "core/dtls/aead/aes_gcm_x86.h"

namespace portico::aead {

/// CTR over `in`, and GHASH of the ciphertext into `hash`. `counter` is the first counter block and `hash` the hash so
/// far, both byte-reversed.
void vaesSeal(const AesGcmKey& key, const std::uint8_t* counter, std::uint8_t* hash, Bytes in, std::uint8_t* out);
void vaesOpen(const AesGcmKey& key, const std::uint8_t* counter, std::uint8_t* hash, Bytes in, std::uint8_t* out);

}  // namespace portico::aead
