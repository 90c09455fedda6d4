// A Host whose UDP goes through a portico-bridge (docs/bridge.md), for `doctor --bridge`: its one interface is the port
// that the bridge has bound. All else is the loop's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "native/command/arguments.h"
#include "portico/native/loop.h"

namespace portico::command {

struct BridgeObserver {
  std::function<void()> onBound;
  std::function<void(const SocketAddress& to, std::uint64_t reason)> onRefused;
  /// It did not come up, or has ended. `status` is HTTP's, or 0. At most once, and nothing after it.
  std::function<void(unsigned status, std::string why)> onEnded;
};

/// What BOUND said, without the wire format.
struct BridgeBound {
  struct Port {
    SocketAddress bound;
    std::optional<SocketAddress> seen;  ///< by the world
  };
  std::vector<Port> ports;
  std::uint64_t largestPayload = 0;
  std::uint64_t bytesPerSecond = 0;
  std::uint64_t packetsPerSecond = 0;
};

class BridgeHost : public Host {
 public:
  /// Begins to connect; the observer tells from the loop. Errors: NotSupported where this program was built without it.
  static Result<std::unique_ptr<BridgeHost>> connect(Loop& loop, const BridgeAddress& bridge, BridgeObserver observer);
  /// From onBound() on.
  [[nodiscard]] virtual const BridgeBound& bound() const = 0;
};

}  // namespace portico::command
