// A client, and a server that says what a test wants: each request is read from the client's output, each answer is
// made by hand.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/stun/message_builder.h"
#include "core/turn/client.h"

namespace portico::turn {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline SocketAddress at(std::string_view text) {
  return *SocketAddress::parse(text);
}

class SeededRandom : public Random {
 public:
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(engine_() & 0xff);
  }

 private:
  std::mt19937 engine_{1};
};

inline ClientOptions userAndPassword() {
  ClientOptions options;
  options.username = "user";
  options.password = "password";
  return options;
}

struct Script {
  explicit Script(ClientOptions options = userAndPassword()) : client(std::move(options), random) {}

  // What the client sent ----------------------------------------------------------------------------------------------

  /// All that it sent since the last call.
  std::vector<ByteVector> sent() {
    std::vector<ByteVector> packets;
    for (std::size_t i = 0; i < client.output().size(); ++i) packets.push_back(toVector(client.output()[i]));
    client.output().clear();
    return packets;
  }
  /// Takes the one request that it sent since, to be looked at and answered.
  bool takeRequest(stun::Method method) {
    const auto packets = sent();
    if (packets.size() != 1) return false;
    packet = packets.front();
    request = stun::Message::parse(packet);
    return request && request->messageClass() == stun::MessageClass::request && request->method() == method;
  }

  // What the server answers -------------------------------------------------------------------------------------------

  /// `fill` writes the attributes; signed unless `key` is empty.
  template <typename Fill>
  void answer(stun::MessageClass messageClass, Fill fill, std::string_view signedFor = "user:realm:password") {
    ByteVector room(4'096);
    stun::MessageBuilder builder(room, messageClass, request->method(), request->transactionId());
    fill(builder);
    if (!signedFor.empty()) builder.messageIntegrity(stun::md5(asBytes(signedFor)));
    give(builder.finish());
  }
  void challenge(int code = 401, std::string_view nonce = "nonce", std::string_view realm = "realm") {
    answer(
        stun::MessageClass::error,
        [&](stun::MessageBuilder& builder) {
          builder.errorCode(code, "Challenge");
          if (!realm.empty()) builder.text(stun::Attribute::realm, realm);
          if (!nonce.empty()) builder.text(stun::Attribute::nonce, nonce);
        },
        "");
  }
  void refuse(int code, std::string_view reason = "Because") {
    answer(stun::MessageClass::error, [&](stun::MessageBuilder& builder) { builder.errorCode(code, reason); });
  }
  void accept() {
    answer(stun::MessageClass::success, [](stun::MessageBuilder&) {});
  }
  void grantAllocation(std::uint32_t lifetime = 600, std::string_view second = "") {
    answer(stun::MessageClass::success, [&](stun::MessageBuilder& builder) {
      builder.xorAddress(stun::Attribute::xorRelayedAddress, at("198.51.100.7:50000"));
      if (!second.empty()) builder.xorAddress(stun::Attribute::xorRelayedAddress, at(second));
      builder.xorAddress(stun::Attribute::xorMappedAddress, at("203.0.113.5:4000"));
      builder.u32(stun::Attribute::lifetime, lifetime);
    });
  }
  std::optional<PeerData> give(ByteView message) {
    inbox = toVector(message);
    return client.handleInput(now, inbox);
  }

  // The usual
  // -----------------------------------------------------------------------------------------------------------

  /// A client whose allocation is made, with nothing in its output and its events read.
  bool allocate(std::uint32_t lifetime = 600, std::string_view second = "") {
    client.start(now);
    if (!takeRequest(stun::Method::allocate)) return false;
    challenge();
    if (!takeRequest(stun::Method::allocate)) return false;
    grantAllocation(lifetime, second);
    return client.allocated() && std::holds_alternative<Allocated>(*client.pollEvent());
  }
  bool permit(const SocketAddress& peer) {
    client.send(now, peer, asBytes("first"));
    if (!takeRequest(stun::Method::createPermission)) return false;
    accept();
    return sent().size() == 1;
  }
  bool bind(const SocketAddress& peer) {
    client.bindChannel(now, peer);
    if (!takeRequest(stun::Method::channelBind)) return false;
    accept();
    return true;
  }
  /// Timeouts until `end`, each at its time. False: it asked to be called again for a time that has passed.
  bool sleepUntil(Time end) {
    while (client.nextTimeout() && *client.nextTimeout() <= end) {
      if (*client.nextTimeout() < now) return false;
      const Time due = *client.nextTimeout();
      now = due;
      client.handleTimeout(now);
      if (client.nextTimeout() && *client.nextTimeout() <= due) return false;
    }
    now = end;
    return true;
  }
  template <typename T>
  std::optional<T> event() {
    const auto next = client.pollEvent();
    if (!next || !std::holds_alternative<T>(*next)) return std::nullopt;
    return std::get<T>(*next);
  }

  Time now{seconds(1'000)};
  SeededRandom random;
  Client client;
  ByteVector packet;
  std::optional<stun::Message> request;
  ByteVector inbox;
};

}  // namespace portico::turn
