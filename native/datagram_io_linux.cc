#ifdef __linux__

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <array>
#include <cstring>

#include "native/datagram_io.h"

// glibc names them since 2.28 or so; the numbers are the kernel's.
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef SOL_UDP
#define SOL_UDP IPPROTO_UDP
#endif

namespace portico {
namespace {

/// Messages for one recvmmsg. With GRO each can bring 64 KiB, two megabytes together: measured on loopback, 16, 32 and
/// 64 cost the same, and more would only fall out of the cache before the receiver has read it.
constexpr std::size_t kReceiveMessages = 32;
constexpr std::size_t kReceiveMessageBytes = 65'536;
/// Buffers start at different places of a page, or the first bytes of all would compete for the same cache sets.
constexpr std::size_t kReceiveStrideBytes = kReceiveMessageBytes + 1'344;

/// Messages for one sendmmsg, and the pieces of memory that all of them together may be made of.
constexpr std::size_t kSendMessages = 64;
constexpr std::size_t kSendPieces = 512;

/// Room for one control message that holds an int (UDP_GRO) or a 16-bit number (UDP_SEGMENT).
union ControlBuffer {
  cmsghdr header;  // for its alignment
  std::array<std::byte, CMSG_SPACE(sizeof(int))> bytes;
};

class BatchedDatagramIo final : public DatagramIo {
 public:
  explicit BatchedDatagramIo(const SocketCalls& calls);

  SendOutcome send(UdpDescriptor& socket, std::span<const OutgoingDatagram> batch) override;
  ReceiveOutcome receive(UdpDescriptor& socket, std::vector<Datagram>& batch) override;

 private:
  std::size_t prepare(const UdpDescriptor& socket, std::span<const OutgoingDatagram> batch);
  std::size_t addRun(const UdpDescriptor& socket, std::span<const OutgoingDatagram> batch, std::size_t message);
  void recover(UdpDescriptor& socket, int error, std::span<const OutgoingDatagram> rest, SendOutcome& outcome);
  void split(const UdpDescriptor& socket, std::size_t message, std::vector<Datagram>& batch, ReceiveOutcome& outcome);
  MutableByteView receiveSpace(std::size_t message) {
    return {receiveBuffer_.get() + message * kReceiveStrideBytes, kReceiveMessageBytes};
  }

  SocketCalls calls_;

  std::array<mmsghdr, kSendMessages> sendHeaders_{};
  std::array<SystemAddress, kSendMessages> sendAddresses_{};
  std::array<ControlBuffer, kSendMessages> sendControls_{};
  std::array<std::size_t, kSendMessages> runLengths_{};  ///< datagrams in each message
  std::array<iovec, kSendPieces> pieces_{};
  std::size_t piecesUsed_ = 0;
  int earlierErrors_ = 0;

