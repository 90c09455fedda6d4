// What Portico asks of the machine that it runs on. `native/`, `wasm/` and `tests/sim/` each give an
// implementation; nothing above this file knows which one it talks to.
//
// Thread rule: a Host, and everything made with it, belongs to one thread. Every call below is made on it, and
// every callback comes on it, from the host's own loop: never from inside the call that asked for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/platform/bytes.h"
#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico {

/// A received datagram. The payload is the receiver's to read and to overwrite (DTLS decrypts in place) until
/// it returns.
struct Datagram {
  SocketAddress remote;
  MutableByteView payload;
};

/// A datagram to send. Payloads that lie back to back in memory, alike in length (the last may be shorter) and
/// going to one remote, are what a host can hand to the kernel in one piece (UDP GSO).
struct OutgoingDatagram {
  SocketAddress remote;
  ByteView payload;
};

class UdpReceiver {
 public:
  virtual ~UdpReceiver() = default;
  /// All the datagrams that one wake-up found, in the order of arrival. The receiver may destroy the socket.
  virtual void onDatagrams(Time now, std::span<Datagram> batch) = 0;
  /// The socket is of no more use (its interface went away, the bridge is gone). Called at most once.
  virtual void onSocketError(Time now, const Error& error) = 0;

  // Asked where receivers share a port (portico/sharing_host.h). Neither changes anything.
  /// Data goes to `remote` and has a right to: who is there has proved to be the peer, and is alive.
  [[nodiscard]] virtual bool holds(const SocketAddress& /*remote*/) const { return true; }
  /// The request, to a user name that another receiver has as well, proves to know this one's password.
  [[nodiscard]] virtual bool authenticates(ByteView /*request*/) const { return true; }
};

/// A bound, unconnected UDP socket. Destroying it closes it; no callback comes after that.
class UdpSocket {
 public:
  virtual ~UdpSocket() = default;
  [[nodiscard]] virtual SocketAddress localAddress() const = 0;
  /// Sends a batch, in order. UDP's own rules: what the network does not take is lost. A host may hold what the
  /// kernel can't take at this moment, in a bounded queue; what goes over the bound is dropped and counted.
  virtual void send(std::span<const OutgoingDatagram> batch) = 0;
  /// Datagrams dropped on this side since the socket was made.
  [[nodiscard]] virtual std::uint64_t droppedDatagrams() const = 0;

  // Where receivers share a port (portico/sharing_host.h), by whom it is known what is for this one.
  /// STUN requests to these names are (RFC 8445 §7.2.2: what stands before the colon); to those named before no more.
  /// QuotaExceeded, and nothing changes, where too many others have one of them already.
  virtual Result<void> setUsernameFragments(std::span<const std::string_view> /*names*/) { return {}; }
  /// All that comes from that TURN server is. False where another receiver has said so before.
  virtual bool reserveServer(const SocketAddress& /*server*/) { return true; }
};

struct UdpOptions {
  SocketAddress local;        ///< port 0: any port of the range
  std::uint16_t portLow = 0;  ///< 0: the system chooses
  std::uint16_t portHigh = 0;
};

class StreamReceiver {
 public:
  virtual ~StreamReceiver() = default;
  /// The remote has taken the connection.
  virtual void onStreamOpen(Time now) = 0;
  /// What one wake-up found, the receiver's to read until it returns. The receiver may destroy the stream.
  virtual void onStreamBytes(Time now, ByteView bytes) = 0;
  /// There is room again after TcpStream::send() refused.
  virtual void onStreamWritable(Time now) = 0;
  /// It never opened, or has ended. Called at most once; nothing comes after it.
  virtual void onStreamClosed(Time now, const Error& why) = 0;
};

/// A TCP or TLS connection. Destroying it closes it; no callback comes after that.
class TcpStream {
 public:
  virtual ~TcpStream() = default;
  /// Takes all of `bytes`, also before the stream is open. False: too much waits already, and nothing was taken;
  /// onStreamWritable() tells when to try again. A host holds what the kernel can't take, in a bounded queue.
  virtual bool send(ByteView bytes) = 0;
};

struct TcpOptions {
  SocketAddress remote;
  std::optional<IpAddress> local;  ///< the interface to use; absent: the system chooses
  /// TLS, with a server whose certificate is for this host name or IP literal, and that this machine trusts. It is open
  /// when the handshake is over.
  std::optional<std::string> tlsServerName = std::nullopt;
  /// The UDP socket that it stands beside, for a host whose sockets have several ways out (wasm/). Port 0: none.
  SocketAddress beside = {};
};

