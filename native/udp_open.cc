#include "native/udp_open.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <cstring>
#include <system_error>

#include "native/owned_descriptor.h"
#include "native/random.h"
#include "native/system_address.h"

namespace portico {
namespace {

void setBuffer(int fd, int forced, int usual, int bytes) {
  // The forced variant passes the system's limit where the process may (CAP_NET_ADMIN).
  if (forced == 0 || ::setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0) {
    ::setsockopt(fd, SOL_SOCKET, usual, &bytes, sizeof bytes);
  }
}

void setBuffers(int fd, int bytes) {
#ifdef SO_RCVBUFFORCE
  setBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes);
  setBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, bytes);
#else
  setBuffer(fd, 0, SO_RCVBUF, bytes);
  setBuffer(fd, 0, SO_SNDBUF, bytes);
#endif
}

void detectOffloads(UdpDescriptor& descriptor, const LoopOptions& options) {
#if defined(UDP_SEGMENT) && defined(UDP_GRO)
  if (!options.udpBatchedCalls) {
    return;  // single calls neither make segments nor split what was joined
  }
  if (options.udpReceiveOffload) {
    const int on = 1;
    ::setsockopt(descriptor.fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  }
  int segment = 0;
  socklen_t length = sizeof segment;
  descriptor.segmentation =
      options.udpSegmentationOffload && ::getsockopt(descriptor.fd, IPPROTO_UDP, UDP_SEGMENT, &segment, &length) == 0;
#else
  (void)descriptor;
  (void)options;
#endif
}

int bindTo(int fd, const SocketAddress& local) {
  SystemAddress address;
  const socklen_t length = toSystem(local, address);
  return ::bind(fd, &address.base, length) == 0 ? 0 : errno;
}

/// Tries every port of the range once, from a random one on: peers of one machine should not race for the first.
int bindInRange(int fd, SocketAddress local, std::uint16_t low, std::uint16_t high) {
  const std::uint32_t count = std::uint32_t{high} - low + 1;
  std::uint32_t start = 0;
  fillRandom(std::as_writable_bytes(std::span(&start, 1)));
  int error = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    local.port = static_cast<std::uint16_t>(low + (start % count + i) % count);
    error = bindTo(fd, local);
    if (error != EADDRINUSE && error != EACCES) {
      return error;
    }
  }
  return error;
}

Error bindError(int error, const UdpOptions& options) {
  std::string place = options.local.toString();
  if (options.local.port == 0 && options.portLow != 0) {
    place = options.local.ip.toString() + ", ports " + std::to_string(options.portLow) + " to " +
            std::to_string(options.portHigh);
    if (error == EADDRINUSE) {
      return {Error::Network, "cannot open a UDP socket on " + place + ": every port of the range is in use"};
    }
  }
  return {Error::Network, "cannot open a UDP socket on " + place + ": " + describeErrno(error)};
}

}  // namespace

int openNonBlockingUdp(IpFamily family) {
  const int domain = family == IpFamily::v4 ? AF_INET : AF_INET6;
#ifdef SOCK_NONBLOCK
  return ::socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
  const int fd = ::socket(domain, SOCK_DGRAM, 0);
  if (fd >= 0) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  return fd;
#endif
}

std::string describeErrno(int error) {
  switch (error) {
    case EADDRNOTAVAIL:
      return "no interface of this machine has that address";
    case EADDRINUSE:
      return "the port is in use";
    case EACCES:
      return "not permitted, as ports below 1,024 often are";
    case EAFNOSUPPORT:
      return "this machine has no such address family";
    default:
      return std::generic_category().message(error);
  }
}

Result<BoundUdp> openBoundUdp(const UdpOptions& options, const LoopOptions& loopOptions) {
  const bool inRange = options.local.port == 0 && options.portLow != 0;
  if (inRange && options.portHigh < options.portLow) {
    return Error(Error::Range, "the UDP port range " + std::to_string(options.portLow) + " to " +
                                   std::to_string(options.portHigh) + " is empty: its end is below its start");
  }
  const IpAddress& ip = options.local.ip;
  OwnedDescriptor fd(openNonBlockingUdp(ip.family()));
  if (fd.get() < 0) {
    const int error = errno;
    const bool exhausted = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
    return Error(exhausted ? Error::QuotaExceeded : Error::Network,
                 "cannot open a UDP socket: " + describeErrno(error));
  }
  if (ip.isV6()) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const int error = inRange ? bindInRange(fd.get(), options.local, options.portLow, options.portHigh)
                            : bindTo(fd.get(), options.local);
  if (error != 0) {
    return bindError(error, options);
  }
  SystemAddress bound;
  socklen_t length = sizeof bound;
  if (::getsockname(fd.get(), &bound.base, &length) != 0) {
    return bindError(errno, options);
  }
  const auto local = fromSystem(&bound.base);
  if (!local) {
    return bindError(EAFNOSUPPORT, options);
  }
  BoundUdp result;
  result.local = *local;
  result.descriptor.fd = fd.get();
  result.descriptor.family = ip.family();
  result.descriptor.scope = ip.isV6() && ip.isLinkLocal() ? local->ip.scope() : 0;
  setBuffers(fd.get(), loopOptions.udpBufferBytes);
  detectOffloads(result.descriptor, loopOptions);
  fd.release();
  return result;
}

}  // namespace portico