  std::array<mmsghdr, kReceiveMessages> receiveHeaders_{};
  std::array<SystemAddress, kReceiveMessages> receiveAddresses_{};
  std::array<ControlBuffer, kReceiveMessages> receiveControls_{};
  std::array<iovec, kReceiveMessages> receivePieces_{};
  std::unique_ptr<std::byte[]> receiveBuffer_;
};

BatchedDatagramIo::BatchedDatagramIo(const SocketCalls& calls)
    : calls_(calls), receiveBuffer_(new std::byte[kReceiveMessages * kReceiveStrideBytes]) {
  for (std::size_t i = 0; i < kReceiveMessages; ++i) {
    const MutableByteView space = receiveSpace(i);
    receivePieces_[i] = {space.data(), space.size()};
    receiveHeaders_[i].msg_hdr.msg_iov = &receivePieces_[i];
    receiveHeaders_[i].msg_hdr.msg_iovlen = 1;
    receiveHeaders_[i].msg_hdr.msg_name = &receiveAddresses_[i];
    receiveHeaders_[i].msg_hdr.msg_control = &receiveControls_[i];
  }
}

SendOutcome BatchedDatagramIo::send(UdpDescriptor& socket, std::span<const OutgoingDatagram> batch) {
  SendOutcome outcome;
  earlierErrors_ = 0;
  while (outcome.consumed < batch.size() && outcome.fatal == 0) {
    const auto rest = batch.subspan(outcome.consumed);
    if (!isSendable(socket, rest.front())) {
      ++outcome.consumed;
      ++outcome.dropped;
      continue;
    }
    const std::size_t messages = prepare(socket, rest);
    const int sent = calls_.sendMany(socket.fd, sendHeaders_.data(), static_cast<unsigned>(messages), MSG_DONTWAIT);
    if (sent < 0) {
      const int error = errno;
      if (classifySocketError(error) == SocketFault::again) {
        return outcome;
      }
      recover(socket, error, rest, outcome);
      continue;
    }
    // Where it stopped short, the next round meets the reason.
    for (std::size_t i = 0; i < static_cast<std::size_t>(sent); ++i) {
      outcome.consumed += runLengths_[i];
    }
  }
  return outcome;
}

/// Makes messages of the head of `batch`, as many as fit the tables, and returns how many.
std::size_t BatchedDatagramIo::prepare(const UdpDescriptor& socket, std::span<const OutgoingDatagram> batch) {
  piecesUsed_ = 0;
  std::size_t messages = 0;
  std::size_t taken = 0;
  while (taken < batch.size() && messages < kSendMessages && piecesUsed_ < kSendPieces &&
         isSendable(socket, batch[taken])) {
    runLengths_[messages] = addRun(socket, batch.subspan(taken), messages);
    taken += runLengths_[messages++];
  }
  return messages;
}

/// Makes one message of the datagrams at the head of `batch` that the kernel can take in one piece: alike in size (the
/// last may be shorter), to one remote. Where they touch in memory they are one piece there, too. Returns how many they
/// are.
std::size_t BatchedDatagramIo::addRun(const UdpDescriptor& socket, std::span<const OutgoingDatagram> batch,
                                      std::size_t message) {
  const OutgoingDatagram& first = batch.front();
  const std::size_t segmentBytes = first.payload.size();
  const std::size_t firstPiece = piecesUsed_;
  pieces_[piecesUsed_++] = {const_cast<std::byte*>(first.payload.data()), segmentBytes};
  std::size_t count = 1;
  if (socket.segmentation && segmentBytes > 0 && segmentBytes <= socket.maxSegmentBytes) {
    const std::size_t limit = std::min(kMaxGsoSegments, kMaxGsoBytes / segmentBytes);
    while (count < batch.size() && count < limit) {
      const OutgoingDatagram& next = batch[count];
      if (next.payload.empty() || next.payload.size() > segmentBytes || !(next.remote == first.remote)) {
        break;
      }
      iovec& last = pieces_[piecesUsed_ - 1];
      if (static_cast<std::byte*>(last.iov_base) + last.iov_len == next.payload.data()) {
        last.iov_len += next.payload.size();
      } else if (piecesUsed_ < kSendPieces) {
        pieces_[piecesUsed_++] = {const_cast<std::byte*>(next.payload.data()), next.payload.size()};
      } else {
        break;
      }
      ++count;
      if (next.payload.size() < segmentBytes) {
        break;
      }
    }
  }

  msghdr& header = sendHeaders_[message].msg_hdr;
  header.msg_name = &sendAddresses_[message];
  header.msg_namelen = remoteToSystem(socket, first.remote, sendAddresses_[message]);
  header.msg_iov = &pieces_[firstPiece];
  header.msg_iovlen = piecesUsed_ - firstPiece;
  header.msg_control = nullptr;
  header.msg_controllen = 0;
  if (count > 1) {
    ControlBuffer& control = sendControls_[message];
    const auto segment = static_cast<std::uint16_t>(segmentBytes);
    control.header.cmsg_level = SOL_UDP;
    control.header.cmsg_type = UDP_SEGMENT;
    control.header.cmsg_len = CMSG_LEN(sizeof segment);
    std::memcpy(CMSG_DATA(&control.header), &segment, sizeof segment);
    header.msg_control = &control;
    header.msg_controllen = CMSG_SPACE(sizeof segment);
  }
  return count;
}

/// The first message that prepare() made was refused with `error`: tries it otherwise in the next round, or drops it.
void BatchedDatagramIo::recover(UdpDescriptor& socket, int error, std::span<const OutgoingDatagram> rest,
                                SendOutcome& outcome) {
  const std::size_t run = runLengths_[0];
  switch (classifySendError(error, rest.front().remote)) {
    case SocketFault::refused:
      if (run == 1) {
        break;
      }
      if (error == EINVAL || error == EMSGSIZE) {  // segments that don't fit the path's MTU
        socket.maxSegmentBytes = rest.front().payload.size() - 1;
      } else {  // EIO: the device cannot compute checksums, and so on
        socket.segmentation = false;
      }
      return;
    case SocketFault::earlier:
      if (++earlierErrors_ <= kMaxEarlierErrors) {
        return;
      }
      break;
    case SocketFault::fatal:
      outcome.fatal = error;
      outcome.dropped += rest.size();
      outcome.consumed += rest.size();
      return;
    case SocketFault::again:
    case SocketFault::none:
      break;
  }
  outcome.consumed += run;
  outcome.dropped += run;
}

ReceiveOutcome BatchedDatagramIo::receive(UdpDescriptor& socket, std::vector<Datagram>& batch) {
  batch.clear();
  ReceiveOutcome outcome;
  for (mmsghdr& message : receiveHeaders_) {
    message.msg_hdr.msg_namelen = sizeof(SystemAddress);
    message.msg_hdr.msg_controllen = sizeof(ControlBuffer);
  }
  for (int errors = 0; errors <= kMaxEarlierErrors; ++errors) {
    const int count = ::recvmmsg(socket.fd, receiveHeaders_.data(), kReceiveMessages, MSG_DONTWAIT, nullptr);
    if (count >= 0) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        split(socket, i, batch, outcome);
      }
      outcome.more = static_cast<std::size_t>(count) == kReceiveMessages;
      return outcome;
    }
    const SocketFault fault = classifySocketError(errno);
    if (fault == SocketFault::again || fault == SocketFault::fatal) {
      outcome.fatal = fault == SocketFault::fatal ? errno : 0;
      return outcome;
    }
  }
  return outcome;
}

