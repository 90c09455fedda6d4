#include "native/poller.h"

#ifdef __linux__

#include <errno.h>
#include <linux/time_types.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace portico {
namespace {

/// Descriptors taken in one wait; the others are found by the next. Enough that one system call serves a busy
/// process with many sockets.
constexpr int kEventsPerWait = 128;

std::uint32_t toEpoll(Interest interest) {
  return (interest.readable ? std::uint32_t{EPOLLIN} : 0U) | (interest.writable ? std::uint32_t{EPOLLOUT} : 0U);
}

Interest fromEpoll(std::uint32_t events) {
  // An error or a hang-up is for whoever waits: the next read or write tells what it was. epoll reports both unasked,
  // and the source table strikes out what was not wanted.
  const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  return {broken || (events & EPOLLIN) != 0, broken || (events & EPOLLOUT) != 0};
}

class EpollPoller final : public Poller {
 public:
  explicit EpollPoller(int fd) : fd_(fd) {}
  ~EpollPoller() override { ::close(fd_); }
  EpollPoller(const EpollPoller&) = delete;
  EpollPoller& operator=(const EpollPoller&) = delete;

  int change(int fd, std::uint64_t token, Interest from, Interest to) override;
  void wait(std::optional<Duration> timeout, std::vector<ReadyDescriptor>& ready) override;

 private:
  struct AlwaysReady {
    int fd;
    ReadyDescriptor entry;
  };

  int waitFor(std::optional<Duration> timeout);

  int fd_;
  bool hasPwait2_ = true;
  std::vector<AlwaysReady> alwaysReady_;  ///< regular files and their kind, which epoll refuses
  std::array<epoll_event, kEventsPerWait> events_{};
};

int EpollPoller::change(int fd, std::uint64_t token, Interest from, Interest to) {
  if (!alwaysReady_.empty() && from.any()) {
    const auto found =
        std::find_if(alwaysReady_.begin(), alwaysReady_.end(), [fd](const AlwaysReady& file) { return file.fd == fd; });
    if (found != alwaysReady_.end()) {
      if (to.any()) {
        found->entry.ready = to;
      } else {
        alwaysReady_.erase(found);
      }
      return 0;
    }
  }
  if (!from.any() && !to.any()) {
    return 0;
  }
  epoll_event event{};
  event.events = toEpoll(to);
  event.data.u64 = token;
  const int operation = !from.any() ? EPOLL_CTL_ADD : to.any() ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
  if (::epoll_ctl(fd_, operation, fd, &event) == 0) {
    return 0;
  }
  if (operation == EPOLL_CTL_ADD && errno == EPERM) {
    alwaysReady_.push_back({fd, {token, to}});
    return 0;
  }
  return operation == EPOLL_CTL_DEL ? 0 : errno;
}

void EpollPoller::wait(std::optional<Duration> timeout, std::vector<ReadyDescriptor>& ready) {
  const int count = waitFor(alwaysReady_.empty() ? timeout : Duration::zero());
  for (int i = 0; i < count; ++i) {  // a negative count is a signal's doing: nothing is ready
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    ready.push_back({event.data.u64, fromEpoll(event.events)});
  }
  for (const AlwaysReady& file : alwaysReady_) {
    ready.push_back(file.entry);
  }
}

int EpollPoller::waitFor(std::optional<Duration> timeout) {
  if (!timeout || *timeout <= Duration::zero()) {
    return ::epoll_wait(fd_, events_.data(), kEventsPerWait, timeout ? 0 : -1);
  }
  const auto microseconds = timeout->count();
#ifdef SYS_epoll_pwait2
  // epoll_wait's milliseconds would make a timer due in 60 µs wait for 1,000.
  if (hasPwait2_) {
    const __kernel_timespec limit{microseconds / 1'000'000, microseconds % 1'000'000 * 1'000};
    const long count = ::syscall(SYS_epoll_pwait2, fd_, events_.data(), kEventsPerWait, &limit, nullptr, 0);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) {
      return static_cast<int>(count);
    }
    hasPwait2_ = false;
  }
#endif
  // Kernels before 5.11, and sandboxes that don't know the call: an epoll descriptor can itself be polled for.
  pollfd self{fd_, POLLIN, 0};
  const timespec limit{static_cast<time_t>(microseconds / 1'000'000),
                       static_cast<long>(microseconds % 1'000'000 * 1'000)};
  if (::ppoll(&self, 1, &limit, nullptr) <= 0) {
    return 0;
  }
  return ::epoll_wait(fd_, events_.data(), kEventsPerWait, 0);
}

}  // namespace

std::unique_ptr<Poller> createEpollPoller() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) {
    return nullptr;
  }
  return std::make_unique<EpollPoller>(fd);
}

}  // namespace portico

#else

namespace portico {

std::unique_ptr<Poller> createEpollPoller() {
  return nullptr;
}

}  // namespace portico

#endif
