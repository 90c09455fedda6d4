// One listener behind any number of TcpListeners.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

class SharedTcp final : public StreamAcceptor, public std::enable_shared_from_this<SharedTcp> {
 public:
  using Open = std::function<Result<std::unique_ptr<TcpListener>>(StreamAcceptor& acceptor)>;
  static Result<std::shared_ptr<SharedTcp>> create(const Open& open);

  /// Keeps this alive; the last of them to go closes the listener. `acceptor` outlives it.
  std::unique_ptr<TcpListener> attach(StreamAcceptor& acceptor);

  [[nodiscard]] Verdict judge(ByteView bytes) const override;
  StreamReceiver* onStreamAccepted(Time now, const SocketAddress& remote, ByteView bytes,
                                   std::unique_ptr<TcpStream> stream) override;

 private:
  class Member;

  std::unique_ptr<TcpListener> listener_;
  std::vector<Member*> members_;
};

}  // namespace portico
