// Time as the core sees it: a value that is passed in, never read.
#pragma once

#include <chrono>

namespace portico {

using Duration = std::chrono::microseconds;

/// The clock of every `Time` in Portico. It has no now(), so that reading a clock where
/// time must be passed in does not compile. Its epoch is the host's to choose.
struct Clock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
};

using Time = Clock::time_point;

inline double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace portico