/// Who takes connections that others make.
class StreamAcceptor {
 public:
  virtual ~StreamAcceptor() = default;
  enum class Verdict : std::uint8_t { refuse, undecided, accept };
  /// Asked as the first bytes of a connection come in: `bytes` is all that came so far. Changes nothing.
  [[nodiscard]] virtual Verdict judge(ByteView bytes) const = 0;
  /// After Verdict::accept: `stream` is the acceptor's now. The receiver outlives it, and hears of what has come
  /// already and of what follows; null where the stream was destroyed.
  virtual StreamReceiver* onStreamAccepted(Time now, const SocketAddress& remote, ByteView bytes,
                                           std::unique_ptr<TcpStream> stream) = 0;
};

/// A bound TCP socket that is connected to. Destroying it closes it, with the connections that nobody has accepted;
/// those that were live on.
class TcpListener {
 public:
  virtual ~TcpListener() = default;
  [[nodiscard]] virtual SocketAddress localAddress() const = 0;
  /// As UdpSocket::setUsernameFragments(): connections that begin with a check for one of these are for this one.
  virtual Result<void> setUsernameFragments(std::span<const std::string_view> /*names*/) { return {}; }
};

struct TcpListenOptions {
  SocketAddress local;        ///< port 0: any port of the range
  std::uint16_t portLow = 0;  ///< 0: the system chooses
  std::uint16_t portHigh = 0;
};

struct NetworkInterface {
  std::string name;
  IpAddress address;
  bool loopback = false;
  bool temporary = false;   ///< an RFC 8981 privacy address
  bool deprecated = false;  ///< RFC 4862: not to be used for new connections
  bool down = false;        ///< the address is there, but nothing passes: it is switched off, or has no cable
};

/// A socket in a multicast group, on one interface: what it sends leaves there, and what it gets came in there.
struct MulticastOptions {
  SocketAddress group;         ///< its port is the socket's own, which other programs of the machine may share
  NetworkInterface interface;  ///< one of networkInterfaces(), of the group's family
};

/// Destroying it cancels: the callback does not come any more.
class Cancellable {
 public:
  virtual ~Cancellable() = default;
};

/// One deadline. Setting it again moves it. Destroying it cancels.
class Timer {
 public:
  virtual ~Timer() = default;
  virtual void set(Time when) = 0;
  virtual void cancel() = 0;
};

class Host {
 public:
  virtual ~Host() = default;

  /// Monotonic; the same for all calls within one wake-up is allowed.
  virtual Time now() = 0;
  /// Seconds since 1970 UTC, for certificates' validity and for nothing else.
  virtual std::int64_t unixSeconds() = 0;
  /// Cryptographically strong.
  virtual void randomBytes(MutableByteView out) = 0;

  /// Runs `task` from the loop, after the callback that runs now has returned, in order of posting.
  virtual void defer(std::function<void()> task) = 0;
  virtual std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) = 0;

  virtual std::vector<NetworkInterface> networkInterfaces() = 0;
  /// Calls `onChange` when networkInterfaces() may say something else than before, until the result is destroyed; of a
  /// storm of changes not for each. Null on a host that can't tell. What it costs, it costs while somebody watches.
  virtual std::unique_ptr<Cancellable> watchNetworkInterfaces(std::function<void()> onChange);
  /// `receiver` outlives the socket.
  virtual Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) = 0;
  /// What it sends comes back to the others of this machine, and to itself. Error::NotSupported on a host without
  /// multicast.
  virtual Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver);
  /// Begins to connect; onStreamOpen() or onStreamClosed() tells how it ended. `receiver` outlives the stream.
  /// Error::NotSupported on a host that has UDP only.
  virtual Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver);
  /// Connections that no `acceptor` has accepted are few and short-lived (platform/stream_gate.h). `acceptor` outlives
  /// the listener. Error::NotSupported on a host that can't.
  virtual Result<std::unique_ptr<TcpListener>> listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor);
  /// Both of them work, so that ICE may offer TCP candidates.
  [[nodiscard]] virtual bool hasTcp() const { return false; }
  /// A and AAAA of `name`, off the loop. An IP literal resolves to itself. `onResolved` gets at least one address
  /// or an Error.
  virtual std::unique_ptr<Cancellable> resolve(const std::string& name,
                                               std::function<void(Result<std::vector<IpAddress>>)> onResolved) = 0;
  /// Where the core keeps what all that is made with one host has in common, for as long as somebody holds it.
  virtual std::weak_ptr<void>& commonService() { return commonService_; }

 private:
  std::weak_ptr<void> commonService_;
};

}  // namespace portico
