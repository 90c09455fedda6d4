// How many bytes of each stream wait for their first packet: W3C's bufferedAmount (webrtc-pc §6.2). usrsctp does not
// tell, so it is read off the DATA chunks that leave (RFC 9260 §3.3.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "portico/platform/bytes.h"

namespace portico::sctp {

class UnsentBytes {
 public:
  void add(std::uint16_t stream, std::size_t messageBytes);
  /// usrsctp did not take the message, or gave it up (RFC 3758) before its last byte was sent.
  void remove(std::uint16_t stream, std::size_t bytes);
  /// Nothing waits any more, whatever was given up on the way.
  void clear();
  /// An outgoing packet. First transmissions leave in the order of their TSNs; the others are retransmissions.
  void onPacket(ByteView packet);

  /// Messages of which the last byte is in no packet yet.
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] std::size_t of(std::uint16_t stream) const { return stream < bytes_.size() ? bytes_[stream] : 0; }

 private:
  void onData(ByteView chunk);
  void subtract(std::uint16_t stream, std::size_t bytes);

  std::vector<std::size_t> bytes_;  ///< by stream, up to the highest one that was used
  std::size_t messages_ = 0;
  std::optional<std::uint32_t> highestTsn_;
};

}  // namespace portico::sctp
