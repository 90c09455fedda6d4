// Errors are values: an Error is a name that W3C gives it and a sentence that a user can act on.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace portico {

struct Error {
  /// Each code is the DOMException (or ECMAScript error) that the same failure is in JavaScript.
  enum Code : std::uint8_t {
    InvalidState,         ///< InvalidStateError: the object is not in a state that allows the call
    Syntax,               ///< SyntaxError: a string that does not match its grammar
    Type,                 ///< TypeError: a value out of its type's range, or missing
    Range,                ///< RangeError: a number out of range
    Operation,            ///< OperationError: the operation failed for a reason of its own
    NotSupported,         ///< NotSupportedError: understood, but not available here
    Network,              ///< NetworkError: a socket or the path failed
    Timeout,              ///< TimeoutError: it took too long
    QuotaExceeded,        ///< QuotaExceededError: a named bound was reached
    Data,                 ///< DataError: malformed data, a PEM for instance
    Closed,               ///< AbortError: the object was closed or destroyed before it was done
    InvalidAccess,        ///< InvalidAccessError: well-formed, but it can't be applied here
    InvalidModification,  ///< InvalidModificationError: what may not be changed was
  };

  Code code = Operation;
  std::string message;
  /// Of a Syntax error in a text of several lines: which one, from 1. Otherwise 0.
  std::uint32_t line = 0;

  Error(Code errorCode, std::string sentence) : code(errorCode), message(std::move(sentence)) {}

  /// "InvalidStateError", "TypeError" …: the name that W3C gives the code.
  [[nodiscard]] std::string_view name() const;

  friend bool operator==(const Error&, const Error&) = default;
};

/// A T or the Error that stands in its place; the names are std::expected's.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = Error;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return checked(); }
  const T& value() const& { return const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(checked()); }
  T& operator*() & { return checked(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(checked()); }
  T* operator->() { return &checked(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

  template <typename U>
  T value_or(U&& fallback) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

 private:
  T& checked() {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  using error_type = Error;

  Result() = default;
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  [[nodiscard]] const Error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace portico
