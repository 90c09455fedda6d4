// A hostile peer that knows the passwords: the input is a list of what happens to an agent, its packets signed rightly
// after they were made wrong. The agent must stay within its bounds and keep its promises about time.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "core/ice/agent.h"
#include "core/stun/message_builder.h"
#include "core/wire/byte_reader.h"
#include "tests/fuzz/counting_random.h"

namespace {

using namespace portico;  // NOLINT(google-build-using-namespace): one file, one purpose
using namespace portico::ice;

IceParameters parameters(const char* ufrag) {
  IceParameters made;
  made.usernameFragment = ufrag;
  made.password = "abcdefghijklmnopqrstuvwxyz";
  return made;
}

SocketAddress addressOf(unsigned number) {
  return {IpAddress::fromV4(0xc0000200U + number), static_cast<std::uint16_t>(2'000 + number % 3)};
}

/// The attacker's hand: reads the input, acts on the agent.
class Scene {
 public:
  explicit Scene(ByteView script) : script_(script), agent_(options(), random_) {
    agent_.addSocket(now_, 1, addressOf(250), 65'535);
    agent_.addSocket(now_, 2, addressOf(251), 65'534);
  }

  void play() {
    while (!script_.atEnd()) {
      act(script_.u8() % 12);
      drain();
      check();
    }
  }

 private:
  AgentOptions options() {
    AgentOptions made;
    made.local = parameters("mine");
    made.lite = script_.u8() % 8 == 0;
    return made;
  }

  void act(unsigned what) {
    switch (what) {
      case 0:
        return agent_.start(now_, parameters(script_.u8() % 2 == 0 ? "hand" : "hans"), role());
      case 1:
        return agent_.restart(now_, parameters("mine"));
      case 2:
        return addCandidate();
      case 3:
        return agent_.endOfRemoteCandidates(now_);
      case 4:
        return agent_.removeSocket(now_, script_.u8() % 4, "gone");
      case 5:
        return agent_.addSocket(now_, script_.u8() % 4, addressOf(script_.u8()), script_.u16());
      case 6:
        return agent_.addStunServer(now_, addressOf(script_.u8()), "stun:fuzz");
      case 7:
        now_ += std::chrono::milliseconds(script_.u16());
        return agent_.handleTimeout(now_);
      case 8:
        return raw();
      case 9:
        return respond();
      default:
        return request();
    }
  }

  std::optional<IceRole> role() {
    const unsigned choice = script_.u8() % 3;
    if (choice == 0) return std::nullopt;
    return choice == 1 ? IceRole::controlling : IceRole::controlled;
  }

  void addCandidate() {
    IceCandidate candidate;
    candidate.foundation = std::to_string(script_.u8() % 4);
    candidate.address = addressOf(script_.u8()).ip.toString();
    candidate.port = script_.u16();
    candidate.priority = script_.u32();
    candidate.type = script_.u8() % 3 == 0 ? "srflx" : "host";
    (void)agent_.addRemoteCandidate(now_, candidate);
  }

  void raw() {
    const ByteView packet = script_.bytes(std::min<std::size_t>(script_.u8(), script_.remaining()));
    agent_.handleInput(now_, 1, addressOf(script_.u8()), packet);
  }

  void request() {
    std::array<std::byte, 600> room;
    stun::TransactionId id{};
    stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, id);
    const unsigned flags = script_.u8();
    builder.text(stun::Attribute::username, (flags & 1) != 0 ? "mine:hand" : "mine:hans");
    if ((flags & 2) != 0) builder.u32(stun::Attribute::priority, script_.u32());
    if ((flags & 4) != 0) builder.u64(stun::Attribute::iceControlling, script_.u8() * 0x0101010101010101ULL);
    if ((flags & 8) != 0) builder.u64(stun::Attribute::iceControlled, script_.u8() * 0x0101010101010101ULL);
    if ((flags & 16) != 0) builder.flag(stun::Attribute::useCandidate);
    if ((flags & 32) != 0) builder.attribute(static_cast<stun::Attribute>(script_.u16()), script_.rest().first(0));
    builder.messageIntegrity(asBytes(parameters("").password));
    builder.fingerprint();
    agent_.handleInput(now_, 1 + script_.u8() % 2, addressOf(script_.u8()), builder.finish());
  }

  void respond() {
    if (!asked_) return;
    const auto request = stun::Message::parse(asked_->payload);
    if (!request) return;
    const unsigned flags = script_.u8();
    std::array<std::byte, 600> room;
    const bool error = (flags & 1) != 0;
    stun::MessageBuilder builder(room, error ? stun::MessageClass::error : stun::MessageClass::success,
                                 stun::Method::binding, request->transactionId());
    if (error) builder.errorCode((flags & 2) != 0 ? 487 : 400, "");
    if ((flags & 4) == 0) builder.xorAddress(stun::Attribute::xorMappedAddress, addressOf(script_.u8()));
    builder.messageIntegrity(asBytes(parameters("").password));
    builder.fingerprint();
    const SocketAddress from = (flags & 8) != 0 ? addressOf(script_.u8()) : asked_->remote;
    agent_.handleInput(now_, asked_->socket, from, builder.finish());
  }

  void drain() {
    while (auto out = agent_.pollTransmit()) {
      const auto message = stun::Message::parse(out->payload);
      if (!message) std::abort();  // we send STUN and nothing else
      if (message->messageClass() == stun::MessageClass::request) asked_ = std::move(out);
    }
    while (agent_.pollEvent()) {
    }
  }

  void check() {
    if (agent_.remoteCandidates().size() > kMaxRemoteCandidates) std::abort();
    if (agent_.localCandidates().size() > kMaxLocalCandidates) std::abort();
    if (agent_.selectedPair() && !agent_.usablePair()) std::abort();
    // A timeout that is due must go away when it is handled: otherwise the host spins.
    for (int i = 0; i < 4; ++i) {
      const auto next = agent_.nextTimeout();
      if (!next || *next > now_) return;
      agent_.handleTimeout(now_);
      drain();
    }
    const auto next = agent_.nextTimeout();
    if (next && *next <= now_) std::abort();
  }

  ByteReader script_;
  CountingRandom random_;
  Agent agent_;
  Time now_{std::chrono::seconds(1'000)};
  std::optional<Transmit> asked_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Scene(ByteView(reinterpret_cast<const std::byte*>(data), size)).play();
  return 0;
}
