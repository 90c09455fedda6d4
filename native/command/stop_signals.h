// SIGINT and SIGTERM as an event of the loop. SIGPIPE is ignored for good: a reader that is gone is an error of
// write().
#pragma once

#include <functional>
#include <memory>

#include "portico/native/loop.h"

namespace portico::command {

/// One for the process, at most.
class StopSignals {
 public:
  StopSignals(Loop& loop, std::function<void()> onStop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace portico::command
