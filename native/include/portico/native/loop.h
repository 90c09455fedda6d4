// The POSIX host: one event loop, for one thread.
//
// Thread rule. A Loop belongs to the thread that runs it (before the first run: to the thread that made it). Its
// calls, those of everything made with it, and all callbacks are on that thread. `post` is the one call that any
// thread may make, for as long as the Loop lives.
//
// Re-entrancy. No callback comes from inside the call that asked for it. A callback may make any call, and may destroy
// anything that was made with the Loop, itself included: a destroyed timer, socket, watcher or resolution is silent
// from that moment, also when its event had been found already. A callback may not destroy the Loop, and a run
// inside a callback returns at once.
//
// A turn of the loop: wait; then the sockets and watchers that are ready; then the timers that are due; then the
// deferred and posted tasks. Tasks that tasks defer run in the next turn, so they hold up neither packets nor timers.
//
// Lifetime. Timers, sockets, watchers and resolutions may outlive the Loop. They are inert then: no callback comes,
// sends are dropped, and destroying them is fine. Tasks that have not run are destroyed with the Loop, on its thread.
//
// Errors are values. The one exception: making a Loop throws std::system_error when the process has no file
// descriptor left for it. An exception that a callback throws comes out of the run that called it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

class LoopCore;

struct LoopOptions {
  enum class Polling {
    best,   ///< epoll where the kernel has it
    epoll,  ///< Linux; elsewhere the same as `poll`
    poll,   ///< POSIX
  };
  Polling polling = Polling::best;

  /// What UDP may use where the kernel has it. Off is for comparison and for kernels with a fault.
  bool udpBatchedCalls = true;         ///< sendmmsg, recvmmsg
  bool udpSegmentationOffload = true;  ///< UDP_SEGMENT (GSO) for alike datagrams to one remote
  bool udpReceiveOffload = true;       ///< UDP_GRO

  /// Asked of the kernel for each UDP socket and direction; its own limit (net.core.rmem_max, wmem_max) holds. It is a
  /// limit, not an allocation. 4 MiB is 20 ms of 1.6 Gbit/s, a burst that a busy receiver must not lose.
  int udpBufferBytes = 4 * 1024 * 1024;

  /// How long to look for more packets, after some came, before the thread sleeps. It halves a round trip on an idle
  /// machine, for up to so much processor time; where nothing comes of it, it is hardly tried. Zero: never.
  Duration idleSpin = std::chrono::microseconds(100);
};

/// Watches a file descriptor that is not the Loop's own. Destroying it ends the watch and leaves the descriptor
/// open; destroy it before closing the descriptor.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Whether `onReadable` and `onWritable` are to come. Level-triggered: they come in each turn while it is so.
  virtual void setReadable(bool wanted) = 0;
  virtual void setWritable(bool wanted) = 0;
};

class Loop final : public Host {
 public:
  explicit Loop(const LoopOptions& options = {});
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Turns until stop().
  void run();
  /// One turn that waits at most `timeout` for something to do.
  void runOnce(Duration timeout);
  /// Turns until `done()` holds, stop() was called, or `limit` has passed. Returns what `done()` says at the end.
  bool runUntil(const std::function<bool()>& done, Duration limit);
  /// The run that goes on now returns after this turn; without one, the next run() or runUntil() returns at once.
  void stop();

  /// From any thread: runs `task` in the loop, in order of posting, and wakes the loop for it. A task that is never run
  /// is destroyed with the Loop.
  void post(std::function<void()> task);

  /// Calls back while `fd` is readable (also: at its end, or in error) or writable. What has a callback is wanted
  /// from the start. Regular files, which are always ready, work too. Error::InvalidState for a descriptor that is not
  /// open or that is watched already.
  Result<std::unique_ptr<Watcher>> watch(int fd, std::function<void()> onReadable,
                                         std::function<void()> onWritable = {});

  Time now() override;
  std::int64_t unixSeconds() override;
  void randomBytes(MutableByteView out) override;
  void defer(std::function<void()> task) override;
  std::unique_ptr<Timer> createTimer(std::function<void(Time now)> onTimeout) override;
  /// All addresses, in the system's order; those of interfaces that are off or without a cable are `down`.
  std::vector<NetworkInterface> networkInterfaces() override;
  /// By rtnetlink on Linux, within a tenth of a second; elsewhere by a look every three seconds.
  std::unique_ptr<Cancellable> watchNetworkInterfaces(std::function<void()> onChange) override;
  /// A socket bound to a link-local IPv6 address with a scope stays in that scope: it reports remotes without one, as a
  /// peer's candidates name them, and sends to them there. IPv6 sockets are IPv6 only.
  /// Error::Range for a port range that is empty, Error::QuotaExceeded for want of file descriptors, Error::Network
  /// otherwise.
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions& options, UdpReceiver& receiver) override;
  /// Error::Network where the interface or the port can't be had.
  Result<std::unique_ptr<UdpSocket>> openMulticast(const MulticastOptions& options, UdpReceiver& receiver) override;
  /// Error::QuotaExceeded for want of file descriptors, Error::Network otherwise. The first TLS connection reads the
  /// machine's store of certificate authorities, for all that follow; SSL_CERT_FILE and SSL_CERT_DIR name another, as
  /// they do for OpenSSL.
  Result<std::unique_ptr<TcpStream>> openTcp(const TcpOptions& options, StreamReceiver& receiver) override;
  /// As openUdp().
  Result<std::unique_ptr<TcpListener>> listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) override;
  [[nodiscard]] bool hasTcp() const override { return true; }
  /// Error::Syntax for what cannot be a name, Error::NotSupported for mDNS names (".local"), Error::QuotaExceeded when
  /// too many names wait, Error::Network when the name does not resolve.
  std::unique_ptr<Cancellable> resolve(const std::string& name,
                                       std::function<void(Result<std::vector<IpAddress>>)> onResolved) override;

  /// The inside, for tests of native/.
  [[nodiscard]] LoopCore& core() { return *core_; }

 private:
  std::shared_ptr<LoopCore> core_;
};

}  // namespace portico