/// The segment size that the kernel joined datagrams of, or 0 if it joined none.
std::size_t joinedSegmentBytes(msghdr& header) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO) {
      int size = 0;
      std::memcpy(&size, CMSG_DATA(control), sizeof size);
      return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
  }
  return 0;
}

void BatchedDatagramIo::split(const UdpDescriptor& socket, std::size_t message, std::vector<Datagram>& batch,
                              ReceiveOutcome& outcome) {
  msghdr& header = receiveHeaders_[message].msg_hdr;
  const auto remote = remoteFromSystem(socket, receiveAddresses_[message], header.msg_namelen);
  if (!remote || (header.msg_flags & MSG_TRUNC) != 0) {
    ++outcome.dropped;
    return;
  }
  MutableByteView payload = receiveSpace(message).first(receiveHeaders_[message].msg_len);
  const std::size_t segmentBytes = joinedSegmentBytes(header);
  if (segmentBytes > 0) {
    for (; payload.size() > segmentBytes; payload = payload.subspan(segmentBytes)) {
      batch.push_back({*remote, payload.first(segmentBytes)});
    }
  }
  batch.push_back({*remote, payload});
}

}  // namespace

std::unique_ptr<DatagramIo> createBatchedDatagramIo(const SocketCalls& calls) {
  // A kernel that has the call looks at the descriptor first.
  if (::recvmmsg(-1, nullptr, 0, MSG_DONTWAIT, nullptr) < 0 && errno == ENOSYS) {
    return nullptr;
  }
  return std::make_unique<BatchedDatagramIo>(calls);
}

}  // namespace portico

#endif
