// Reads big-endian fields out of a packet, with the bounds check in one place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "portico/platform/bytes.h"

namespace portico {

/// Failure sticks: after the first read past the end every read gives zeros or an empty view, so that a parser may read
/// a whole header and ask ok() once. Nothing is copied.
class ByteReader {
 public:
  explicit ByteReader(ByteView data) : rest_(data) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool atEnd() const { return rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }
  /// What has not been read yet; stays unread.
  [[nodiscard]] ByteView rest() const { return rest_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u48() { return number(6); }
  std::uint64_t u64() { return number(8); }

  ByteView bytes(std::size_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  void skip(std::size_t count) { bytes(count); }

  /// For a value that its own parser refuses.
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (const std::byte b : bytes(width)) value = value << 8 | std::to_integer<std::uint64_t>(b);
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace portico
