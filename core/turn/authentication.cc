#include "core/turn/authentication.h"

namespace portico::turn {

bool Authentication::take(const stun::Message& challenge) {
  const auto realm = challenge.text(stun::Attribute::realm);
  const auto nonce = challenge.text(stun::Attribute::nonce);
  if (!nonce || nonce->empty() || nonce->size() > kMaxNonceBytes) return false;
  // RFC 8489 §9.2.5: a 438 has both; some servers leave out the realm, which does not change.
  if (!realm && realm_.empty()) return false;
  if (realm && realm->size() > kMaxRealmBytes) return false;
  if (realm) realm_ = *realm;
  nonce_ = *nonce;
  // RFC 8489 §9.2.2. The nonce's security features ask for no more than this: docs/departures.md.
  key_ = stun::md5(asBytes(username_ + ":" + realm_ + ":" + password_));
  return true;
}

void Authentication::sign(stun::MessageBuilder& builder) const {
  if (!ready()) return;
  builder.text(stun::Attribute::username, username_);
  builder.text(stun::Attribute::realm, realm_);
  builder.text(stun::Attribute::nonce, nonce_);
  builder.messageIntegrity(key_);
}

}  // namespace portico::turn
