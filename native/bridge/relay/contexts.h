// The compression contexts that are open on one WebSocket: numbers that stand for a destination.
#pragma once

#include <optional>
#include <unordered_map>

#include "native/bridge/relay/flow.h"

namespace portico::bridge {

/// Of each side. A peer has some dozen candidates.
inline constexpr std::size_t kMaxContexts = 256;

class Contexts {
 public:
  /// Null: no such context is open.
  [[nodiscard]] Flow* find(std::uint64_t context) const;

  /// Of the client, for an even number that is not open. False: too many are.
  bool openForClient(std::uint64_t context, Flow& flow);
  /// Ours, an odd number that was not in use before. Nothing: too many are open.
  std::optional<std::uint64_t> openForBridge(Flow& flow);
  /// By the client. A flow that used it goes on with another one of its own, or without.
  void close(std::uint64_t context);

 private:
  std::unordered_map<std::uint64_t, Flow*> open_;
  std::size_t clients_ = 0;
  std::size_t ours_ = 0;
  std::uint64_t nextOurs_ = 1;
};

}  // namespace portico::bridge
