#include "native/tcp_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "native/bound_socket.h"
#include "native/system_address.h"
#include "native/tcp_stream.h"

namespace portico {
namespace {

/// Where there is no descriptor left, the waiting connection keeps the listener ready: it rests for so long.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

bool exhausted(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Result<std::unique_ptr<TcpListener>> LoopTcpListener::open(Host& host, const std::shared_ptr<LoopCore>& core,
                                                           const TcpListenOptions& options, StreamAcceptor& acceptor) {
  const BindOptions place{"TCP", options.local, options.portLow, options.portHigh};
  OwnedDescriptor fd(::socket(options.local.ip.isV4() ? AF_INET : AF_INET6, SOCK_STREAM, 0));
  if (fd.get() >= 0) {
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
    const int on = 1;
    // Connections of a listener before us may rest in TIME_WAIT. The port of one that listens is not to be had even so.
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const Result<SocketAddress> local = bindSocket(fd.get(), place);
  if (!local) {
    return local.error();
  }
  if (::listen(fd.get(), kListenBacklog) != 0) {
    return bindError(errno, place);
  }
  auto listener = std::make_unique<LoopTcpListener>(host, core, fd.release(), *local, acceptor);
  int error = 0;
  listener->token_ = core->sources().add(listener->fd_, *listener, {.readable = true}, error);
  if (error != 0) {
    return bindError(error, place);
  }
  return std::unique_ptr<TcpListener>(std::move(listener));
}

LoopTcpListener::LoopTcpListener(Host& host, std::shared_ptr<LoopCore> core, int fd, const SocketAddress& local,
                                 StreamAcceptor& acceptor)
    : core_(std::move(core)),
      fd_(fd),
      local_(local),
      pause_(host.createTimer([this](Time) { core_->sources().setInterest(token_, {.readable = true}); })),
      gate_(host, acceptor) {}

LoopTcpListener::~LoopTcpListener() {
  if (token_ != 0) {
    core_->sources().remove(token_);
  }
  ::close(fd_);
}

void LoopTcpListener::onReady(Interest /*ready*/) {
  for (int accepts = 0; accepts < kMaxAcceptsPerWakeUp; ++accepts) {
    SystemAddress address;
    socklen_t length = sizeof address;
    const int fd = ::accept(fd_, &address.base, &length);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) {
        continue;
      }
      if (exhausted(errno)) {
        core_->sources().setInterest(token_, {});
        pause_->set(core_->timeAfter(kAcceptPause));
      }
      return;
    }
    const auto remote = fromSystem(&address.base);
    if (!remote) {
      ::close(fd);
      continue;
    }
    StreamGate::Guest& guest = gate_.expect(*remote);
    auto stream = LoopTcpStream::adopt(core_, fd, *remote, guest);
    if (stream) {
      gate_.enter(std::move(*stream));
    } else {
      gate_.leave();
    }
  }
}

}  // namespace portico
