// A WebSocket to a bridge, by Boost.Beast on a thread of its own, with its events on the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "native/command/arguments.h"
#include "portico/native/loop.h"

namespace portico::command {

class BridgeClient {
 public:
  struct Handlers {
    std::function<void(ByteVector message)> onMessage;
    /// `status` is that of the HTTP answer which was no upgrade, or 0.
    std::function<void(unsigned status, std::string why)> onEnded;
  };

  /// Destroying it ends the thread; no event comes after that.
  virtual ~BridgeClient() = default;
  virtual void send(ByteVector message) = 0;

  /// Connects to one of the addresses of the bridge's host.
  static std::unique_ptr<BridgeClient> connect(Loop& loop, const BridgeAddress& bridge,
                                               const std::vector<IpAddress>& addresses, Handlers handlers);
};

}  // namespace portico::command
