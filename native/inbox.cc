#include "native/inbox.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <system_error>
#include <utility>

#ifdef __linux__
#include <sys/eventfd.h>
#endif

namespace portico {
namespace {

#ifdef __linux__
int openWakeUp(int& readEnd, int& writeEnd) {
  readEnd = writeEnd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return readEnd < 0 ? errno : 0;
}
#else
int openWakeUp(int& readEnd, int& writeEnd) {
  int ends[2];
  if (::pipe(ends) != 0) {
    return errno;
  }
  for (const int end : ends) {
    ::fcntl(end, F_SETFL, O_NONBLOCK);
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  readEnd = ends[0];
  writeEnd = ends[1];
  return 0;
}
#endif

}  // namespace

Inbox::Inbox() {
  if (const int error = openWakeUp(readEnd_, writeEnd_); error != 0) {
    throw std::system_error(error, std::generic_category(), "an event loop needs a file descriptor to be woken by");
  }
}

Inbox::~Inbox() {
  ::close(readEnd_);
  if (writeEnd_ != readEnd_) {
    ::close(writeEnd_);
  }
}

void Inbox::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    return;
  }
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) {  // for the others the loop has been woken already
    const std::uint64_t one = 1;
    // Full means that a wake-up waits already, and a signal may have come between: both leave the loop to be woken.
    while (::write(writeEnd_, &one, sizeof one) < 0 && errno == EINTR) {
    }
  }
}

std::vector<std::function<void()>> Inbox::take() {
  std::vector<std::function<void()>> taken;
  const std::lock_guard lock(mutex_);
  std::uint64_t ignored = 0;
  // An eventfd gives all in one read, and a pipe holds one write: post() writes only into an empty inbox.
  while (::read(readEnd_, &ignored, sizeof ignored) < 0 && errno == EINTR) {
  }
  taken.swap(tasks_);
  return taken;
}

void Inbox::close() {
  std::vector<std::function<void()>> discarded;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    discarded.swap(tasks_);
  }
}

}  // namespace portico
