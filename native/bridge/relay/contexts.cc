#include "native/bridge/relay/contexts.h"

#include <algorithm>

namespace portico::bridge {

Flow* Contexts::find(std::uint64_t context) const {
  const auto entry = open_.find(context);
  return entry == open_.end() ? nullptr : entry->second;
}

bool Contexts::openForClient(std::uint64_t context, Flow& flow) {
  if (clients_ >= kMaxContexts) return false;
  open_.emplace(context, &flow);
  ++clients_;
  flow.context = context;
  return true;
}

std::optional<std::uint64_t> Contexts::openForBridge(Flow& flow) {
  if (ours_ >= kMaxContexts) return std::nullopt;
  const std::uint64_t context = nextOurs_;
  nextOurs_ += 2;
  open_.emplace(context, &flow);
  ++ours_;
  flow.context = context;
  return context;
}

void Contexts::close(std::uint64_t context) {
  const auto entry = open_.find(context);
  if (entry == open_.end()) return;
  Flow& flow = *entry->second;
  open_.erase(entry);
  const bool ours = context % 2 == 1;
  --(ours ? ours_ : clients_);
  flow.contextRefused = flow.contextRefused || ours;
  if (flow.context != context) return;
  const auto other = std::find_if(open_.begin(), open_.end(), [&](const auto& open) { return open.second == &flow; });
  flow.context = other == open_.end() ? 0 : other->first;
}

}  // namespace portico::bridge
