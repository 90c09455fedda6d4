#include "native/datagram_io.h"

#include <errno.h>

namespace portico {

SocketFault classifySocketError(int error) {
  switch (error) {
    case EAGAIN:
#if EAGAIN != EWOULDBLOCK
    case EWOULDBLOCK:
#endif
      return SocketFault::again;
    case EINTR:
    case ECONNREFUSED:
    case ECONNRESET:
    case EPROTO:
      return SocketFault::earlier;
    case EIO:
    case EINVAL:
    case EMSGSIZE:
    case EOPNOTSUPP:
    case ENOPROTOOPT:
      return SocketFault::refused;
    case EBADF:
    case ENOTSOCK:
    case ENODEV:
    case ENXIO:
    case ENETDOWN:
      return SocketFault::fatal;
    default:  // EHOSTUNREACH, ENETUNREACH, EPERM, EACCES, ENOBUFS, ENOMEM …: the network's or the machine's mood
      return SocketFault::none;
  }
}

SocketFault classifySendError(int error, const SocketAddress& remote) {
  const SocketFault fault = classifySocketError(error);
  // A scope that names no interface here is ENODEV as well.
  return fault == SocketFault::fatal && remote.ip.scope() != 0 ? SocketFault::none : fault;
}

bool isSendable(const UdpDescriptor& socket, const OutgoingDatagram& datagram) {
  return datagram.remote.ip.family() == socket.family && datagram.remote.port != 0 &&
         datagram.payload.size() <= kMaxUdpPayloadBytes;
}

socklen_t remoteToSystem(const UdpDescriptor& socket, const SocketAddress& remote, SystemAddress& out) {
  const socklen_t length = toSystem(remote, out);
  if (socket.scope != 0 && out.v6.sin6_scope_id == 0 && remote.ip.isLinkLocal()) {
    out.v6.sin6_scope_id = socket.scope;
  }
  return length;
}

std::optional<SocketAddress> remoteFromSystem(const UdpDescriptor& socket, const SystemAddress& from,
                                              socklen_t length) {
  std::optional<SocketAddress> remote = length > 0 ? fromSystem(&from.base) : std::nullopt;
  if (remote && socket.scope != 0 && remote->ip.scope() == socket.scope) {
    remote->ip = IpAddress::fromV6(remote->ip.bytes().first<16>());
  }
  return remote;
}

namespace {

/// Datagrams in one batch. Each has room for the largest, a megabyte together.
constexpr std::size_t kSingleBatch = 16;

class SingleDatagramIo final : public DatagramIo {
 public:
  explicit SingleDatagramIo(const SocketCalls& calls)
      : calls_(calls), buffer_(new std::byte[kSingleBatch * kMaxUdpPayloadBytes]) {}

  SendOutcome send(UdpDescriptor& socket, std::span<const OutgoingDatagram> batch) override {
    SendOutcome outcome;
    int earlierErrors = 0;
    while (outcome.consumed < batch.size()) {
      const OutgoingDatagram& datagram = batch[outcome.consumed];
      if (!isSendable(socket, datagram)) {
        ++outcome.consumed;
        ++outcome.dropped;
        continue;
      }
      const int error = sendOne(socket, datagram);
      const SocketFault fault = error == 0 ? SocketFault::none : classifySendError(error, datagram.remote);
      if (fault == SocketFault::again) {
        return outcome;
      }
      if (fault == SocketFault::fatal) {
        outcome.fatal = error;
        outcome.dropped += batch.size() - outcome.consumed;
        outcome.consumed = batch.size();
        return outcome;
      }
      if (fault == SocketFault::earlier && ++earlierErrors <= kMaxEarlierErrors) {
        continue;
      }
      ++outcome.consumed;
      outcome.dropped += error == 0 ? 0 : 1;
    }
    return outcome;
  }

  ReceiveOutcome receive(UdpDescriptor& socket, std::vector<Datagram>& batch) override {
    batch.clear();
    ReceiveOutcome outcome;
    for (int errors = 0; batch.size() < kSingleBatch && errors <= kMaxEarlierErrors;) {
      const MutableByteView space(buffer_.get() + batch.size() * kMaxUdpPayloadBytes, kMaxUdpPayloadBytes);
      SystemAddress from;
      socklen_t length = sizeof from;
      const ssize_t size = ::recvfrom(socket.fd, space.data(), space.size(), MSG_DONTWAIT, &from.base, &length);
      if (size < 0) {
        const SocketFault fault = classifySocketError(errno);
        if (fault == SocketFault::again || fault == SocketFault::fatal) {
          outcome.fatal = fault == SocketFault::fatal ? errno : 0;
          return outcome;
        }
        ++errors;
        continue;
      }
      const std::optional<SocketAddress> remote = remoteFromSystem(socket, from, length);
      if (!remote) {
        ++outcome.dropped;
        ++errors;
        continue;
      }
      batch.push_back({*remote, space.first(static_cast<std::size_t>(size))});
    }
    outcome.more = true;
    return outcome;
  }

 private:
  int sendOne(const UdpDescriptor& socket, const OutgoingDatagram& datagram) {
    SystemAddress to;
    const socklen_t length = remoteToSystem(socket, datagram.remote, to);
    const ssize_t sent =
        calls_.sendTo(socket.fd, datagram.payload.data(), datagram.payload.size(), MSG_DONTWAIT, &to.base, length);
    return sent < 0 ? errno : 0;
  }

  SocketCalls calls_;
  std::unique_ptr<std::byte[]> buffer_;
};

}  // namespace

std::unique_ptr<DatagramIo> createSingleDatagramIo(const SocketCalls& calls) {
  return std::make_unique<SingleDatagramIo>(calls);
}

#ifndef __linux__
std::unique_ptr<DatagramIo> createBatchedDatagramIo(const SocketCalls&) {
  return nullptr;
}
#endif

}  // namespace portico
