// A TCP connection of a Loop.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "native/loop_core.h"

namespace portico {

/// Bytes that wait for the kernel: above this, send() refuses. A queue beyond it would only add delay.
constexpr std::size_t kMaxQueuedStreamBytes = 256 * 1024;
/// Read at once, and so many times in one wake-up: what is more waits for the next.
constexpr std::size_t kStreamReadBytes = 64 * 1024;
constexpr int kMaxStreamReadsPerWakeUp = 4;

class LoopTcpStream final : public TcpStream, private EventSource {
 public:
  static Result<std::unique_ptr<TcpStream>> open(const std::shared_ptr<LoopCore>& core, const TcpOptions& options,
                                                 StreamReceiver& receiver);
  /// One that was accepted: owns `fd`.
  static Result<std::unique_ptr<TcpStream>> adopt(const std::shared_ptr<LoopCore>& core, int fd,
                                                  const SocketAddress& remote, StreamReceiver& receiver);
  LoopTcpStream(std::shared_ptr<LoopCore> core, int fd, const SocketAddress& remote, StreamReceiver& receiver);
  ~LoopTcpStream() override;
  LoopTcpStream(const LoopTcpStream&) = delete;
  LoopTcpStream& operator=(const LoopTcpStream&) = delete;

  bool send(ByteView bytes) override;

 private:
  void onReady(Interest ready) override;
  /// False: the receiver has destroyed this, or it has ended.
  bool becomeOpen();
  bool flush();
  void read();
  void write(ByteView& bytes);
  void updateInterest();
  /// From a callback of the loop, so that the receiver may hear at once.
  void end(const std::string& why);
  /// From inside a call: the receiver hears of it from a task.
  void endLater(std::string why);

  std::shared_ptr<LoopCore> core_;
  StreamReceiver& receiver_;
  SocketAddress remote_;
  int fd_;
  std::uint64_t token_ = 0;
  bool open_ = false;
  bool ended_ = false;
  bool refused_ = false;  ///< a send; onStreamWritable() is due
  std::vector<std::byte> queue_;
  std::shared_ptr<bool> alive_;  ///< made when an end is to be reported from a task
};

}  // namespace portico
