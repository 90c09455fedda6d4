// The long-term credential mechanism (RFC 8489 §9.2), as the client: user and password of ours, realm and nonce of the
// server's.
#pragma once

#include <cstddef>
#include <string>

#include "core/stun/crypto.h"
#include "core/stun/message.h"
#include "core/stun/message_builder.h"

namespace portico::turn {

// RFC 8489 §14.3, §14.9, §14.10: at most 508 bytes, and fewer than 128 characters, which are 763 bytes at most.
inline constexpr std::size_t kMaxUsernameBytes = 508;
inline constexpr std::size_t kMaxRealmBytes = 763;
inline constexpr std::size_t kMaxNonceBytes = 763;

class Authentication {
 public:
  Authentication(std::string username, std::string password)
      : username_(std::move(username)), password_(std::move(password)) {}

  /// There was a challenge: requests are signed from now on.
  [[nodiscard]] bool ready() const { return !nonce_.empty(); }
  /// The realm and nonce of a 401 or 438. False where they are missing or too long, and nothing changes.
  bool take(const stun::Message& challenge);
  /// USERNAME, REALM, NONCE and MESSAGE-INTEGRITY, in this order; nothing before the first challenge.
  void sign(stun::MessageBuilder& builder) const;
  [[nodiscard]] bool verify(const stun::Message& response) const { return response.verifyIntegrity(key_); }

 private:
  std::string username_;
  std::string password_;
  std::string realm_;
  std::string nonce_;
  stun::Md5Digest key_{};
};

}  // namespace portico::turn
