// Hostile multicast: packets, cut from the input, come to an engine that asks for names and answers for one, while time
// goes on. The bounds on what it sends are asserted.
#include <cstdlib>

#include "core/mdns/engine.h"

namespace {

using namespace portico;
using namespace std::chrono_literals;

constexpr mdns::LinkId kLink = 1;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView rest = std::as_bytes(std::span(data, size));
  const mdns::Name ours = *mdns::Name::parse("00000000-0000-4000-8000-000000000001.local");
  const mdns::Name theirs = *mdns::Name::parse("00000000-0000-4000-8000-000000000002.local");
  Time now{1000s};
  mdns::Engine engine;
  engine.addLink(kLink, IpFamily::v4);
  engine.addLink(kLink + 1, IpFamily::v6);
  engine.publish(now, ours, IpAddress::fromV4(0xC0000201), {kLink});
  engine.ask(now, theirs);
  std::size_t multicasts = 0;
  std::size_t unicasts = 0;
  const auto drain = [&] {
    for (const mdns::Transmit& transmit : engine.takeTransmits()) {
      ++(transmit.to ? unicasts : multicasts);
      if (!mdns::Message::parse(transmit.packet)) std::abort();
    }
    (void)engine.takeAnswers();
  };
  // Each packet: a byte of flags (its source, whether time goes on), its length in two, and its bytes.
  std::size_t seconds = 1;
  while (rest.size() >= 3) {
    const auto flags = std::to_integer<unsigned>(rest[0]);
    const std::size_t length = std::to_integer<std::size_t>(rest[1]) << 8 | std::to_integer<std::size_t>(rest[2]);
    const ByteView packet = rest.subspan(3, std::min(length, rest.size() - 3));
    rest = rest.subspan(3 + packet.size());
    const auto port = static_cast<std::uint16_t>((flags & 1) != 0 ? mdns::kPort : 40'000);
    engine.handleInput(now, kLink + (flags >> 1 & 1), {IpAddress::fromV4(0xC0000207), port}, packet);
    drain();
    if ((flags & 4) == 0) continue;
    now += 1s;
    ++seconds;
    engine.handleTimeout(now);
    drain();
  }
  // One name of ours on one link: its record and its absence of another, once a second; and the questions for theirs.
  if (multicasts > 2 * seconds + 3 * mdns::kAskIntervals.size()) std::abort();
  if (unicasts > mdns::kMaxUnicastsPerSecond * (seconds + 1)) std::abort();
  return 0;
}
