#include "native/udp_open.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <unistd.h>

#include "native/bound_socket.h"

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

Result<BoundUdp> openBoundUdp(const UdpOptions& options, const LoopOptions& loopOptions) {
  const IpAddress& ip = options.local.ip;
  OwnedDescriptor fd(openNonBlockingUdp(ip.family()));
  const Result<SocketAddress> local = bindSocket(fd.get(), {"UDP", options.local, options.portLow, options.portHigh});
  if (!local) {
    return local.error();
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
