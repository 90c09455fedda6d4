#include "core/datachannel/backlog.h"

#include <utility>

namespace portico::datachannel {

namespace {

/// What a message takes beside its bytes, at least.
constexpr std::size_t kCostBesideBytes = 96;

std::size_t costOf(std::size_t payloadBytes) {
  return payloadBytes + kCostBesideBytes;
}

}  // namespace

bool Backlog::hold(sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) {
  if (bytes_ + costOf(payload.size()) > kMaxBacklogBytes) return false;
  bytes_ += costOf(payload.size());
  streams_[stream].messages.push_back({ppid, toVector(payload)});
  return true;
}

void Backlog::markReset(sctp::StreamId stream) {
  if (const auto found = streams_.find(stream); found != streams_.end()) found->second.reset = true;
}

Backlog::Stream Backlog::take(sctp::StreamId stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return {};
  Stream taken = std::move(found->second);
  streams_.erase(found);
  for (const Message& message : taken.messages) bytes_ -= costOf(message.bytes.size());
  return taken;
}

void Backlog::clear() {
  streams_.clear();
  bytes_ = 0;
}

}  // namespace portico::datachannel
