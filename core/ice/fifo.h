// A queue that costs three words while it is empty: an agent has two, and most agents are idle.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace portico::ice {

template <typename T>
class Fifo {
 public:
  /// Made in place: what T is made from may be one of a variant's alternatives.
  template <typename From>
  void push(From&& from) {
    items_.emplace_back(std::forward<From>(from));
  }
  [[nodiscard]] std::size_t size() const { return items_.size() - head_; }
  [[nodiscard]] std::optional<T> pop() {
    if (head_ == items_.size()) return std::nullopt;
    std::optional<T> item(std::move(items_[head_++]));
    if (head_ == items_.size()) clear();
    return item;
  }
  void clear() {
    head_ = 0;
    if (items_.capacity() > kKept) {
      std::vector<T>().swap(items_);
    } else {
      items_.clear();
    }
  }

 private:
  static constexpr std::size_t kKept = 2;  // items of capacity: what a consent check and its answer need

  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace portico::ice
