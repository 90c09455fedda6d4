// A user's handler: may be replaced, dropped, or destroyed with its object while it runs. The object's owner, a peer
// connection, may have one of its own, which runs after it.
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace portico {

template <typename... Arguments>
class Handler {
 public:
  using Function = std::function<void(Arguments...)>;

  void set(Function function) { user_ = shared(std::move(function)); }
  void setOwner(Function function) { owner_ = shared(std::move(function)); }
  void clear() {
    user_.reset();
    owner_.reset();
  }
  explicit operator bool() const { return user_ != nullptr; }

  void operator()(Arguments... arguments) const {
    const auto user = user_;
    const auto owner = owner_;
    if (user) (*user)(arguments...);
    if (owner) (*owner)(arguments...);
  }

 private:
  static std::shared_ptr<Function> shared(Function function) {
    return function ? std::make_shared<Function>(std::move(function)) : nullptr;
  }

  std::shared_ptr<Function> user_;
  std::shared_ptr<Function> owner_;
};

}  // namespace portico
