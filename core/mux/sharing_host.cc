#include "portico/sharing_host.h"

#include "core/mux/shared_udp.h"

namespace portico {

Result<std::unique_ptr<UdpSocket>> SharingHost::openUdp(const UdpOptions& options, UdpReceiver& receiver) {
  std::weak_ptr<SharedUdp>& entry = sockets_[Key{options.local, options.portLow, options.portHigh}];
  std::shared_ptr<SharedUdp> shared = entry.lock();
  if (!shared || shared->failed()) {
    auto opened = SharedUdp::create([&](UdpReceiver& all) { return host_.openUdp(options, all); });
    if (!opened) return opened.error();
    shared = std::move(*opened);
    entry = shared;
  }
  return shared->attach(receiver);
}

SharingStats SharingHost::stats() const {
  SharingStats all;
  for (const auto& [key, entry] : sockets_) {
    const std::shared_ptr<SharedUdp> shared = entry.lock();
    if (!shared) continue;
    ++all.sockets;
    all.members += shared->members();
    all.routes += shared->routes();
    all.unclaimedDatagrams += shared->unclaimedDatagrams();
  }
  return all;
}

}  // namespace portico
