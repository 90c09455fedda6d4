// Cuts the stream of a server over TCP or TLS into its messages: STUN and ChannelData follow one another there, each
// with a length of its own (RFC 8656 §3.1, §12.5).
#pragma once

#include <cstddef>
#include <optional>

#include "portico/platform/bytes.h"

namespace portico::turn {

class Deframer {
 public:
  /// Calls `take(MutableByteView message)` for each message that is whole now. False: this is no stream of a TURN
  /// server, and the connection is to be closed. What is kept meanwhile is what came of one message, never what a
  /// length field promises.
  template <typename Take>
  bool push(ByteView bytes, Take take) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    std::size_t begin = 0;
    for (;;) {
      const MutableByteView rest = MutableByteView(kept_).subspan(begin);
      const std::optional<std::size_t> length = messageBytes(rest);
      if (!length) return false;
      if (*length == 0 || *length > rest.size()) break;
      take(rest.first(*length));
      begin += *length;
    }
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(begin));
    return true;
  }

  [[nodiscard]] std::size_t keptBytes() const { return kept_.size(); }

 private:
  /// Of the message that begins here, with its padding; 0: too little has come to tell; nullopt: this begins none.
  static std::optional<std::size_t> messageBytes(ByteView stream);

  ByteVector kept_;
};

}  // namespace portico::turn
