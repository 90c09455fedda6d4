#include "native/tcp_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "native/bound_socket.h"
#include "native/system_address.h"

namespace portico {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

bool wouldBlock(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Error openError(int error, const SocketAddress& remote) {
  const bool exhausted = error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
  return {exhausted ? Error::QuotaExceeded : Error::Network,
          "cannot connect to " + remote.toString() + ": " + describeErrno(error)};
}

void setUp(int fd) {
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const int on = 1;
  // Each write is a batch already, and what it carries is in a hurry.
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
  ::setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

/// 0 or an errno; a connection that is under way is no error.
int beginConnecting(int fd, const TcpOptions& options) {
  SystemAddress address;
  if (options.local) {
    const socklen_t length = toSystem(SocketAddress{*options.local, 0}, address);
    if (::bind(fd, &address.base, length) != 0) {
      return errno;
    }
  }
  const socklen_t length = toSystem(options.remote, address);
  return ::connect(fd, &address.base, length) == 0 || errno == EINPROGRESS ? 0 : errno;
}

}  // namespace

Result<std::unique_ptr<TcpStream>> LoopTcpStream::open(const std::shared_ptr<LoopCore>& core, const TcpOptions& options,
                                                       StreamReceiver& receiver) {
  const int fd = ::socket(options.remote.ip.isV4() ? AF_INET : AF_INET6, SOCK_STREAM, 0);
  if (fd < 0) {
    return openError(errno, options.remote);
  }
  setUp(fd);
  auto stream = std::make_unique<LoopTcpStream>(core, fd, options.remote, receiver);  // closes it from here on
  if (const int error = beginConnecting(fd, options); error != 0) {
    return openError(error, options.remote);
  }
  int error = 0;
  stream->token_ = core->sources().add(fd, *stream, {.writable = true}, error);
  if (error != 0) {
    return openError(error, options.remote);
  }
  return std::unique_ptr<TcpStream>(std::move(stream));
}

Result<std::unique_ptr<TcpStream>> LoopTcpStream::adopt(const std::shared_ptr<LoopCore>& core, int fd,
                                                        const SocketAddress& remote, StreamReceiver& receiver) {
  setUp(fd);
  auto stream = std::make_unique<LoopTcpStream>(core, fd, remote, receiver);
  stream->open_ = true;
  int error = 0;
  stream->token_ = core->sources().add(fd, *stream, {.readable = true}, error);
  if (error != 0) {
    return openError(error, remote);
  }
  return std::unique_ptr<TcpStream>(std::move(stream));
}

LoopTcpStream::LoopTcpStream(std::shared_ptr<LoopCore> core, int fd, const SocketAddress& remote,
                             StreamReceiver& receiver)
    : core_(std::move(core)), receiver_(receiver), remote_(remote), fd_(fd) {}

LoopTcpStream::~LoopTcpStream() {
  if (token_ != 0) {
    core_->sources().remove(token_);
  }
  ::close(fd_);
}

bool LoopTcpStream::send(ByteView bytes) {
  if (ended_ || core_->isClosed()) {
    return true;  // lost with the connection, which the receiver hears of
  }
  if (queue_.size() >= kMaxQueuedStreamBytes) {
    refused_ = true;
    return false;
  }
  if (open_ && queue_.empty()) {
    write(bytes);
  }
  queue_.insert(queue_.end(), bytes.begin(), bytes.end());
  updateInterest();
  return true;
}

/// What the kernel takes is gone from `bytes`.
void LoopTcpStream::write(ByteView& bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), kSendFlags);
    if (sent > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno == EINTR) {
      continue;
    } else {
      if (sent < 0 && !wouldBlock(errno)) {
        endLater(describeErrno(errno));
        bytes = {};
      }
      return;
    }
  }
}

void LoopTcpStream::updateInterest() {
  if (!ended_ && !alive_) {
    core_->sources().setInterest(token_, {.readable = open_, .writable = !open_ || !queue_.empty() || refused_});
  }
}

void LoopTcpStream::onReady(Interest ready) {
  const std::shared_ptr<LoopCore> core = core_;
  const std::uint64_t token = token_;
  if (!open_ && !becomeOpen()) {
    return;
  }
  if (ready.writable && (!flush() || !core->sources().contains(token))) {
    return;
  }
  if (ready.readable && !ended_) {
    read();
  }
}

bool LoopTcpStream::becomeOpen() {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
    error = errno;
  }
  if (error != 0) {
    end(describeErrno(error));
    return false;
  }
  open_ = true;
  updateInterest();
  const std::shared_ptr<LoopCore> core = core_;
  const std::uint64_t token = token_;
  receiver_.onStreamOpen(core->now());
  return core->sources().contains(token) && !ended_;
}

bool LoopTcpStream::flush() {
  ByteView rest(queue_);
  write(rest);
  queue_.erase(queue_.begin(), queue_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  const bool tell = refused_ && queue_.size() < kMaxQueuedStreamBytes && !ended_;
  refused_ = refused_ && !tell;
  updateInterest();
  if (!tell) {
    return !ended_;
  }
  const std::shared_ptr<LoopCore> core = core_;
  const std::uint64_t token = token_;
  receiver_.onStreamWritable(core->now());
  return core->sources().contains(token) && !ended_;
}

void LoopTcpStream::read() {
  // From here on the receiver may destroy this stream: what is needed after its call is on the stack.
  const std::shared_ptr<LoopCore> core = core_;
  const std::uint64_t token = token_;
  std::vector<std::byte> room(kStreamReadBytes);
  for (int reads = 0; reads < kMaxStreamReadsPerWakeUp && !ended_; ++reads) {
    const ssize_t got = ::recv(fd_, room.data(), room.size(), 0);
    if (got == 0) {
      end("the other side has closed it");
      return;
    }
    if (got < 0) {
      if (!wouldBlock(errno)) {
        end(describeErrno(errno));
      }
      return;
    }
    receiver_.onStreamBytes(core->now(), ByteView(room).first(static_cast<std::size_t>(got)));
    if (!core->sources().contains(token) || static_cast<std::size_t>(got) < room.size()) {
      return;
    }
  }
}

void LoopTcpStream::end(const std::string& why) {
  if (std::exchange(ended_, true)) {
    return;
  }
  core_->sources().setInterest(token_, {});
  receiver_.onStreamClosed(core_->now(),
                           Error(Error::Network, "the TCP connection to " + remote_.toString() + " failed: " + why));
}

void LoopTcpStream::endLater(std::string why) {
  if (ended_ || alive_) {
    return;
  }
  alive_ = std::make_shared<bool>(true);
  core_->sources().setInterest(token_, {});
  core_->defer([this, watch = std::weak_ptr<bool>(alive_), why = std::move(why)] {
    if (!watch.expired()) {
      end(why);
    }
  });
}

}  // namespace portico
