#include "native/command/line_writer.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace portico::command {
namespace {

bool writableNow(int fd, int timeoutMs) {
  pollfd query{};
  query.fd = fd;
  query.events = POLLOUT;
  return ::poll(&query, 1, timeoutMs) > 0;
}

}  // namespace

LineWriter::LineWriter(Loop& loop, int fd, std::function<void()> onBroken)
    : loop_(loop), fd_(fd), kind_(kindOf(fd)), onBroken_(std::move(onBroken)) {
  auto watcher = loop.watch(fd, {}, [this] { flush(); });
  // Without one (the descriptor is standard input's, too, or closed) the loop waits for the reader.
  if (watcher) {
    watcher_ = std::move(*watcher);
    watcher_->setWritable(false);
  }
}

LineWriter::Kind LineWriter::kindOf(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return Kind::pipe;
  if (S_ISSOCK(status.st_mode)) return Kind::socket;
  return S_ISREG(status.st_mode) ? Kind::file : Kind::pipe;
}

void LineWriter::write(std::string_view line) {
  if (broken_) return;
  if (written_ > kMaxOutputBytes / 2) {
    waiting_.erase(0, written_);
    written_ = 0;
  }
  waiting_.append(line);
  waiting_.push_back('\n');
  if (waiting_.size() - written_ > kMaxOutputBytes) finish();
  if (flushAsked_) return;
  flushAsked_ = true;
  loop_.defer([this] {
    flushAsked_ = false;
    flush();
  });
}

void LineWriter::flush() {
  while (!broken_ && written_ < waiting_.size()) {
    if (!writableNow(fd_, 0) || !writeSome()) {
      if (!watcher_) return finish();
      watcher_->setWritable(true);
      return;
    }
  }
  waiting_.clear();
  written_ = 0;
  if (watcher_) watcher_->setWritable(false);
}

void LineWriter::finish() {
  while (!broken_ && written_ < waiting_.size()) {
    if (writableNow(fd_, -1)) writeSome();
  }
  waiting_.clear();
  written_ = 0;
}

bool LineWriter::writeSome() {
  const char* bytes = waiting_.data() + written_;
  const std::size_t left = waiting_.size() - written_;
  // A pipe that polls writable has room for PIPE_BUF bytes; more might block.
  const std::size_t length = kind_ == Kind::pipe ? std::min<std::size_t>(left, PIPE_BUF) : left;
  const ssize_t count =
      kind_ == Kind::socket ? ::send(fd_, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) : ::write(fd_, bytes, length);
  if (count >= 0) {
    written_ += static_cast<std::size_t>(count);
    return true;
  }
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) broken();
  return false;
}

void LineWriter::broken() {
  broken_ = true;
  watcher_.reset();
  loop_.defer([this] { onBroken_(); });
}

}  // namespace portico::command
