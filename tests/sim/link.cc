#include "tests/sim/link.h"

#include <algorithm>

namespace portico::sim {
namespace {

constexpr std::int64_t kNanosecondsPerMicrosecond = 1000;
constexpr std::uint64_t kBitNanoseconds = 8'000'000'000;  // of one byte at one bit a second

}  // namespace

Link::Link(Fabric& fabric, Duration floor, Sink sink)
    : fabric_(fabric),
      floor_(floor),
      sink_(std::move(sink)),
      id_(fabric.scheduler.add(*this)),
      random_(fabric.random.next()) {}

Link::~Link() {
  fabric_.scheduler.remove(id_);
}

void Link::send(PacketPtr packet) {
  Time departure = fabric_.now();
  if (!admit(*packet, departure)) return;
  if (random_.chance(options.loss)) {
    fabric_.record(Fate::lost, *packet);
    return;
  }
  if (random_.chance(options.duplication)) {
    fabric_.record(Fate::duplicated, *packet);
    launch(fabric_.pool.make(packet->from, packet->to, packet->payload), departure);
  }
  launch(std::move(packet), departure);
}

/// Whether there is a cable and room before it; moves `departure` to when the last bit has left.
bool Link::admit(const Packet& packet, Time& departure) {
  if (!options.connected) {
    fabric_.record(Fate::linkDown, packet);
    return false;
  }
  if (packet.wireSize() > options.mtu) {
    fabric_.record(Fate::tooBig, packet);
    return false;
  }
  if (options.bitsPerSecond == 0) return true;

  const std::int64_t now = departure.time_since_epoch().count() * kNanosecondsPerMicrosecond;
  const std::int64_t begin = std::max(now, busyUntil_);
  const double waiting = static_cast<double>(begin - now) * static_cast<double>(options.bitsPerSecond) /
                         static_cast<double>(kBitNanoseconds);
  if (waiting + static_cast<double>(packet.wireSize()) > static_cast<double>(options.queueBytes)) {
    fabric_.record(Fate::queueFull, packet);
    return false;
  }
  busyUntil_ = begin + static_cast<std::int64_t>(packet.wireSize() * kBitNanoseconds / options.bitsPerSecond);
  departure = Time(Duration((busyUntil_ + kNanosecondsPerMicrosecond - 1) / kNanosecondsPerMicrosecond));
  return true;
}

void Link::launch(PacketPtr packet, Time departure) {
  Time arrival = departure + floor_ + options.delay;
  if (options.jitter > Duration::zero()) {
    arrival += Duration(static_cast<Duration::rep>(random_.upTo(static_cast<std::uint64_t>(options.jitter.count()))));
  }
  if (options.reorderingDelay > Duration::zero() && random_.chance(options.reordering)) {
    const auto limit = static_cast<std::uint64_t>(options.reorderingDelay.count()) - 1;
    arrival += Duration(1 + static_cast<Duration::rep>(random_.upTo(limit)));
    fabric_.record(Fate::reordered, *packet);
  } else {
    arrival = std::max(arrival, lastArrival_);
    lastArrival_ = arrival;
  }
  if (arrival <= fabric_.now() && inFlight_.empty()) return pass(std::move(packet));

  auto place = inFlight_.end();
  while (place != inFlight_.begin() && std::prev(place)->arrival > arrival) --place;
  inFlight_.insert(place, InFlight{arrival, std::move(packet)});
  schedule();
}

void Link::schedule() {
  if (inFlight_.empty() || inFlight_.front().arrival >= nextFire_) return;
  nextFire_ = inFlight_.front().arrival;
  fabric_.scheduler.at(nextFire_, Phase::links, id_);
}

void Link::fire(Time now) {
  if (now < nextFire_) return;  // an older deadline, that has been moved since
  nextFire_ = Time::max();
  while (!inFlight_.empty() && inFlight_.front().arrival <= now) {
    PacketPtr packet = std::move(inFlight_.front().packet);
    inFlight_.pop_front();
    pass(std::move(packet));
  }
  schedule();
}

void Link::pass(PacketPtr packet) {
  if (!options.connected) {
    fabric_.record(Fate::linkDown, *packet);
    return;
  }
  sink_(std::move(packet));
}

}  // namespace portico::sim
