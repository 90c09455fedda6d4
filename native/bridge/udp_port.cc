#include "native/bridge/udp_port.h"

#include <array>

#ifdef __linux__
#include <linux/sock_diag.h>
#endif

#include "native/network_interfaces.h"

namespace portico::bridge {

std::uint64_t UdpPort::lostInKernel() {
#ifdef SO_MEMINFO
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t length = sizeof info;
  if (watched_.is_open() && ::getsockopt(descriptor_.fd, SOL_SOCKET, SO_MEMINFO, info.data(), &length) == 0) {
    return info[SK_MEMINFO_DROPS];
  }
#endif
  return 0;
}

Result<std::vector<std::unique_ptr<UdpPort>>> openUdpPorts(boost::asio::io_context& io, const Options& options) {
  std::vector<std::unique_ptr<UdpPort>> ports;
  for (const IpAddress& address : options.udpAddresses) {
    const UdpOptions udp{{address, 0}, options.udpPortLow, options.udpPortHigh};
    const auto bound = openBoundUdp(udp, LoopOptions{});
    if (!bound) return bound.error();
    ports.push_back(std::make_unique<UdpPort>(io, *bound));
  }
  return ports;
}

std::vector<IpAddress> chooseUdpAddresses(const Options& options) {
  if (!options.listen.ip.isAny()) return {options.listen.ip};
  std::vector<IpAddress> chosen;
  const std::vector<NetworkInterface> interfaces = listNetworkInterfaces().value_or(std::vector<NetworkInterface>());
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    for (const NetworkInterface& interface : interfaces) {
      const IpAddress& ip = interface.address;
      if (ip.family() != family || interface.loopback || interface.down || ip.isLinkLocal() || interface.deprecated)
        continue;
      chosen.push_back(ip);
      break;
    }
  }
  if (chosen.empty()) chosen.push_back(IpAddress::loopback(IpFamily::v4));
  return chosen;
}

}  // namespace portico::bridge
