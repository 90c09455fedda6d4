#include "tests/sim/stream.h"

#include <utility>

#include "platform/stream_gate.h"
#include "tests/sim/world.h"

namespace portico::sim {

SimulatedStream::SimulatedStream(Fabric& fabric, StreamReceiver& receiver)
    : fabric_(fabric), receiver_(receiver), id_(fabric.scheduler.add(*this)) {
  fabric_.streams.push_back(this);
}

SimulatedStream::~SimulatedStream() {
  std::erase(fabric_.streams, this);
  fabric_.scheduler.remove(id_);
  if (peer_ == nullptr) return;
  peer_->peer_ = nullptr;
  peer_->failLater("the other side has closed the connection");
}

void SimulatedStream::join(SimulatedStream& a, SimulatedStream& b) {
  a.peer_ = &b;
  b.peer_ = &a;
  for (SimulatedStream* end : {&a, &b}) {
    for (ByteVector& bytes : std::exchange(end->early_, {})) {
      end->peer_->schedule({end->fabric_.now() + kStreamDelay, Event::bytes, std::move(bytes), {}});
    }
  }
}

bool SimulatedStream::send(ByteView bytes) {
  if (ended_) return true;
  if (inFlight_ >= kMaxStreamBytesInFlight) {
    refused_ = true;
    return false;
  }
  inFlight_ += bytes.size();
  if (peer_ != nullptr) {
    peer_->schedule({fabric_.now() + kStreamDelay, Event::bytes, toVector(bytes), {}});
  } else {
    early_.push_back(toVector(bytes));
  }
  return true;
}

void SimulatedStream::openLater() {
  schedule({fabric_.now() + kStreamDelay, Event::open, {}, {}});
}

void SimulatedStream::failLater(std::string why) {
  schedule({fabric_.now() + kStreamDelay, Event::closed, {}, std::move(why)});
}

void SimulatedStream::schedule(Event event) {
  fabric_.scheduler.at(event.when, Phase::deliveries, id_);
  inbox_.push_back(std::move(event));
}

void SimulatedStream::fire(Time now) {
  const Scheduler& scheduler = fabric_.scheduler;
  const SourceId id = id_;
  while (!inbox_.empty() && inbox_.front().when <= now && !ended_) {
    const Event event = std::move(inbox_.front());
    inbox_.pop_front();
    deliver(now, event);
    if (!scheduler.alive(id)) return;  // the receiver has destroyed it
  }
}

void SimulatedStream::deliver(Time now, const Event& event) {
  switch (event.kind) {
    case Event::open:
      return receiver_.onStreamOpen(now);
    case Event::writable:
      return receiver_.onStreamWritable(now);
    case Event::closed:
      ended_ = true;
      return receiver_.onStreamClosed(now, Error(Error::Network, event.why));
    case Event::bytes:
      break;
  }
  if (peer_ != nullptr) {
    peer_->inFlight_ -= event.payload.size();
    if (std::exchange(peer_->refused_, false)) peer_->schedule({now, Event::writable, {}, {}});
  }
  receiver_.onStreamBytes(now, event.payload);
}

void SimulatedStream::reset() {
  if (peer_ != nullptr) std::exchange(peer_, nullptr)->reset();
  inbox_.clear();
  failLater("connection reset by peer");
}

void World::resetStreams() {
  for (SimulatedStream* stream : fabric_.streams) stream->reset();
}

// The machine's part --------------------------------------------------------------------------------------------------

void Machine::listenTcp(const SocketAddress& local, StreamListener* listener) {
  world_.listenTcp(local, listener);
}

namespace {

class SimulatedListener final : public TcpListener, private StreamListener {
 public:
  SimulatedListener(World& world, Host& host, const SocketAddress& local, StreamAcceptor& acceptor)
      : world_(world), local_(local), gate_(host, acceptor) {
    world_.listenTcp(local_, this);
  }
  ~SimulatedListener() override { world_.listenTcp(local_, nullptr); }

  [[nodiscard]] SocketAddress localAddress() const override { return local_; }

 private:
  StreamReceiver& acceptFrom(const SocketAddress& from) override { return gate_.expect(from); }
  void accepted(const SocketAddress&, std::unique_ptr<TcpStream> stream) override { gate_.enter(std::move(stream)); }

  World& world_;
  SocketAddress local_;
  StreamGate gate_;
};

}  // namespace

Result<std::unique_ptr<TcpListener>> Machine::listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) {
  if (!owns(options.local.ip)) {
    return Error(Error::Network, "This machine does not have the address " + options.local.ip.toString() + '.');
  }
  const auto taken = [this](const SocketAddress& at) { return world_.tcpListener(at) != nullptr; };
  SocketAddress local = options.local;
  if (local.port == 0) {
    const bool ranged = options.portLow != 0;
    local.port = ranged ? options.portLow : kLowestEphemeral;
    const std::uint16_t high = ranged ? options.portHigh : 0xffff;
    while (taken(local) && local.port < high) ++local.port;
  }
  if (taken(local)) return Error(Error::Network, "No port is free at " + local.toString() + '.');
  return std::unique_ptr<TcpListener>(std::make_unique<SimulatedListener>(world_, *this, local, acceptor));
}

Result<std::unique_ptr<TcpStream>> Machine::openTcp(const TcpOptions& options, StreamReceiver& receiver) {
  if (tcpFailure) return *tcpFailure;
  tlsServerNames.push_back(options.tlsServerName);
  if (options.local && !owns(*options.local)) {
    return Error(Error::Network, "This machine does not have the address " + options.local->toString() + '.');
  }
  SocketAddress from{options.local.value_or(IpAddress()), nextTcpPort_++};
  auto stream = std::make_unique<SimulatedStream>(fabric_, receiver);
  StreamListener* listener = world_.tcpListener(options.remote);
  if (listener == nullptr) {
    stream->failLater("nobody listens at " + options.remote.toString());
    return std::unique_ptr<TcpStream>(std::move(stream));
  }
  auto other = std::make_unique<SimulatedStream>(fabric_, listener->acceptFrom(from));
  SimulatedStream::join(*stream, *other);
  stream->openLater();
  listener->accepted(from, std::move(other));
  return std::unique_ptr<TcpStream>(std::move(stream));
}

}  // namespace portico::sim
