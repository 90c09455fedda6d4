#include "native/bridge/session.h"

#include <algorithm>

#include "native/bridge/clock.h"

namespace portico::bridge {
namespace {

/// How many datagrams at the head of `batch` go to one place.
std::size_t runLength(std::span<const OutgoingDatagram> batch) {
  const auto other = std::find_if(batch.begin(), batch.end(), [&](const OutgoingDatagram& datagram) {
    return !(datagram.remote == batch.front().remote);
  });
  return static_cast<std::size_t>(other - batch.begin());
}

}  // namespace

void Session::start(const BoundValue& bound) {
  relay_.announce(bound);
  parts_.webSocket->start(shared_from_this());
  for (const auto& port : parts_.ports) watch(*port);
  flush();
}

double Session::secondsOpen() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - openedAt_).count();
}

Counters Session::counters() {
  Counters counters = relay_.counters();
  for (const auto& port : parts_.ports) counters.dropped(Drop::kernelLost) += port->lostInKernel();
  return counters;
}

void Session::onMessage(ByteView message) {
  const Time at = now();
  const auto failure = relay_.onMessage(at, message);
  sendOutgoing(at);
  if (failure) {
    const bool malformed = failure->fault == Relay::Fault::malformed;
    return close(malformed ? kCloseProtocolError : kClosePolicyViolation, failure->reason);
  }
  flush();
}

/// In runs to one place, so that what the system refuses can be told of that place.
void Session::sendOutgoing(Time at) {
  for (auto rest = relay_.outgoing(); !rest.empty();) {
    const auto run = rest.first(runLength(rest));
    rest = rest.subspan(run.size());
    const SocketAddress& remote = run.front().remote;
    const auto port = std::find_if(parts_.ports.begin(), parts_.ports.end(), [&](const auto& candidate) {
      return candidate->descriptor().family == remote.ip.family();
    });
    const SendOutcome outcome = io_.datagrams->send((*port)->descriptor(), run);
    if (outcome.fatal != 0) return close(kCloseInternalError, "the UDP socket failed");
    if (outcome.dropped > 0) relay_.onSendFailed(at, remote, outcome.dropped, Drop::unreachable);
    const std::size_t left = run.size() - outcome.consumed;
    if (left > 0) relay_.onSendFailed(at, remote, left, Drop::kernelFull);
  }
}

void Session::watch(UdpPort& port) {
  port.whenReadable([self = shared_from_this(), &port] { self->onReadable(port); });
}

void Session::onReadable(UdpPort& port) {
  if (ended_) return;
  bool more = true;
  for (int batches = 0; more && batches < kBatchesPerWakeUp; ++batches) {
    const ReceiveOutcome outcome = io_.datagrams->receive(port.descriptor(), io_.batch);
    relay_.counters().dropped(Drop::malformed) += outcome.dropped;
    relay_.onDatagrams(now(), io_.batch, parts_.webSocket->unsentBytes());
    if (outcome.fatal != 0) return close(kCloseInternalError, "the UDP socket failed");
    more = outcome.more;
  }
  flush();
  watch(port);
}

/// While a message is being written, what comes in gathers for the next one.
void Session::flush() {
  if (ended_ || parts_.webSocket->unsentBytes() > 0 || relay_.toClient().empty()) return;
  ++relay_.counters().messagesIn;
  parts_.webSocket->write(relay_.toClient());
}

void Session::onEnd(const std::string& reason) {
  ended_ = true;
  parts_.onEnd(*this, reason);
  for (const auto& port : parts_.ports) port->close();
}

}  // namespace portico::bridge
