#include "core/portico/driver.h"

#include <algorithm>
#include <utility>

namespace portico {

namespace {
/// Handlers that make events, which handlers answer with events …: after so many rounds the loop gets its turn.
constexpr int kMaxPumpRounds = 8;
}  // namespace

class Driver::Socket final : public UdpReceiver {
 public:
  Socket(Driver& driver, ice::SocketId id) : driver_(driver), id_(id) {}

  Result<void> open(const UdpOptions& options) {
    Result<std::unique_ptr<UdpSocket>> opened = driver_.host_.openUdp(options, *this);
    if (!opened) return opened.error();
    udp_ = std::move(*opened);
    return udp_->setUsernameFragments(driver_.stack_.ice().usernameFragments());
  }
  void close() { udp_.reset(); }
  SocketAddress local;
  std::uint16_t localPreference = 0;
  [[nodiscard]] UdpSocket* udp() { return udp_.get(); }

  void onDatagrams(Time now, std::span<Datagram> batch) override { driver_.onDatagrams(now, id_, batch); }
  [[nodiscard]] bool holds(const SocketAddress& remote) const override { return driver_.stack_.holds(id_, remote); }
  [[nodiscard]] bool authenticates(ByteView request) const override {
    return driver_.stack_.ice().authenticates(request);
  }
  void onSocketError(Time now, const Error& error) override { driver_.onSocketError(now, id_, error); }

 private:
  Driver& driver_;
  ice::SocketId id_;
  std::unique_ptr<UdpSocket> udp_;
};

class Driver::Stream final : public StreamReceiver {
 public:
  Stream(Driver& driver, ice::SocketId id) : driver_(driver), id_(id) {}

  Result<void> open(const TcpOptions& options) {
    Result<std::unique_ptr<TcpStream>> opened = driver_.host_.openTcp(options, *this);
    if (!opened) return opened.error();
    tcp_ = std::move(*opened);
    return {};
  }
  void adopt(std::unique_ptr<TcpStream> accepted) { tcp_ = std::move(accepted); }
  void close() { tcp_.reset(); }
  bool send(ByteView bytes) { return tcp_ == nullptr || tcp_->send(bytes); }

  void onStreamOpen(Time) override {}  // what waits goes by itself
  void onStreamBytes(Time now, ByteView bytes) override {
    const auto self = driver_.shared_from_this();
    driver_.stack_.receiveStream(now, id_, bytes);
    driver_.pump();
  }
  void onStreamWritable(Time) override {
    const auto self = driver_.shared_from_this();
    driver_.stack_.onStreamWritable(id_);
    driver_.pump();
  }
  void onStreamClosed(Time now, const Error& why) override {
    const auto self = driver_.shared_from_this();
    driver_.stack_.onStreamClosed(now, id_, why.message);
    driver_.pump();
  }

 private:
  Driver& driver_;
  ice::SocketId id_;
  std::unique_ptr<TcpStream> tcp_;
};

class Driver::Listener final : public StreamAcceptor {
 public:
  Listener(Driver& driver, ice::SocketId id) : driver_(driver), id_(id) {}

  Result<SocketAddress> open(const TcpListenOptions& options) {
    Result<std::unique_ptr<TcpListener>> opened = driver_.host_.listenTcp(options, *this);
    if (!opened) return opened.error();
    tcp_ = std::move(*opened);
    if (Result<void> named = nameIt(); !named) return named.error();
    return tcp_->localAddress();
  }
  Result<void> nameIt() { return tcp_->setUsernameFragments(driver_.stack_.ice().usernameFragments()); }
  void close() { tcp_.reset(); }

  [[nodiscard]] Verdict judge(ByteView bytes) const override { return driver_.stack_.tcp().judge(bytes); }
  StreamReceiver* onStreamAccepted(Time, const SocketAddress& remote, ByteView,
                                   std::unique_ptr<TcpStream> stream) override {
    return driver_.acceptStream(id_, remote, std::move(stream));
  }

