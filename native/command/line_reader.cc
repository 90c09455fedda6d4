#include "native/command/line_reader.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace portico::command {

LineReader::LineReader(Loop& loop, int fd, Handlers handlers) : fd_(fd), handlers_(std::move(handlers)) {
  auto watcher = loop.watch(fd, [this] { read(); });
  if (watcher) {
    watcher_ = std::move(*watcher);
  } else {
    loop.defer([this] { end(); });
  }
}

void LineReader::read() {
  std::array<char, 64 * 1024> bytes;
  const ssize_t count = ::read(fd_, bytes.data(), bytes.size());
  if (count > 0) {
    take(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    end();
  }
}

void LineReader::take(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, length);
    if (!skipping_ && line_.size() + piece.size() > kMaxLineBytes) {
      skipping_ = true;
      line_.clear();
      handlers_.onTooLong();
    }
    if (!skipping_) line_.append(piece);
    if (length == std::string_view::npos) return;
    endLine();
    bytes.remove_prefix(length + 1);
  }
}

void LineReader::endLine() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (!skipping_ && !line_.empty()) handlers_.onLine(line_);
  skipping_ = false;
  line_.clear();
}

void LineReader::end() {
  if (ended_) return;
  ended_ = true;
  watcher_.reset();
  endLine();  // the last line may lack its line break
  handlers_.onEnd();
}

}  // namespace portico::command
