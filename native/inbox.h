// Where other threads leave tasks for the loop. All of it may be called on any thread.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace portico {

class Inbox {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Leaves a task and wakes the loop. After close() the task is destroyed here.
  void post(std::function<void()> task);
  /// Takes all that was left, and the wake-up with it.
  std::vector<std::function<void()>> take();
  /// No more tasks; those that wait are destroyed on the calling thread.
  void close();

  /// Readable when there may be tasks.
  [[nodiscard]] int descriptor() const { return readEnd_; }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  bool closed_ = false;
  int readEnd_ = -1;
  int writeEnd_ = -1;  ///< the same as readEnd_ where it is an eventfd
};

}  // namespace portico
