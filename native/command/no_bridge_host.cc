// Where there is no Boost.
#include "native/command/bridge_host.h"

namespace portico::command {

// NOLINTNEXTLINE(performance-unnecessary-value-param): as where it is kept
Result<std::unique_ptr<BridgeHost>> BridgeHost::connect(Loop&, const BridgeAddress&, BridgeObserver) {
  return Error(Error::NotSupported, "--bridge: this program was built without PORTICO_BRIDGE, which it takes.");
}

}  // namespace portico::command
