#include "native/source_table.h"

namespace portico {

std::uint64_t SourceTable::add(int fd, EventSource& source, Interest interest, int& error) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  Slot& slot = slots_[index];
  const std::uint64_t token = std::uint64_t{slot.generation + 1} << 32 | index;
  error = poller_.change(fd, token, {}, interest);
  if (error != 0) {
    return 0;
  }
  free_.pop_back();
  ++slot.generation;
  slot.source = &source;
  slot.fd = fd;
  slot.interest = interest;
  return token;
}

void SourceTable::setInterest(std::uint64_t token, Interest interest) {
  const Slot* found = find(token);
  if (found == nullptr || found->interest == interest) {
    return;
  }
  if (poller_.change(found->fd, token, found->interest, interest) == 0) {
    slots_[static_cast<std::uint32_t>(token)].interest = interest;
  }
}

void SourceTable::remove(std::uint64_t token) {
  const Slot* found = find(token);
  if (found == nullptr) {
    return;
  }
  poller_.change(found->fd, token, found->interest, {});
  const auto index = static_cast<std::uint32_t>(token);
  slots_[index].source = nullptr;
  // A slot whose generations are used up is retired, or an old token would fit again.
  if (slots_[index].generation != 0xFFFF'FFFEU) {
    free_.push_back(index);
  }
}

void SourceTable::dispatch(const ReadyDescriptor& event) {
  const Slot* found = find(event.token);
  if (found == nullptr) {
    return;
  }
  const Interest ready{event.ready.readable && found->interest.readable,
                       event.ready.writable && found->interest.writable};
  if (ready.any()) {
    found->source->onReady(ready);
  }
}

const SourceTable::Slot* SourceTable::find(std::uint64_t token) const {
  const auto index = static_cast<std::uint32_t>(token);
  if (token == 0 || index >= slots_.size()) {
    return nullptr;
  }
  const Slot& slot = slots_[index];
  return slot.source != nullptr && slot.generation == token >> 32 ? &slot : nullptr;
}

}  // namespace portico