 private:
  Driver& driver_;
  ice::SocketId id_;
  std::unique_ptr<TcpListener> tcp_;
};

std::shared_ptr<Driver> Driver::create(Host& host, ice::AgentOptions options) {
  std::shared_ptr<Driver> driver(new Driver(host, std::move(options)));
  return driver;
}

Driver::Driver(Host& host, ice::AgentOptions options)
    : host_(host),
      stack_(std::move(options), host, static_cast<Streams&>(*this), [this] { requestPump(); }),
      deadline_(host, [this](Time now) {
        const auto self = shared_from_this();
        stack_.handleTimeout(now);
        pump();
      }) {}

Driver::~Driver() = default;

Result<ice::SocketId> Driver::openSocket(const UdpOptions& options, std::uint16_t localPreference, std::string name) {
  const ice::SocketId id = nextSocket_++;
  auto socket = std::make_unique<Socket>(*this, id);
  if (Result<void> opened = socket->open(options); !opened) return opened.error();
  const SocketAddress local = socket->udp()->localAddress();
  socket->local = local;
  socket->localPreference = localPreference;
  sockets_.emplace(id, std::move(socket));
  stack_.addSocket(now(), id, local, localPreference, std::move(name));
  return id;
}

void Driver::nameSockets() {
  // The new name is random: where it should be the ninth of its kind on a port, checks find the others.
  for (auto& [id, socket] : sockets_) (void)socket->udp()->setUsernameFragments(stack_.ice().usernameFragments());
  for (auto& [id, listener] : listeners_) (void)listener->nameIt();
}

void Driver::closeSockets() {
  // This may be running inside onDatagrams() of one of them, so the receivers live on until the loop has returned.
  for (auto& [id, socket] : sockets_) socket->close();
  auto receivers = std::make_shared<decltype(sockets_)>(std::move(sockets_));
  sockets_.clear();
  for (auto& [id, stream] : streams_) stream->close();
  auto streams = std::make_shared<decltype(streams_)>(std::move(streams_));
  streams_.clear();
  for (auto& [id, listener] : listeners_) listener->close();
  auto listeners = std::make_shared<decltype(listeners_)>(std::move(listeners_));
  listeners_.clear();
  host_.defer([receivers, streams, listeners, self = shared_from_this()] {});
}

void Driver::addActiveTcp(ice::SocketId sibling, const IpAddress& local, std::uint16_t localPreference) {
  stack_.tcp().addActive(now(), sibling, local, localPreference);
}

Result<void> Driver::openListener(const TcpListenOptions& options, ice::SocketId sibling,
                                  std::uint16_t localPreference) {
  const ice::SocketId id = nextSocket_++;
  auto listener = std::make_unique<Listener>(*this, id);
  const Result<SocketAddress> local = listener->open(options);
  if (!local) return local.error();
  listeners_.emplace(id, std::move(listener));
  stack_.tcp().addPassive(now(), id, sibling, *local, localPreference);
  return {};
}

void Driver::closeListener(ice::SocketId listener) {
  const auto found = listeners_.find(listener);
  if (found == listeners_.end()) return;
  found->second->close();
  std::shared_ptr<Listener> acceptor = std::move(found->second);
  listeners_.erase(found);
  host_.defer([acceptor, self = shared_from_this()] {});
}

StreamReceiver* Driver::acceptStream(ice::SocketId listener, const SocketAddress& remote,
                                     std::unique_ptr<TcpStream> stream) {
  const ice::SocketId id = nextSocket_++;
  if (!stack_.tcp().accept(listener, remote, id)) return nullptr;
  auto accepted = std::make_unique<Stream>(*this, id);
  accepted->adopt(std::move(stream));
  return streams_.emplace(id, std::move(accepted)).first->second.get();
}

Result<ice::SocketId> Driver::openStream(const TcpOptions& options) {
  const ice::SocketId id = nextSocket_++;
  auto stream = std::make_unique<Stream>(*this, id);
  if (Result<void> opened = stream->open(options); !opened) return opened.error();
  streams_.emplace(id, std::move(stream));
  return id;
}

bool Driver::sendStream(ice::SocketId stream, ByteView bytes) {
  const auto found = streams_.find(stream);
  return found == streams_.end() || found->second->send(bytes);
}

void Driver::closeStream(ice::SocketId stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  found->second->close();  // as in closeSockets(): its receiver may be running
  std::shared_ptr<Stream> receiver = std::move(found->second);
  streams_.erase(found);
  host_.defer([receiver, self = shared_from_this()] {});
}

bool Driver::reserveServer(ice::SocketId socket, const SocketAddress& server) {
  const auto found = sockets_.find(socket);
  return found == sockets_.end() || found->second->udp()->reserveServer(server);
}

void Driver::sendPackets(ice::SocketId socket, std::span<const OutgoingDatagram> batch) {
  const auto found = sockets_.find(socket);
  if (found != sockets_.end()) found->second->udp()->send(batch);
}

void Driver::onDatagrams(Time now, ice::SocketId socket, std::span<Datagram> batch) {
  const auto self = shared_from_this();
  stack_.receive(now, socket, batch);
  pump();
}

void Driver::onSocketError(Time now, ice::SocketId socket, const Error& error) {
  const auto self = shared_from_this();
  loseSocket(socket, error.message);
  stack_.settle(now);
  pump();
}

void Driver::loseSocket(ice::SocketId socket, const std::string& why) {
  stack_.removeSocket(now(), socket, why);
  const auto found = sockets_.find(socket);
  if (found != sockets_.end()) {
    found->second->close();
    std::shared_ptr<Socket> receiver = std::move(found->second);
    sockets_.erase(found);
    host_.defer([receiver, self = shared_from_this()] {});
  }
}

Driver::Bound Driver::socketAt(const IpAddress& address) const {
  for (const Bound& bound : sockets()) {
    if (bound.address == address) return bound;
  }
  return {};
}

bool Driver::usesPreference(std::uint16_t localPreference) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const auto& entry) { return entry.second->localPreference == localPreference; });
}

