#include "native/command/stop_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace portico::command {
namespace {

/// A handler may do little more than write() (POSIX "async-signal-safe"): it writes here, and the loop reads.
std::array<int, 2> selfPipe = {-1, -1};

void onSignal(int) {
  const int saved = errno;
  const char byte = 0;
  // A full pipe has told it already.
  (void)!::write(selfPipe[1], &byte, 1);
  errno = saved;
}

}  // namespace

StopSignals::StopSignals(Loop& loop, std::function<void()> onStop) {
  std::signal(SIGPIPE, SIG_IGN);
  if (::pipe(selfPipe.data()) != 0) return;
  for (const int fd : selfPipe) {
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  auto watcher = loop.watch(selfPipe[0], [onStop = std::move(onStop)] {
    std::array<char, 64> bytes;
    (void)!::read(selfPipe[0], bytes.data(), bytes.size());
    // A second one ends the program without ceremony.
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    onStop();
  });
  if (!watcher) return;
  watcher_ = std::move(*watcher);
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
}

StopSignals::~StopSignals() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  watcher_.reset();
  for (int& fd : selfPipe) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
}

}  // namespace portico::command
