// Runs one TransportStack on a Host: its sockets, its timer, and the moment at which the user is told.
//
// Every wake-up ends in pump(): events go to the objects' handlers, then what the engines and the handlers made goes
// out as one batch. A user's call from elsewhere only asks for a pump, by Host::defer, so that many calls make one.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/portico/deadline.h"
#include "core/stack/transport_stack.h"
#include "portico/platform/host.h"

namespace portico {

class IceListener {
 public:
  virtual ~IceListener() = default;
  virtual void onIceEvent(const ice::Event& event) = 0;
};

class DtlsListener {
 public:
  virtual ~DtlsListener() = default;
  virtual void onDtlsState(DtlsTransportState state) = 0;
};

class SctpListener {
 public:
  virtual ~SctpListener() = default;
  virtual void onSctpEvent(const StackEvent& event, ByteView memory) = 0;
};

class Driver final : public std::enable_shared_from_this<Driver>, private PacketSender, private Streams {
 public:
  static std::shared_ptr<Driver> create(Host& host, ice::AgentOptions options);
  ~Driver() override;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] Time now() { return host_.now(); }
  [[nodiscard]] TransportStack& stack() { return stack_; }

  /// Opens a socket and gives it to the stack; the peer is told `name` in place of its address, if there is one.
  Result<ice::SocketId> openSocket(const UdpOptions& options, std::uint16_t localPreference, std::string name = {});
  /// After ICE has restarted: requests come to another name.
  void nameSockets();
  /// TCP candidates of the interface that has `local` (RFC 6544). `sibling` is the UDP socket there, 0 where there is
  /// none.
  void addActiveTcp(ice::SocketId sibling, const IpAddress& local, std::uint16_t localPreference);
  Result<void> openListener(const TcpListenOptions& options, ice::SocketId sibling, std::uint16_t localPreference);
  [[nodiscard]] bool hasSockets() const { return !sockets_.empty(); }
  [[nodiscard]] std::size_t socketCount() const { return sockets_.size(); }
  struct Bound {
    ice::SocketId id = 0;
    IpAddress address;
    std::uint16_t localPreference = 0;
  };
  [[nodiscard]] std::vector<Bound> sockets() const;
  /// One with id 0 where there is none.
  [[nodiscard]] Bound socketAt(const IpAddress& address) const;
  [[nodiscard]] bool usesPreference(std::uint16_t localPreference) const;
  /// As if the host had said that it is of no more use.
  void loseSocket(ice::SocketId socket, const std::string& why);
  /// Sends what waits now, while there is still a pair to send it on: a close_notify, an ABORT.
  void flush() { stack_.drain(now(), *this); }
  void closeSockets();

  /// After each user's call that changed an engine.
  void afterCall();
  /// The same for send(), which moves no layer on: it only makes packets.
  void afterSend() { requestPump(); }

  std::weak_ptr<IceListener> gatherer;
  std::weak_ptr<IceListener> iceTransport;
  std::weak_ptr<DtlsListener> dtlsTransport;
  std::weak_ptr<SctpListener> sctpTransport;

 private:
  class Socket;
  class Stream;
  class Listener;

  Driver(Host& host, ice::AgentOptions options);
  void sendPackets(ice::SocketId socket, std::span<const OutgoingDatagram> batch) override;
  Result<ice::SocketId> openStream(const TcpOptions& options) override;
  bool sendStream(ice::SocketId stream, ByteView bytes) override;
  void closeStream(ice::SocketId stream) override;
  bool reserveServer(ice::SocketId socket, const SocketAddress& server) override;
  void closeListener(ice::SocketId listener) override;
  ice::SocketId newSocketId() override { return nextSocket_++; }
  StreamReceiver* acceptStream(ice::SocketId listener, const SocketAddress& remote, std::unique_ptr<TcpStream> stream);
  void onDatagrams(Time now, ice::SocketId socket, std::span<Datagram> batch);
  void onSocketError(Time now, ice::SocketId socket, const Error& error);
  void requestPump();
  void pump();
  void deliverEvents();
  void deliver(const StackEvent& event, ByteView memory);

  Host& host_;
  std::unordered_map<ice::SocketId, std::unique_ptr<Stream>> streams_;
  std::unordered_map<ice::SocketId, std::unique_ptr<Listener>> listeners_;
  TransportStack stack_;
  std::unordered_map<ice::SocketId, std::unique_ptr<Socket>> sockets_;
  ice::SocketId nextSocket_ = 1;
  Deadline deadline_;
  bool pumpRequested_ = false;
  bool pumping_ = false;
};

}  // namespace portico
