#include "portico/platform/host.h"

namespace portico {

// NOLINTNEXTLINE(performance-unnecessary-value-param): hosts that can tell keep it
std::unique_ptr<Cancellable> Host::watchNetworkInterfaces(std::function<void()> /*onChange*/) {
  return nullptr;
}

Result<std::unique_ptr<UdpSocket>> Host::openMulticast(const MulticastOptions& /*options*/, UdpReceiver& /*receiver*/) {
  return Error(Error::NotSupported, "multicast is not to be had here");
}

Result<std::unique_ptr<TcpStream>> Host::openTcp(const TcpOptions& /*options*/, StreamReceiver& /*receiver*/) {
  return Error(Error::NotSupported, "TCP connections are not to be had here: use a server over UDP");
}

Result<std::unique_ptr<TcpListener>> Host::listenTcp(const TcpListenOptions& /*options*/,
                                                     StreamAcceptor& /*acceptor*/) {
  return Error(Error::NotSupported, "TCP connections can't be taken here: only those over UDP can");
}

}  // namespace portico
