#include "core/mux/shared_tcp.h"

#include <utility>

#include "portico/sharing_host.h"

namespace portico {

class SharedTcp::Member final : public TcpListener {
 public:
  Member(std::shared_ptr<SharedTcp> owner, StreamAcceptor& acceptor) : owner_(std::move(owner)), acceptor_(acceptor) {}
  ~Member() override { std::erase(owner_->members_, this); }

  [[nodiscard]] SocketAddress localAddress() const override { return owner_->listener_->localAddress(); }
  [[nodiscard]] StreamAcceptor& acceptor() { return acceptor_; }

 private:
  std::shared_ptr<SharedTcp> owner_;
  StreamAcceptor& acceptor_;
};

Result<std::shared_ptr<SharedTcp>> SharedTcp::create(const Open& open) {
  auto shared = std::make_shared<SharedTcp>();
  Result<std::unique_ptr<TcpListener>> listener = open(*shared);
  if (!listener) return listener.error();
  shared->listener_ = std::move(*listener);
  return shared;
}

std::unique_ptr<TcpListener> SharedTcp::attach(StreamAcceptor& acceptor) {
  auto member = std::make_unique<Member>(shared_from_this(), acceptor);
  members_.push_back(member.get());
  return member;
}

StreamAcceptor::Verdict SharedTcp::judge(ByteView bytes) const {
  Verdict verdict = Verdict::refuse;
  for (Member* member : members_) {
    const Verdict of = member->acceptor().judge(bytes);
    if (of == Verdict::accept) return of;
    if (of == Verdict::undecided) verdict = of;
  }
  return verdict;
}

StreamReceiver* SharedTcp::onStreamAccepted(Time now, const SocketAddress& remote, ByteView bytes,
                                            std::unique_ptr<TcpStream> stream) {
  for (Member* member : members_) {
    if (member->acceptor().judge(bytes) != Verdict::accept) continue;
    return member->acceptor().onStreamAccepted(now, remote, bytes, std::move(stream));
  }
  return nullptr;
}

Result<std::unique_ptr<TcpListener>> SharingHost::listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) {
  std::weak_ptr<SharedTcp>& entry = listeners_[Key{options.local, options.portLow, options.portHigh}];
  std::shared_ptr<SharedTcp> shared = entry.lock();
  if (!shared) {
    auto opened = SharedTcp::create([&](StreamAcceptor& all) { return host_.listenTcp(options, all); });
    if (!opened) return opened.error();
    shared = std::move(*opened);
    entry = shared;
  }
  return shared->attach(acceptor);
}

}  // namespace portico
