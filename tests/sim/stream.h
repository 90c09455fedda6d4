// Connections between simulated machines, as TCP gives them: whole, in order, bounded in flight, told when they end.
// They do not go over links and NATs but take the same time for each batch, and reach whoever listens.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "portico/platform/host.h"
#include "tests/sim/fabric.h"

namespace portico::sim {

inline constexpr Duration kStreamDelay = std::chrono::milliseconds(10);  ///< one way
inline constexpr std::size_t kMaxStreamBytesInFlight = 256 * 1024;

class SimulatedStream final : public TcpStream, public Source {
 public:
  SimulatedStream(Fabric& fabric, StreamReceiver& receiver);
  ~SimulatedStream() override;

  bool send(ByteView bytes) override;

  /// Makes two ends one connection.
  static void join(SimulatedStream& a, SimulatedStream& b);
  void openLater();
  void failLater(std::string why);
  void reset();

 private:
  struct Event {
    Time when;
    enum Kind : std::uint8_t { open, bytes, writable, closed } kind;
    ByteVector payload;
    std::string why;
  };
  void schedule(Event event);
  void fire(Time now) override;
  void deliver(Time now, const Event& event);

  Fabric& fabric_;
  StreamReceiver& receiver_;
  SourceId id_;
  SimulatedStream* peer_ = nullptr;
  std::deque<Event> inbox_;
  std::deque<ByteVector> early_;  ///< sent before the connection was made
  std::size_t inFlight_ = 0;
  bool refused_ = false;
  bool ended_ = false;
};

/// What a machine listens with: gets the server's end of each connection, and says who receives on it.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  /// `from` is the address of the machine that connects.
  virtual StreamReceiver& acceptFrom(const SocketAddress& from) = 0;
  virtual void accepted(const SocketAddress& from, std::unique_ptr<TcpStream> stream) = 0;
};

}  // namespace portico::sim
