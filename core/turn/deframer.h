// Cuts the stream of a server over TCP or TLS into its messages: STUN and ChannelData follow one another there, each
// with a length of its own (RFC 8656 §3.1, §12.5).
#pragma once

#include <cstddef>
#include <optional>

#include "core/wire/stream_cutter.h"
#include "portico/platform/bytes.h"

namespace portico::turn {

class Deframer {
 public:
  /// As StreamCutter::push(): `take(MutableByteView message)`, and false where this is no stream of a TURN server.
  template <typename Take>
  bool push(ByteView bytes, Take take) {
    return cutter_.push(bytes, &messageBytes, take);
  }

  [[nodiscard]] std::size_t keptBytes() const { return cutter_.keptBytes(); }

 private:
  /// Of the message that begins here, with its padding; 0: too little has come to tell; nullopt: this begins none.
  static std::optional<std::size_t> messageBytes(ByteView stream);

  StreamCutter cutter_;
};

}  // namespace portico::turn
