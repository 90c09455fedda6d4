// UDP sockets in a multicast group, beside those that other programs of the machine have on the same port.
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>

#include "native/bound_socket.h"
#include "native/udp_open.h"

namespace portico {
namespace {

/// RFC 6762 §11: 255, by which a receiver can tell that nobody forwarded it.
constexpr int kHops = 255;

bool set(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool shareThePort(int fd) {
  bool shared = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
#if defined(SO_REUSEPORT) && \
    !defined(__linux__)  // on Linux the other suffices, and lets users share who are not the same
  shared = set(fd, SOL_SOCKET, SO_REUSEPORT, 1) && shared;
#endif
  return shared;
}

bool joinV4(int fd, const MulticastOptions& options, unsigned index) {
  SystemAddress group;
  SystemAddress local;
  toSystem(options.group, group);
  toSystem({options.interface.address, 0}, local);
  ip_mreqn membership{};
  membership.imr_multiaddr = group.v4.sin_addr;
  membership.imr_address = local.v4.sin_addr;
  membership.imr_ifindex = static_cast<int>(index);
#ifdef IP_MULTICAST_ALL  // otherwise what the machine's other sockets have joined comes, too
  set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
#endif
  return ::setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) == 0 &&
         ::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &membership, sizeof membership) == 0 &&
         set(fd, IPPROTO_IP, IP_MULTICAST_TTL, kHops);
}

bool joinV6(int fd, const MulticastOptions& options, unsigned index) {
  SystemAddress group;
  toSystem(options.group, group);
  ipv6_mreq membership{};
  membership.ipv6mr_multiaddr = group.v6.sin6_addr;
  membership.ipv6mr_interface = index;
#ifdef IPV6_MULTICAST_ALL
  set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
#endif
  return ::setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &membership, sizeof membership) == 0 &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(index)) &&
         set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, kHops);
}

Error multicastError(int error, const MulticastOptions& options) {
  return {Error::Network, "cannot join the multicast group " + options.group.toString() + " on " +
                              options.interface.name + ": " + describeErrno(error)};
}

}  // namespace

Result<BoundUdp> openMulticastUdp(const MulticastOptions& options) {
  const IpFamily family = options.group.ip.family();
  const unsigned index = ::if_nametoindex(options.interface.name.c_str());
  if (index == 0) {
    return multicastError(errno, options);
  }
  OwnedDescriptor fd(openNonBlockingUdp(family));
  if (fd.get() < 0) {
    return multicastError(errno, options);
  }
  // Bound to the group, so that what is sent to the machine alone goes to the program that it is for.
  SystemAddress bound;
  const socklen_t length = toSystem(options.group, bound);
  if (family == IpFamily::v6) {
    set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    bound.v6.sin6_scope_id = index;
  }
  const bool opened = shareThePort(fd.get()) && ::bind(fd.get(), &bound.base, length) == 0 &&
                      (family == IpFamily::v4 ? joinV4(fd.get(), options, index) : joinV6(fd.get(), options, index));
  if (!opened) {
    return multicastError(errno, options);
  }
  BoundUdp result;
  result.local = {options.interface.address, options.group.port};
  result.descriptor.family = family;
  result.descriptor.scope = family == IpFamily::v6 ? index : 0;
  result.descriptor.fd = fd.release();
  return result;
}

}  // namespace portico
