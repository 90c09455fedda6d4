// A user's handler: may be replaced, dropped, or destroyed with its object while it runs.
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace portico {

template <typename... Arguments>
class Handler {
 public:
  void set(std::function<void(Arguments...)> function) {
    function_ = function ? std::make_shared<std::function<void(Arguments...)>>(std::move(function)) : nullptr;
  }
  void clear() { function_.reset(); }

  void operator()(Arguments... arguments) const {
    const auto running = function_;
    if (running) (*running)(arguments...);
  }

 private:
  std::shared_ptr<std::function<void(Arguments...)>> function_;
};

}  // namespace portico
