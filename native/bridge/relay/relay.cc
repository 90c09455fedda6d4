#include "native/bridge/relay/relay.h"

#include <algorithm>

#include "native/bridge/relay/embedded_address.h"

namespace portico::bridge {

std::optional<Relay::Failure> Relay::onMessage(Time now, ByteView message) {
  outgoing_.clear();
  ++counters_.messagesOut;
  for (const auto& rates : options_.rates) rates->out.refill(now);
  CapsuleReader reader(message);
  while (const auto capsule = reader.next()) {
    if (const auto failure = onCapsule(now, *capsule)) return failure;
    if (toClient_.size() > kHighWaterBytes + kMaxUnreadAnswerBytes) {
      return Failure{Fault::unreadable, "too many answers are unread"};
    }
  }
  if (reader.malformed()) return Failure{Fault::malformed, "a capsule ends outside its message"};
  return std::nullopt;
}

std::optional<Relay::Failure> Relay::onCapsule(Time now, const Capsule& capsule) {
  switch (capsule.type) {
    case CapsuleType::datagram:
      if (!onDatagram(now, capsule.value)) return Failure{Fault::malformed, "malformed DATAGRAM"};
      return std::nullopt;
    case CapsuleType::compressionAssign:
      return onAssign(now, capsule.value);
    case CapsuleType::compressionAck:
      // Ours are in use from the moment that they are assigned: there is nothing to wait for.
      if (!parseContext(capsule.value)) return Failure{Fault::malformed, "malformed COMPRESSION_ACK"};
      return std::nullopt;
    case CapsuleType::compressionClose:
      if (const auto context = parseContext(capsule.value); context && *context != kUncompressedContext) {
        contexts_.close(*context);
        return std::nullopt;
      }
      return Failure{Fault::malformed, "malformed COMPRESSION_CLOSE"};
    case CapsuleType::bound:
    case CapsuleType::refused:
      break;
  }
  // RFC 9297 §3.2: "an endpoint that receives a capsule with an unknown type MUST silently drop that capsule".
  ++counters_.skippedCapsules;
  return std::nullopt;
}

std::optional<Relay::Failure> Relay::onAssign(Time now, ByteView value) {
  const auto assign = parseAssign(value);
  if (!assign) return Failure{Fault::malformed, "malformed COMPRESSION_ASSIGN"};
  if (!assign->remote) {
    appendAck(toClient_, kUncompressedContext);
    return std::nullopt;
  }
  if (assign->context % 2 != 0) return Failure{Fault::malformed, "COMPRESSION_ASSIGN of a context of the bridge's"};
  if (contexts_.find(assign->context) != nullptr) {
    return Failure{Fault::malformed, "COMPRESSION_ASSIGN of a context that is open"};
  }
  Flow* const flow = flowFor(now, *assign->remote, 0);
  if (flow != nullptr && contexts_.openForClient(assign->context, *flow)) {
    appendAck(toClient_, assign->context);
  } else {
    appendClose(toClient_, assign->context);
  }
  return std::nullopt;
}

/// False: it is malformed.
bool Relay::onDatagram(Time now, ByteView value) {
  const auto datagram = parseDatagram(value);
  if (!datagram) return false;
  Flow* flow = nullptr;
  if (datagram->context == kUncompressedContext) {
    flow = flowFor(now, datagram->remote, 1);
  } else if (flow = contexts_.find(datagram->context); flow == nullptr) {
    ++counters_.dropped(Drop::unknownContext);
  }
  if (flow != nullptr) forward(now, *flow, datagram->payload);
  return true;
}

void Relay::forward(Time now, Flow& flow, ByteView payload) {
  if (!(flow.remote.ip.isV4() ? options_.v4 : options_.v6)) {
    ++counters_.dropped(Drop::unreachable);
    return refuse(now, flow.written, RefusalReason::unreachable);
  }
  if (payload.size() > kLargestPayloadBytes) {
    ++counters_.dropped(Drop::tooLarge);
    return refuse(now, flow.written, RefusalReason::tooLarge);
  }
  const bool roomInRates = std::all_of(options_.rates.begin(), options_.rates.end(),
                                       [&](const auto& rates) { return rates->out.has(payload.size()); });
  if (!roomInRates) {
    ++counters_.dropped(Drop::rateOut);
    return refuse(now, flow.written, RefusalReason::limited);
  }
  switch (flow.consent.onSend(now, payload)) {
    case Consent::Verdict::pass:
      break;
    case Consent::Verdict::notStun:
      ++counters_.dropped(Drop::notConsented);
      return refuse(now, flow.written, RefusalReason::notPermitted);
    case Consent::Verdict::tooFast:
      ++counters_.dropped(Drop::requestPace);
      return refuse(now, flow.written, RefusalReason::limited);
  }
  for (const auto& rates : options_.rates) rates->out.take(payload.size());
  ++counters_.datagramsOut;
  counters_.bytesOut += payload.size();
  outgoing_.push_back({flow.remote, payload});
}

Flow* Relay::flowFor(Time now, const SocketAddress& written, std::size_t datagrams) {
  const SocketAddress remote{normalise(written.ip), written.port};
  if (const auto known = flows_.find(remote); known != flows_.end()) {
    known->second.written = written;
    return &known->second;
  }
  const bool inToken = options_.tokenNetworks.empty() || anyContains(options_.tokenNetworks, remote.ip);
  if (!inToken || !options_.policy->permits(remote)) {
    counters_.dropped(Drop::denied) += datagrams;
    refuse(now, written, RefusalReason::notPermitted);
    return nullptr;
  }
  if (flows_.size() >= kMaxDestinations) {
    counters_.dropped(Drop::destinations) += datagrams;
    refuse(now, written, RefusalReason::limited);
    return nullptr;
  }
  Flow& flow = flows_[remote];
  flow.remote = remote;
  flow.written = written;
  return &flow;
}

void Relay::refuse(Time now, const SocketAddress& destination, RefusalReason reason) {
  if (!refusals_.mayTell(now, destination)) return;
  ++counters_.refusals[static_cast<std::size_t>(reason) - 1];
  appendRefused(toClient_, destination, reason);
}

void Relay::onSendFailed(Time now, const SocketAddress& remote, std::size_t count, Drop reason) {
  counters_.dropped(reason) += count;
  counters_.datagramsOut -= std::min<std::uint64_t>(count, counters_.datagramsOut);
  if (reason == Drop::kernelFull) return;  // a moment's want of room, as on any socket
  const auto flow = flows_.find(remote);
  if (flow == flows_.end()) return;
  refuse(now, flow->second.written, reason == Drop::tooLarge ? RefusalReason::tooLarge : RefusalReason::unreachable);
}

void Relay::onDatagrams(Time now, std::span<const Datagram> batch, std::size_t unsent) {
  for (const auto& rates : options_.rates) rates->in.refill(now);
  for (const Datagram& datagram : batch) {
    Flow* const flow = flowFrom(datagram.remote);
    if (flow == nullptr || !flow->consent.onReceive(now, datagram.payload)) {
      ++counters_.dropped(Drop::unsolicited);
      continue;
    }
    const std::size_t size = datagram.payload.size();
    if (unsent + toClient_.size() + size + kMaxDatagramOverheadBytes > kHighWaterBytes) {
      ++counters_.dropped(Drop::clientSlow);
      continue;
    }
    const bool roomInRates = std::all_of(options_.rates.begin(), options_.rates.end(),
                                         [&](const auto& rates) { return rates->in.has(size); });
    if (!roomInRates) {
      ++counters_.dropped(Drop::rateIn);
      continue;
    }
    for (const auto& rates : options_.rates) rates->in.take(size);
    deliver(*flow, datagram.payload);
  }
}

/// A source that was never permitted as a destination has no flow: the policy holds for both.
Flow* Relay::flowFrom(const SocketAddress& remote) {
  if (lastFrom_ != nullptr && lastFrom_->remote == remote) return lastFrom_;
  const auto flow = flows_.find({normalise(remote.ip), remote.port});
  if (flow == flows_.end()) return nullptr;
  lastFrom_ = &flow->second;
  return lastFrom_;
}

void Relay::deliver(Flow& flow, ByteView payload) {
  ++counters_.datagramsIn;
  counters_.bytesIn += payload.size();
  if (flow.context == kUncompressedContext && !flow.contextRefused) {
    if (const auto context = contexts_.openForBridge(flow)) appendAssign(toClient_, *context, flow.remote);
  }
  if (flow.context == kUncompressedContext) {
    appendDatagram(toClient_, flow.remote, payload);
  } else {
    appendDatagram(toClient_, flow.context, payload);
  }
}

}  // namespace portico::bridge
