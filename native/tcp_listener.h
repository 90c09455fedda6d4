// A TCP socket of a Loop that others connect to.
#pragma once

#include <memory>

#include "native/loop_core.h"
#include "platform/stream_gate.h"

namespace portico {

/// Connections that the kernel holds for us: more come in a burst only where somebody floods.
constexpr int kListenBacklog = 64;
/// Taken in one wake-up: what is more waits for the next, so that a flood holds up neither timers nor sockets.
constexpr int kMaxAcceptsPerWakeUp = 16;

class LoopTcpListener final : public TcpListener, private EventSource {
 public:
  static Result<std::unique_ptr<TcpListener>> open(Host& host, const std::shared_ptr<LoopCore>& core,
                                                   const TcpListenOptions& options, StreamAcceptor& acceptor);
  /// Owns `fd`, which listens.
  LoopTcpListener(Host& host, std::shared_ptr<LoopCore> core, int fd, const SocketAddress& local,
                  StreamAcceptor& acceptor);
  ~LoopTcpListener() override;
  LoopTcpListener(const LoopTcpListener&) = delete;
  LoopTcpListener& operator=(const LoopTcpListener&) = delete;

  [[nodiscard]] SocketAddress localAddress() const override { return local_; }

 private:
  void onReady(Interest ready) override;

  std::shared_ptr<LoopCore> core_;
  int fd_;
  SocketAddress local_;
  std::uint64_t token_ = 0;
  std::unique_ptr<Timer> pause_;  ///< until descriptors may be there again
  StreamGate gate_;
};

}  // namespace portico
