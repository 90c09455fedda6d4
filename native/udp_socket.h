// A UDP socket of a Loop.
#pragma once

#include <memory>

#include "native/datagram_io.h"
#include "native/loop_core.h"
#include "native/send_queue.h"
#include "native/udp_open.h"

namespace portico {

/// Reads that one wake-up does at most: what is more waits for the next, so that a busy socket holds up neither timers
/// nor the others.
constexpr int kMaxReadsPerWakeUp = 4;
/// Queued datagrams that are handed to the kernel at once.
constexpr std::size_t kFlushDatagrams = 256;

class LoopUdpSocket final : public UdpSocket, private EventSource {
 public:
  static Result<std::unique_ptr<UdpSocket>> open(const std::shared_ptr<LoopCore>& core, const UdpOptions& options,
                                                 UdpReceiver& receiver);
  static Result<std::unique_ptr<UdpSocket>> adopt(const std::shared_ptr<LoopCore>& core, const Result<BoundUdp>& bound,
                                                  UdpReceiver& receiver);
  LoopUdpSocket(std::shared_ptr<LoopCore> core, const UdpDescriptor& descriptor, const SocketAddress& local,
                UdpReceiver& receiver);
  ~LoopUdpSocket() override;
  LoopUdpSocket(const LoopUdpSocket&) = delete;
  LoopUdpSocket& operator=(const LoopUdpSocket&) = delete;

  [[nodiscard]] SocketAddress localAddress() const override { return local_; }
  void send(std::span<const OutgoingDatagram> batch) override;
  [[nodiscard]] std::uint64_t droppedDatagrams() const override { return dropped_; }

 private:
  void onReady(Interest ready) override;
  void enqueue(std::span<const OutgoingDatagram> rest);
  void flush();
  void fail(int error);
  void reportFailure();

  std::shared_ptr<LoopCore> core_;
  UdpReceiver& receiver_;
  UdpDescriptor descriptor_;
  SocketAddress local_;
  std::uint64_t token_ = 0;
  std::uint64_t dropped_ = 0;
  SendQueue queue_;
  int failure_ = 0;              ///< errno that ended it
  std::shared_ptr<bool> alive_;  ///< made when a failure is to be reported from a task
};

}  // namespace portico
