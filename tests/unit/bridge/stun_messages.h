// STUN messages as short as they can be.
#pragma once

#include "core/stun/message_builder.h"

namespace portico::bridge {

inline stun::TransactionId transaction(int number) {
  stun::TransactionId id{};
  id[0] = static_cast<std::byte>(number);
  id[1] = static_cast<std::byte>(number >> 8);
  return id;
}

inline ByteVector stunMessage(stun::MessageClass messageClass, int number) {
  ByteVector room(64);
  stun::MessageBuilder builder(room, messageClass, stun::Method::binding, transaction(number));
  return toVector(builder.finish());
}

inline ByteVector request(int number) {
  return stunMessage(stun::MessageClass::request, number);
}

inline ByteVector answer(int number) {
  return stunMessage(stun::MessageClass::success, number);
}

}  // namespace portico::bridge
