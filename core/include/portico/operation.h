// Operation<T>: a result that comes later, once. `.then` everywhere, `co_await` where the compiler has coroutines.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "portico/platform/host.h"
#include "portico/platform/result.h"

#if defined(__cpp_lib_coroutine)
#include <coroutine>
#endif

namespace portico {

template <typename T>
class Completer;

/// Single-shot and latched: a callback that is added late gets the same result. Callbacks come from the loop, never
/// from inside then() or the call that completes the operation, in the order in which they were added. Dropping the
/// Operation does not cancel the work; destroying the object that gave it completes it with Error::Closed.
///
/// A trap of g++ 12: an aggregate that is made in braces inside the co_await expression is destroyed twice. Give it a
/// name first.
template <typename T>
class [[nodiscard]] Operation {
 public:
  using Callback = std::function<void(const Result<T>&)>;

  [[nodiscard]] bool done() const { return state_->result.has_value(); }
  /// The result, once done().
  [[nodiscard]] const Result<T>& result() const { return *state_->result; }

  const Operation& then(Callback callback) const {
    if (state_->result) {
      state_->host->defer([state = state_, callback = std::move(callback)] { callback(*state->result); });
    } else {
      state_->callbacks.push_back(std::move(callback));
    }
    return *this;
  }

  /// Says that the result is of no interest.
  void ignore() const {}

#if defined(__cpp_lib_coroutine)
  struct Awaiter {
    Operation operation;
    /// Always from the loop, as `await` in JavaScript: what happened before is told before.
    [[nodiscard]] bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const {
      operation.then([waiting](const Result<T>&) { waiting.resume(); });
    }
    Result<T> await_resume() const { return operation.result(); }
  };
  Awaiter operator co_await() const {
    return Awaiter{*this};
  }
#endif

 private:
  friend class Completer<T>;
  struct State {
    Host* host;
    std::optional<Result<T>> result;
    std::vector<Callback> callbacks;
  };
  explicit Operation(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// The other end of an Operation. Destroyed without complete(), it completes with Error::Closed.
template <typename T>
class Completer {
 public:
  explicit Completer(Host& host) : state_(std::make_shared<State>()) { state_->host = &host; }
  Completer(Completer&&) noexcept = default;
  Completer& operator=(Completer&& other) noexcept {
    if (this != &other) {
      abandon();
      state_ = std::move(other.state_);
    }
    return *this;
  }
  ~Completer() { abandon(); }

  [[nodiscard]] Operation<T> operation() const { return Operation<T>(state_); }
  [[nodiscard]] bool done() const { return state_->result.has_value(); }

  /// The first call counts; later ones do nothing.
  void complete(Result<T> result) {
    if (state_->result) return;
    state_->result.emplace(std::move(result));
    if (state_->callbacks.empty()) return;
    state_->host->defer([state = state_] {
      for (auto& callback : std::exchange(state->callbacks, {})) callback(*state->result);
    });
  }

 private:
  using State = typename Operation<T>::State;
  void abandon() {
    if (state_) complete(Error(Error::Closed, "The object was closed before the operation was done."));
  }
  std::shared_ptr<State> state_;
};

/// An operation that is done already.
template <typename T>
Operation<T> completedOperation(Host& host, Result<T> result) {
  Completer<T> completer(host);
  completer.complete(std::move(result));
  return completer.operation();
}

}  // namespace portico
