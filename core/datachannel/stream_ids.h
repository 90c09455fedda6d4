// Which stream belongs to which channel, and which are free (RFC 8832 §6).
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "core/sctp/association.h"
#include "portico/parameters.h"

namespace portico::datachannel {

struct Channel;

/// 65,535 is reserved: RFC 8832 §6.
inline constexpr sctp::StreamId kMaxStreamId = 65'534;

class StreamIds {
 public:
  /// Ids below `streams` are there from now on; the role decides which of them lowestFree() gives.
  void start(DtlsRole role, std::uint16_t streams);
  [[nodiscard]] std::uint16_t streams() const { return streams_; }

  /// Null for a stream that is free, or retired.
  [[nodiscard]] Channel* find(sctp::StreamId id) const;
  [[nodiscard]] bool inUse(sctp::StreamId id) const { return channels_.count(id) != 0; }

  void claim(sctp::StreamId id, Channel& channel) { channels_[id] = &channel; }
  void release(sctp::StreamId id);
  /// Nobody's, and never free again: its reset failed, so its sequence numbers are unknown to one side.
  void retire(sctp::StreamId id) { channels_[id] = nullptr; }
  void clear() { channels_.clear(); }

  /// The lowest free id of our parity for which `usable(id)`; nullopt when there is none.
  template <typename Usable>
  [[nodiscard]] std::optional<sctp::StreamId> lowestFree(Usable usable) {
    // The hint makes opening n channels take n steps, not n²/2.
    while (hint_ < streams_ && inUse(static_cast<sctp::StreamId>(hint_))) hint_ += 2;
    for (std::uint32_t id = hint_; id < streams_ && id <= kMaxStreamId; id += 2) {
      const auto candidate = static_cast<sctp::StreamId>(id);
      if (!inUse(candidate) && usable(candidate)) return candidate;
    }
    return std::nullopt;
  }

 private:
  std::unordered_map<sctp::StreamId, Channel*> channels_;
  std::uint32_t hint_ = 0;  ///< every id of our parity below it is in use
  std::uint16_t streams_ = 0;
};

}  // namespace portico::datachannel
