// Who is called when a descriptor is ready. Tokens are never reused, so that an event that was found before its source
// went away reaches nobody.
#pragma once

#include <cstdint>
#include <vector>

#include "native/poller.h"

namespace portico {

class EventSource {
 public:
  virtual ~EventSource() = default;
  virtual void onReady(Interest ready) = 0;
};

class SourceTable {
 public:
  explicit SourceTable(Poller& poller) : poller_(poller) {}

  /// A token for `source`, or 0 with `error` set to an errno.
  std::uint64_t add(int fd, EventSource& source, Interest interest, int& error);
  void setInterest(std::uint64_t token, Interest interest);
  void remove(std::uint64_t token);
  [[nodiscard]] bool contains(std::uint64_t token) const { return find(token) != nullptr; }
  /// Calls the source of `event`, if it is still there and still wants it.
  void dispatch(const ReadyDescriptor& event);

 private:
  struct Slot {
    EventSource* source = nullptr;
    int fd = -1;
    std::uint32_t generation = 0;
    Interest interest;
  };

  // A token is the slot's index in the low half and its generation, from 1, in the high half.
  [[nodiscard]] const Slot* find(std::uint64_t token) const;

  Poller& poller_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace portico
