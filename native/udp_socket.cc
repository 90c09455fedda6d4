#include "native/udp_socket.h"

#include <unistd.h>

#include <utility>

#include "native/bound_socket.h"
#include "native/udp_open.h"

namespace portico {

Result<std::unique_ptr<UdpSocket>> LoopUdpSocket::open(const std::shared_ptr<LoopCore>& core, const UdpOptions& options,
                                                       UdpReceiver& receiver) {
  return adopt(core, openBoundUdp(options, core->options()), receiver);
}

Result<std::unique_ptr<UdpSocket>> LoopUdpSocket::adopt(const std::shared_ptr<LoopCore>& core,
                                                        const Result<BoundUdp>& bound, UdpReceiver& receiver) {
  if (!bound) {
    return bound.error();
  }
  auto socket = std::make_unique<LoopUdpSocket>(core, bound->descriptor, bound->local, receiver);
  int error = 0;
  socket->token_ = core->sources().add(bound->descriptor.fd, *socket, {.readable = true}, error);
  if (error != 0) {
    return Error(Error::QuotaExceeded, "cannot watch a UDP socket: " + describeErrno(error));
  }
  return std::unique_ptr<UdpSocket>(std::move(socket));
}

LoopUdpSocket::LoopUdpSocket(std::shared_ptr<LoopCore> core, const UdpDescriptor& descriptor,
                             const SocketAddress& local, UdpReceiver& receiver)
    : core_(std::move(core)), receiver_(receiver), descriptor_(descriptor), local_(local) {}

LoopUdpSocket::~LoopUdpSocket() {
  core_->sources().remove(token_);
  ::close(descriptor_.fd);
}

void LoopUdpSocket::send(std::span<const OutgoingDatagram> batch) {
  if (failure_ != 0 || core_->isClosed()) {
    dropped_ += batch.size();
    return;
  }
  if (!queue_.empty()) {  // order: what waits goes first
    enqueue(batch);
    return;
  }
  const SendOutcome outcome = core_->datagramIo().send(descriptor_, batch);
  dropped_ += outcome.dropped;
  if (outcome.fatal != 0) {
    fail(outcome.fatal);
  } else if (outcome.consumed < batch.size()) {
    enqueue(batch.subspan(outcome.consumed));
    core_->sources().setInterest(token_, {.readable = true, .writable = true});
  }
}

void LoopUdpSocket::enqueue(std::span<const OutgoingDatagram> rest) {
  for (const OutgoingDatagram& datagram : rest) {
    if (!queue_.push(datagram)) {
      ++dropped_;
    }
  }
}

void LoopUdpSocket::flush() {
  while (!queue_.empty()) {
    const auto batch = queue_.front(kFlushDatagrams);
    const SendOutcome outcome = core_->datagramIo().send(descriptor_, batch);
    const bool full = outcome.consumed < batch.size();
    dropped_ += outcome.dropped;
    queue_.pop(outcome.consumed);
    if (outcome.fatal != 0) {
      fail(outcome.fatal);
      return;
    }
    if (full) {
      return;
    }
  }
  core_->sources().setInterest(token_, {.readable = true});
}

void LoopUdpSocket::onReady(Interest ready) {
  if (ready.writable) {
    flush();
  }
  if (!ready.readable) {
    return;
  }
  // From here on the receiver may destroy this socket: what is needed after its call is on the stack.
  const std::shared_ptr<LoopCore> core = core_;
  const std::uint64_t token = token_;
  for (int reads = 0; reads < kMaxReadsPerWakeUp && failure_ == 0; ++reads) {
    std::vector<Datagram>& batch = core->batch();
    const ReceiveOutcome outcome = core->datagramIo().receive(descriptor_, batch);
    dropped_ += outcome.dropped;
    if (outcome.fatal != 0) {
      fail(outcome.fatal);
    }
    if (!batch.empty()) {
      receiver_.onDatagrams(core->now(), batch);
      if (!core->sources().contains(token)) {
        return;
      }
    }
    if (!outcome.more) {
      return;
    }
  }
}

/// Ends the socket. The receiver hears of it from a task: a send may have failed, and no callback comes from inside
/// the call that caused it.
void LoopUdpSocket::fail(int error) {
  if (failure_ != 0) {
    return;
  }
  failure_ = error;
  queue_.clear();
  core_->sources().setInterest(token_, {});
  alive_ = std::make_shared<bool>(true);
  core_->defer([this, watch = std::weak_ptr<bool>(alive_)] {
    if (!watch.expired()) {
      reportFailure();
    }
  });
}

void LoopUdpSocket::reportFailure() {
  receiver_.onSocketError(core_->now(), Error(Error::Network, "the UDP socket on " + local_.toString() +
                                                                  " is of no more use: " + describeErrno(failure_)));
}

}  // namespace portico
