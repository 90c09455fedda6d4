// Hostile STUN: nothing that parses may make a reader step outside it, and what is read can be written again.
#include <array>
#include <cstdlib>

#include "core/stun/message.h"
#include "core/stun/message_builder.h"

namespace stun = portico::stun;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const portico::ByteView packet(reinterpret_cast<const std::byte*>(data), size);
  const auto message = stun::Message::parse(packet);
  if (!message) return 0;

  std::array<std::uint16_t, 4> unknown;
  const std::array known = {stun::Attribute::username};
  (void)message->unknownRequired(known, unknown);
  (void)message->mappedAddress();
  (void)message->errorCode();
  (void)message->verifyIntegrity(portico::asBytes("key"));
  (void)message->verifyIntegritySha256(portico::asBytes("key"));
  (void)message->verifyFingerprint();

  portico::ByteVector room(size + 128);
  stun::MessageBuilder builder(room, message->messageClass(), message->method(), message->transactionId());
  message->forEach([&](stun::Attribute type, portico::ByteView value) {
    const bool computed = type == stun::Attribute::messageIntegrity ||
                          type == stun::Attribute::messageIntegritySha256 || type == stun::Attribute::fingerprint;
    if (!computed) builder.attribute(type, value);
  });
  const auto again = stun::Message::parse(builder.finish());
  if (!again || again->method() != message->method() || again->messageClass() != message->messageClass()) std::abort();
  return 0;
}
