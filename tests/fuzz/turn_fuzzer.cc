// A hostile TURN server that knows the password, and a hostile stream: the input is a list of what happens to a client,
// the server's answers signed rightly after they were made wrong. The client must stay within its bounds and keep its
// promises about time.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "core/stun/message_builder.h"
#include "core/turn/client.h"
#include "core/turn/deframer.h"
#include "core/wire/byte_reader.h"
#include "tests/fuzz/counting_random.h"

namespace {

using namespace portico;  // NOLINT(google-build-using-namespace): one file, one purpose
using namespace portico::turn;

SocketAddress addressOf(unsigned number) {
  return {IpAddress::fromV4(0xc0000200U + number), static_cast<std::uint16_t>(2'000 + number % 3)};
}

class Scene {
 public:
  explicit Scene(ByteView script) : script_(script), client_(options(), random_) { client_.start(now_); }

  void play() {
    while (!script_.atEnd()) {
      act(script_.u8() % 8);
      drain();
      check();
    }
  }

 private:
  ClientOptions options() {
    ClientOptions made{"user", "password"};
    made.stream = script_.u8() % 2 == 0;
    made.families = static_cast<Families>(script_.u8() % 3);
    return made;
  }

  void act(unsigned what) {
    switch (what) {
      case 0:
        return client_.send(now_, addressOf(script_.u8()),
                            script_.bytes(std::min<std::size_t>(8, script_.remaining())));
      case 1:
        return client_.bindChannel(now_, addressOf(script_.u8()));
      case 2:
        now_ += std::chrono::milliseconds(script_.u16() * (script_.u8() % 8));
        return client_.handleTimeout(now_);
      case 3:
        return give(toVector(script_.bytes(std::min<std::size_t>(script_.u8(), script_.remaining()))));
      case 4:
      case 5:
        return answer();
      case 6:
        return stream();
      default:
        if (script_.u8() == 0) client_.stop(now_);
    }
  }

  // An answer to the last request, with whatever attributes.
  void answer() {
    std::array<std::byte, 1'024> room;
    const auto kind = script_.u8() % 2 == 0 ? stun::MessageClass::success : stun::MessageClass::error;
    stun::MessageBuilder builder(room, kind, lastMethod_, last_);
    for (unsigned count = script_.u8() % 6; count > 0; --count) attribute(builder);
    if (script_.u8() % 8 != 0) builder.messageIntegrity(stun::md5(asBytes("user:r:password")));
    const ByteView written = builder.finish();
    give(toVector(written));
  }

  void attribute(stun::MessageBuilder& builder) {
    switch (script_.u8() % 7) {
      case 0:
        return builder.errorCode(300 + script_.u16() % 300, "why");
      case 1:
        builder.text(stun::Attribute::realm, "r");
        return builder.text(stun::Attribute::nonce, "n");
      case 2:
        return builder.xorAddress(stun::Attribute::xorRelayedAddress, addressOf(script_.u8()));
      case 3:
        return builder.xorAddress(stun::Attribute::xorMappedAddress, addressOf(script_.u8()));
      case 4:
        return builder.u32(stun::Attribute::lifetime, script_.u32());
      case 5:
        return builder.address(stun::Attribute::alternateServer, addressOf(script_.u8()));
      default:
        return builder.attribute(static_cast<stun::Attribute>(script_.u16()),
                                 script_.bytes(std::min<std::size_t>(script_.u8() % 32, script_.remaining())));
    }
  }

  void give(ByteVector message) {
    const auto data = client_.handleInput(now_, message);
    if (!data) return;
    const auto* begin = message.data();
    if (data->payload.data() < begin || data->payload.data() + data->payload.size() > begin + message.size()) {
      std::abort();
    }
  }

  void stream() {
    const ByteView piece = script_.bytes(std::min<std::size_t>(script_.u8(), script_.remaining()));
    std::size_t cut = 0;
    const std::size_t before = deframer_.keptBytes();
    const bool whole = deframer_.push(piece, [&](MutableByteView message) {
      cut += message.size();
      give(toVector(message));
    });
    if (whole && cut + deframer_.keptBytes() != before + piece.size()) std::abort();
    if (!whole) deframer_ = Deframer();
  }

  void drain() {
    for (std::size_t i = 0; i < client_.output().size(); ++i) {
      const MutableByteView packet = client_.output()[i];
      if (isChannelData(packet)) {
        if (!parseChannelData(packet)) std::abort();
        continue;
      }
      const auto message = stun::Message::parse(packet);
      if (!message) std::abort();
      if (message->messageClass() != stun::MessageClass::request) continue;
      last_ = message->transactionId();
      lastMethod_ = message->method();
    }
    client_.output().clear();
    while (client_.pollEvent()) {
    }
  }

  void check() {
    for (int i = 0; i < 3 && client_.nextTimeout() && *client_.nextTimeout() <= now_; ++i) {
      client_.handleTimeout(now_);
      drain();
      if (i == 2) std::abort();  // asks again and again for a time that has come
    }
  }

  ByteReader script_;
  CountingRandom random_;
  Time now_{std::chrono::seconds(1'000)};
  Client client_;
  Deframer deframer_;
  stun::TransactionId last_{};
  stun::Method lastMethod_ = stun::Method::allocate;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Scene(ByteView(reinterpret_cast<const std::byte*>(data), size)).play();
  return 0;
}
