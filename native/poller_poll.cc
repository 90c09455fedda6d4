#include <errno.h>
#include <poll.h>

#include <algorithm>
#include <climits>
#include <unordered_map>

#include "native/poller.h"

namespace portico {
namespace {

short toPoll(Interest interest) {
  return static_cast<short>((interest.readable ? POLLIN : 0) | (interest.writable ? POLLOUT : 0));
}

Interest fromPoll(short events) {
  const bool broken = (events & (POLLERR | POLLHUP | POLLNVAL)) != 0;
  return {broken || (events & POLLIN) != 0, broken || (events & POLLOUT) != 0};
}

int pollFor(std::vector<pollfd>& entries, std::optional<Duration> timeout) {
#if defined(__linux__) || defined(__FreeBSD__)
  timespec limit{};
  if (timeout) {
    const auto microseconds = std::max<Duration::rep>(timeout->count(), 0);
    limit.tv_sec = static_cast<time_t>(microseconds / 1'000'000);
    limit.tv_nsec = static_cast<long>(microseconds % 1'000'000 * 1'000);
  }
  return ::ppoll(entries.data(), static_cast<nfds_t>(entries.size()), timeout ? &limit : nullptr, nullptr);
#else
  int milliseconds = -1;
  if (timeout) {
    const auto roundedUp = (std::max<Duration::rep>(timeout->count(), 0) + 999) / 1'000;
    milliseconds = static_cast<int>(std::min<Duration::rep>(roundedUp, INT_MAX));
  }
  return ::poll(entries.data(), static_cast<nfds_t>(entries.size()), milliseconds);
#endif
}

class PollPoller final : public Poller {
 public:
  int change(int fd, std::uint64_t token, Interest from, Interest to) override {
    if (!from.any() && !to.any()) {
      return 0;
    }
    const auto found = positions_.find(fd);
    if (!from.any()) {
      if (found != positions_.end()) {
        return EEXIST;
      }
      positions_.emplace(fd, entries_.size());
      entries_.push_back({fd, toPoll(to), 0});
      tokens_.push_back(token);
    } else if (found == positions_.end()) {
      return to.any() ? ENOENT : 0;
    } else if (to.any()) {
      entries_[found->second].events = toPoll(to);
    } else {
      forget(found->second);
    }
    return 0;
  }

  void wait(std::optional<Duration> timeout, std::vector<ReadyDescriptor>& ready) override {
    int left = pollFor(entries_, timeout);
    for (std::size_t i = 0; left > 0 && i < entries_.size(); ++i) {
      if (entries_[i].revents != 0) {
        ready.push_back({tokens_[i], fromPoll(entries_[i].revents)});
        --left;
      }
    }
  }

 private:
  void forget(std::size_t position) {
    positions_[entries_.back().fd] = position;
    positions_.erase(entries_[position].fd);
    entries_[position] = entries_.back();
    tokens_[position] = tokens_.back();
    entries_.pop_back();
    tokens_.pop_back();
  }

  std::vector<pollfd> entries_;
  std::vector<std::uint64_t> tokens_;  ///< beside entries_
  std::unordered_map<int, std::size_t> positions_;
};

}  // namespace

std::unique_ptr<Poller> createPollPoller() {
  return std::make_unique<PollPoller>();
}

}  // namespace portico
