// Writes big-endian fields into memory that the caller has, with the bounds check in one place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "portico/platform/bytes.h"

namespace portico {

/// Failure sticks: a write that does not fit writes nothing, and no later one does either; ask ok() at the end.
class ByteWriter {
 public:
  explicit ByteWriter(MutableByteView room) : room_(room) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] std::size_t remaining() const { return ok_ ? room_.size() - used_ : 0; }
  [[nodiscard]] ByteView written() const { return room_.first(used_); }

  void u8(std::uint8_t value) { number(value, 1); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u48(std::uint64_t value) { number(value, 6); }
  void u64(std::uint64_t value) { number(value, 8); }

  void bytes(ByteView data) {
    const MutableByteView target = reserve(data.size());
    std::copy_n(data.begin(), target.size(), target.begin());
  }

  void zeros(std::size_t count) {
    const MutableByteView target = reserve(count);
    std::fill(target.begin(), target.end(), std::byte{0});
  }

  /// Room for the caller to fill; empty where it does not fit.
  MutableByteView reserve(std::size_t count) {
    if (!ok_ || count > room_.size() - used_) {
      ok_ = false;
      return {};
    }
    used_ += count;
    return room_.subspan(used_ - count, count);
  }

  /// Overwrites two bytes that were written before: a length that is known at the end.
  void patchU16(std::size_t offset, std::uint16_t value) {
    if (!ok_ || used_ < 2 || offset > used_ - 2) {
      ok_ = false;
      return;
    }
    room_[offset] = static_cast<std::byte>(value >> 8);
    room_[offset + 1] = static_cast<std::byte>(value & 0xff);
  }

 private:
  void number(std::uint64_t value, std::size_t width) {
    const MutableByteView target = reserve(width);
    for (std::size_t i = target.size(); i > 0; --i) {
      target[i - 1] = static_cast<std::byte>(value & 0xff);
      value >>= 8;
    }
  }

  MutableByteView room_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

}  // namespace portico
