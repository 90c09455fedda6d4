// Waiting for file descriptors: epoll where there is one, else poll. The Loop knows only this interface.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "portico/platform/time.h"

namespace portico {

struct Interest {
  bool readable = false;
  bool writable = false;
  [[nodiscard]] bool any() const { return readable || writable; }
  friend bool operator==(const Interest&, const Interest&) = default;
};

/// A descriptor that is ready for something that was asked. `token` is what the asker gave for it.
struct ReadyDescriptor {
  std::uint64_t token = 0;
  Interest ready;
};

class Poller {
 public:
  virtual ~Poller() = default;
  /// Moves `fd` from one interest to another. From none: it is new. To none: it is forgotten. Returns 0 or an errno;
  /// going to none cannot fail.
  virtual int change(int fd, std::uint64_t token, Interest from, Interest to) = 0;
  /// Appends what is ready, waiting at most `timeout` (none: for ever) with the precision that the system has. An error
  /// or a hang-up counts as ready for all that was asked.
  virtual void wait(std::optional<Duration> timeout, std::vector<ReadyDescriptor>& ready) = 0;
};

/// Null where the system has no epoll, or no descriptor left for it.
std::unique_ptr<Poller> createEpollPoller();
std::unique_ptr<Poller> createPollPoller();

}  // namespace portico
