#include "core/mux/shared_tcp.h"

#include <utility>

#include "core/wire/packet_frame.h"
#include "portico/sharing_host.h"

namespace portico {

class SharedTcp::Member final : public TcpListener {
 public:
  Member(std::shared_ptr<SharedTcp> owner, StreamAcceptor& acceptor) : owner_(std::move(owner)), acceptor_(acceptor) {}
  ~Member() override {
    owner_->names_.unname(*this);
    owner_->members_.erase(this);
  }

  [[nodiscard]] SocketAddress localAddress() const override { return owner_->listener_->localAddress(); }
  Result<void> setUsernameFragments(std::span<const std::string_view> given) override {
    return owner_->names_.name(*this, given);
  }
  [[nodiscard]] StreamAcceptor& acceptor() { return acceptor_; }

  std::vector<std::string> names;  ///< in the table

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
  members_.insert(member.get());
  return member;
}

SharedTcp::Member* SharedTcp::ownerOf(ByteView bytes) const {
  const std::size_t frame = *frameBytes(bytes);
  if (frame == 0 || frame > bytes.size()) return nullptr;
  return names_.find(bytes.first(frame).subspan(kFrameHeaderBytes),
                     [&](Member& member) { return member.acceptor().judge(bytes) == Verdict::accept; });
}

StreamAcceptor::Verdict SharedTcp::judge(ByteView bytes) const {
  if (Member* owner = ownerOf(bytes)) return owner->acceptor().judge(bytes);
  if (members_.empty()) return Verdict::refuse;
  // Whether more has to come is the same for all of them.
  const Verdict ofAny = (*members_.begin())->acceptor().judge(bytes);
  return ofAny == Verdict::undecided ? ofAny : Verdict::refuse;
}

StreamReceiver* SharedTcp::onStreamAccepted(Time now, const SocketAddress& remote, ByteView bytes,
                                            std::unique_ptr<TcpStream> stream) {
  Member* owner = ownerOf(bytes);
  return owner == nullptr ? nullptr : owner->acceptor().onStreamAccepted(now, remote, bytes, std::move(stream));
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
