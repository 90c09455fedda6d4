#include "portico/native/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include <utility>

#include "native/bound_socket.h"
#include "native/loop_core.h"
#include "native/random.h"
#include "native/tcp_listener.h"
#include "native/tcp_stream.h"
#include "native/tls_stream.h"
#include "native/udp_socket.h"

namespace portico {
namespace {

class LoopTimer final : public Timer {
 public:
  LoopTimer(std::shared_ptr<LoopCore> core, std::function<void(Time)> onTimeout)
      : core_(std::move(core)), entry_(core_->timers(), std::move(onTimeout)) {}
  void set(Time when) override { entry_.set(when); }
  void cancel() override { entry_.cancel(); }

 private:
  std::shared_ptr<LoopCore> core_;
  TimerEntry entry_;
};

class LoopWatcher final : public Watcher, private EventSource {
 public:
  LoopWatcher(std::shared_ptr<LoopCore> core, std::function<void()> onReadable, std::function<void()> onWritable)
      : core_(std::move(core)),
        onReadable_(std::make_shared<std::function<void()>>(std::move(onReadable))),
        onWritable_(std::make_shared<std::function<void()>>(std::move(onWritable))) {}
  ~LoopWatcher() override { core_->sources().remove(token_); }
  LoopWatcher(const LoopWatcher&) = delete;
  LoopWatcher& operator=(const LoopWatcher&) = delete;

  /// 0 or an errno.
  int start(int fd) {
    int error = 0;
    interest_ = {static_cast<bool>(*onReadable_), static_cast<bool>(*onWritable_)};
    token_ = core_->sources().add(fd, *this, interest_, error);
    return error;
  }

  void setReadable(bool wanted) override {
    interest_.readable = wanted && *onReadable_;
    core_->sources().setInterest(token_, interest_);
  }
  void setWritable(bool wanted) override {
    interest_.writable = wanted && *onWritable_;
    core_->sources().setInterest(token_, interest_);
  }

 private:
  void onReady(Interest ready) override {
    // Either callback may destroy this watcher, and with it the function that runs.
    const auto core = core_;
    const auto onReadable = onReadable_;
    const auto onWritable = onWritable_;
    const std::uint64_t token = token_;
    if (ready.readable) {
      (*onReadable)();
    }
    if (ready.writable && core->sources().contains(token) && interest_.writable) {
      (*onWritable)();
    }
  }

  std::shared_ptr<LoopCore> core_;
  std::shared_ptr<std::function<void()>> onReadable_;
  std::shared_ptr<std::function<void()>> onWritable_;
  std::uint64_t token_ = 0;
  Interest interest_;
};

class Resolution final : public Cancellable {
 public:
  Resolution(std::shared_ptr<LoopCore> core, std::uint64_t id) : core_(std::move(core)), id_(id) {}
  ~Resolution() override { core_->resolver().cancel(id_); }
  Resolution(const Resolution&) = delete;
  Resolution& operator=(const Resolution&) = delete;

 private:
  std::shared_ptr<LoopCore> core_;
  std::uint64_t id_;
};

/// A result that is there already and is told from a task.
class DeferredResolution final : public Cancellable {
 public:
  DeferredResolution(LoopCore& core, Result<std::vector<IpAddress>> result, Resolver::Callback onResolved)
      : pending_(std::make_shared<Resolver::Callback>(std::move(onResolved))) {
    core.defer([weak = std::weak_ptr<Resolver::Callback>(pending_), result = std::move(result)] {
      if (const auto callback = weak.lock()) {
        (*callback)(result);
      }
    });
  }

 private:
  std::shared_ptr<Resolver::Callback> pending_;
};

}  // namespace

Loop::Loop(const LoopOptions& options) : core_(std::make_shared<LoopCore>(options)) {}

Loop::~Loop() {
  core_->close();
}

void Loop::run() {
  while (!core_->isTurning() && !core_->takeStop()) {
    core_->turn(std::nullopt);
  }
}

void Loop::runOnce(Duration timeout) {
  core_->turn(core_->timeAfter(timeout));
}

bool Loop::runUntil(const std::function<bool()>& done, Duration limit) {
  const Time end = core_->timeAfter(limit);
  while (!done()) {
    if (core_->isTurning() || core_->takeStop() || core_->now() >= end) {
      return false;
    }
    core_->turn(end);
  }
  return true;
}

void Loop::stop() {
  core_->stop();
}

void Loop::post(std::function<void()> task) {
  core_->inbox().post(std::move(task));
}

Result<std::unique_ptr<Watcher>> Loop::watch(int fd, std::function<void()> onReadable,
                                             std::function<void()> onWritable) {
  auto watcher = std::make_unique<LoopWatcher>(core_, std::move(onReadable), std::move(onWritable));
  const int error = ::fcntl(fd, F_GETFD) < 0 ? errno : watcher->start(fd);
  if (error != 0) {
    return Error(Error::InvalidState,
                 "cannot watch file descriptor " + std::to_string(fd) + ": " + describeErrno(error));
  }
  return std::unique_ptr<Watcher>(std::move(watcher));
}

Time Loop::now() {
  return core_->now();
}

std::int64_t Loop::unixSeconds() {
  return static_cast<std::int64_t>(::time(nullptr));
}

void Loop::randomBytes(MutableByteView out) {
  fillRandom(out);
}

void Loop::defer(std::function<void()> task) {
  core_->defer(std::move(task));
}

std::unique_ptr<Timer> Loop::createTimer(std::function<void(Time now)> onTimeout) {
  return std::make_unique<LoopTimer>(core_, std::move(onTimeout));
}

std::vector<NetworkInterface> Loop::networkInterfaces() {
  return core_->interfaceWatch().list();
}

std::unique_ptr<Cancellable> Loop::watchNetworkInterfaces(std::function<void()> onChange) {
  return InterfaceWatch::subscribe(core_, std::move(onChange));
}

Result<std::unique_ptr<UdpSocket>> Loop::openUdp(const UdpOptions& options, UdpReceiver& receiver) {
  return LoopUdpSocket::open(core_, options, receiver);
}

Result<std::unique_ptr<UdpSocket>> Loop::openMulticast(const MulticastOptions& options, UdpReceiver& receiver) {
  return LoopUdpSocket::adopt(core_, openMulticastUdp(options), receiver);
}

Result<std::unique_ptr<TcpStream>> Loop::openTcp(const TcpOptions& options, StreamReceiver& receiver) {
  return options.tlsServerName ? LoopTlsStream::open(core_, options, receiver)
                               : LoopTcpStream::open(core_, options, receiver);
}

Result<std::unique_ptr<TcpListener>> Loop::listenTcp(const TcpListenOptions& options, StreamAcceptor& acceptor) {
  return LoopTcpListener::open(*this, core_, options, acceptor);
}

std::unique_ptr<Cancellable> Loop::resolve(const std::string& name,
                                           std::function<void(Result<std::vector<IpAddress>>)> onResolved) {
  if (auto known = resolveLocally(name)) {
    return std::make_unique<DeferredResolution>(*core_, std::move(*known), std::move(onResolved));
  }
  auto shared = std::make_shared<Resolver::Callback>(std::move(onResolved));
  auto started = core_->resolver().start(name, [shared](auto result) { (*shared)(std::move(result)); });
  if (!started) {
    return std::make_unique<DeferredResolution>(*core_, started.error(),
                                                [shared](auto result) { (*shared)(std::move(result)); });
  }
  return std::make_unique<Resolution>(core_, *started);
}

}  // namespace portico
