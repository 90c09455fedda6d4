// One listener behind any number of TcpListeners. A connection is for whom the check is that it begins with (RFC 6544
// §5.2), by the name before the colon of its USERNAME, however many members there are.
#pragma once

#include <functional>
#include <memory>
#include <unordered_set>

#include "core/mux/name_table.h"
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
  /// Whom a whole first frame is for; null also where it is not whole yet.
  [[nodiscard]] Member* ownerOf(ByteView bytes) const;

  std::unique_ptr<TcpListener> listener_;
  std::unordered_set<Member*> members_;
  NameTable<Member> names_;
};

}  // namespace portico