std::vector<Driver::Bound> Driver::sockets() const {
  std::vector<Bound> result;
  for (const auto& [id, socket] : sockets_) result.push_back({id, socket->local.ip, socket->localPreference});
  return result;
}

void Driver::afterCall() {
  stack_.settle(now());
  requestPump();
}

void Driver::requestPump() {
  if (pumping_ || pumpRequested_) return;
  pumpRequested_ = true;
  host_.defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->pumpRequested_ = false;
      self->pump();
    }
  });
}

void Driver::pump() {
  if (pumping_) return;
  const auto self = shared_from_this();
  pumping_ = true;
  for (int round = 0; round < kMaxPumpRounds; ++round) {
    deliverEvents();
    stack_.drain(now(), *this);
    stack_.settle(now());
    if (stack_.events().empty()) break;
  }
  pumping_ = false;
  if (!stack_.events().empty()) requestPump();
  deadline_.set(stack_.nextTimeout());
}

void Driver::deliverEvents() {
  if (stack_.events().empty()) return;
  EventBatch batch = stack_.events().take();
  for (const StackEvent& event : batch.events) deliver(event, batch.memory);
  stack_.events().recycle(std::move(batch));
}

void Driver::deliver(const StackEvent& event, ByteView memory) {
  if (const auto* ice = std::get_if<IceEvent>(&event)) {
    if (const auto listener = gatherer.lock()) listener->onIceEvent(*ice->event);
    if (const auto listener = iceTransport.lock()) listener->onIceEvent(*ice->event);
  } else if (const auto* dtls = std::get_if<DtlsStateChange>(&event)) {
    if (const auto listener = dtlsTransport.lock()) listener->onDtlsState(dtls->state);
  } else if (const auto listener = sctpTransport.lock()) {
    listener->onSctpEvent(event, memory);
  }
}

}  // namespace portico
