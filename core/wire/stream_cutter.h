// Cuts a stream into the messages that lie in it one after another, each with its length in front.
#pragma once

#include <cstddef>
#include <optional>

#include "portico/platform/bytes.h"

namespace portico {

class StreamCutter {
 public:
  /// `measure(ByteView rest)` gives the bytes of the message that begins there: 0 where too little has come to tell,
  /// nullopt where none begins. Calls `take(MutableByteView message)` for each that is whole now. False: this is no
  /// such stream, and the connection is to be closed. What is kept meanwhile is what came of one message, never what a
  /// length field promises.
  template <typename Measure, typename Take>
  bool push(ByteView bytes, Measure measure, Take take) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    std::size_t begin = 0;
    for (;;) {
      const MutableByteView rest = MutableByteView(kept_).subspan(begin);
      const std::optional<std::size_t> length = measure(ByteView(rest));
      if (!length) return false;
      if (*length == 0 || *length > rest.size()) break;
      take(rest.first(*length));
      begin += *length;
    }
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(begin));
    return true;
  }

  [[nodiscard]] std::size_t keptBytes() const { return kept_.size(); }
  /// Gives the memory back, if nothing is in it.
  void release() {
    if (kept_.empty()) kept_ = {};
  }

 private:
  ByteVector kept_;
};

}  // namespace portico
