// The system calls that carry UDP, in batches. One of these serves all the sockets of a loop: what is large (buffers
// for received datagrams) exists once, and an idle socket costs none of it.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "native/system_address.h"
#include "portico/platform/host.h"

namespace portico {

/// The largest payload that UDP over IPv4 carries: 65,535 less the headers of IP (20) and UDP (8).
constexpr std::size_t kMaxUdpPayloadBytes = 65'507;
/// Segments that the kernel takes in one piece (UDP_MAX_SEGMENTS of Linux 4.18; newer ones take 128).
constexpr std::size_t kMaxGsoSegments = 64;
/// Bytes that we hand over in one piece: with its headers, it must fit the 65,535 of one IP packet.
constexpr std::size_t kMaxGsoBytes = 65'000;

/// What the I/O knows of a socket, and learns about it.
struct UdpDescriptor {
  int fd = -1;
  IpFamily family = IpFamily::v4;
  /// Of a socket that is bound to a link-local address: remotes are reported without it and sent to with it.
  std::uint32_t scope = 0;
  bool segmentation = false;  ///< UDP_SEGMENT works here, as far as we know
  /// Runs of segments larger than this were refused: they don't fit the path.
  std::size_t maxSegmentBytes = kMaxGsoBytes;
};

struct SendOutcome {
  std::size_t consumed = 0;  ///< datagrams of the batch that are done with, sent or dropped
  std::size_t dropped = 0;   ///< of these, dropped
  int fatal = 0;             ///< errno that makes the socket useless; the batch counts as consumed
  // With neither an end nor a fatal error, the kernel has no room at this moment.
};

struct ReceiveOutcome {
  bool more = false;        ///< there may be more to read now
  std::size_t dropped = 0;  ///< malformed or truncated
  int fatal = 0;
};

class DatagramIo {
 public:
  virtual ~DatagramIo() = default;
  virtual SendOutcome send(UdpDescriptor& socket, std::span<const OutgoingDatagram> batch) = 0;
  /// Replaces the contents of `batch` by what one read finds. The payloads stay valid until the next call.
  virtual ReceiveOutcome receive(UdpDescriptor& socket, std::vector<Datagram>& batch) = 0;
};

/// The calls, replaceable so that a test can play a kernel that refuses.
struct SocketCalls {
  ssize_t (*sendTo)(int, const void*, size_t, int, const sockaddr*, socklen_t) = ::sendto;
#ifdef __linux__
  int (*sendMany)(int, mmsghdr*, unsigned, int) = ::sendmmsg;
#endif
};

/// One call for each datagram; works everywhere.
std::unique_ptr<DatagramIo> createSingleDatagramIo(const SocketCalls& calls = {});
/// sendmmsg and recvmmsg, with GSO and GRO where the socket has them. Null where there are no such calls.
std::unique_ptr<DatagramIo> createBatchedDatagramIo(const SocketCalls& calls = {});

/// What an errno of a send or a receive says about the socket.
enum class SocketFault : std::uint8_t {
  none,     ///< only this datagram is lost
  again,    ///< no room, or nothing there, at this moment
  earlier,  ///< an ICMP error that an earlier datagram caused: this one has not been tried
  refused,  ///< the kernel, the device or the path takes no segments of this kind
  fatal,    ///< the socket is of no more use
};
SocketFault classifySocketError(int error);
/// The same for a send to `remote`, whose scope may be a peer's invention and must not cost us the socket.
SocketFault classifySendError(int error, const SocketAddress& remote);

/// Whether the socket could send this at all.
bool isSendable(const UdpDescriptor& socket, const OutgoingDatagram& datagram);

/// The addresses of datagrams, with the socket's scope put in and taken out.
socklen_t remoteToSystem(const UdpDescriptor& socket, const SocketAddress& remote, SystemAddress& out);
std::optional<SocketAddress> remoteFromSystem(const UdpDescriptor& socket, const SystemAddress& from, socklen_t length);

/// Reads answered with an earlier datagram's error before the rest waits for the next wake-up.
constexpr int kMaxEarlierErrors = 16;

}  // namespace portico
