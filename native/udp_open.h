// Making and binding UDP sockets.
#pragma once

#include "native/datagram_io.h"
#include "portico/native/loop.h"

namespace portico {

struct BoundUdp {
  UdpDescriptor descriptor;
  SocketAddress local;
};

/// A socket that is bound and set up, or why not. The caller closes it.
Result<BoundUdp> openBoundUdp(const UdpOptions& options, const LoopOptions& loopOptions);

/// The same in a multicast group (native/udp_multicast.cc).
Result<BoundUdp> openMulticastUdp(const MulticastOptions& options);

/// A new descriptor, or -1 and an errno.
int openNonBlockingUdp(IpFamily family);

}  // namespace portico
