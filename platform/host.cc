#include "portico/platform/host.h"

namespace portico {

std::unique_ptr<Cancellable> Host::watchNetworkInterfaces(std::function<void()> /*onChange*/) {
  return nullptr;
}

Result<std::unique_ptr<TcpStream>> Host::openTcp(const TcpOptions& /*options*/, StreamReceiver& /*receiver*/) {
  return Error(Error::NotSupported, "TCP connections are not to be had here: use a server over UDP");
}

}  // namespace portico
