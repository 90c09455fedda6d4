// When an engine wants to be called again, as a timer of the host: set anew only where that has changed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "portico/platform/host.h"

namespace portico {

class Deadline {
 public:
  Deadline(Host& host, std::function<void(Time now)> onTimeout)
      : timer_(host.createTimer([this, onTimeout = std::move(onTimeout)](Time now) {
          armed_.reset();
          onTimeout(now);
        })) {}

  /// An engine's nextTimeout(): nullopt is never.
  void set(std::optional<Time> when) {
    if (when == armed_) return;
    armed_ = when;
    if (when) {
      timer_->set(*when);
    } else {
      timer_->cancel();
    }
  }

 private:
  std::unique_ptr<Timer> timer_;
  std::optional<Time> armed_;
};

}  // namespace portico
