// Hostile messages of a client, and datagrams between them, through the whole relay: nothing goes anywhere that the
// policy denies or that has not consented, and what the bridge says is well formed and bounded.
#include <cstdlib>

#include "core/stun/message.h"
#include "native/bridge/relay/embedded_address.h"
#include "native/bridge/relay/relay.h"

using namespace portico;
using namespace portico::bridge;

namespace {

void checkCapsules(ByteView message) {
  CapsuleReader reader(message);
  while (reader.next()) {
  }
  if (reader.malformed() || message.size() > 2 * kMaxMessageBytes) std::abort();
}

}  // namespace

// Steps: a length (16), with the high bit for a datagram from the last destination, and that many bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input(std::as_bytes(std::span(data, size)));
  AddressPolicyOptions policy;
  policy.allow = {*Network::parse("10.1.0.0/16")};
  RelayOptions options;
  options.policy = std::make_shared<AddressPolicy>(policy);
  options.v4 = options.v6 = true;
  options.rates = {std::make_shared<Rates>(RateLimit{1'000'000, 1000})};
  Relay relay(options);
  Time now{std::chrono::seconds(1)};
  SocketAddress last = *SocketAddress::parse("10.1.0.1:5000");
  while (!input.atEnd()) {
    const std::uint16_t head = input.u16();
    const ByteView step = input.bytes(std::min<std::size_t>(head & 0x7fff, input.remaining()));
    now += std::chrono::milliseconds(7);
    if ((head & 0x8000) != 0) {
      ByteVector copy = toVector(step);
      Datagram datagram{last, copy};
      relay.onDatagrams(now, std::span(&datagram, 1), head & 0xff);
    } else {
      const bool failed = relay.onMessage(now, step).has_value();
      for (const OutgoingDatagram& datagram : relay.outgoing()) {
        if (!options.policy->permits(datagram.remote) || !(normalise(datagram.remote.ip) == datagram.remote.ip))
          std::abort();
        last = datagram.remote;
      }
      if (failed) break;
    }
    checkCapsules(relay.toClient());
    if (head % 5 == 0) relay.toClient().clear();
  }
  return 0;
}
