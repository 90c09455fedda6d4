// What one socket has carried, dropped and refused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace portico::bridge {

enum class Drop : std::uint8_t {
  // Out.
  denied,        ///< the address or port is not permitted
  notConsented,  ///< no STUN, and the destination has not consented
  requestPace,   ///< STUN requests too fast, or too many without an answer
  rateOut,
  destinations,    ///< the socket's table of destinations is full
  unknownContext,  ///< no such context is open
  tooLarge,
  unreachable,
  kernelFull,  ///< the UDP socket had no room
  // In.
  unsolicited,  ///< from a place that was not asked, or has not consented
  rateIn,
  clientSlow,  ///< the WebSocket is over its high-water mark
  malformed,   ///< truncated, or of no IP family
  kernelLost,  ///< the kernel's buffer was full before the bridge could read
};
inline constexpr std::array<std::string_view, 14> kDropNames = {
    "denied",      "not_consented", "request_pace", "rate_out", "destinations", "unknown_context", "too_large",
    "unreachable", "kernel_full",   "unsolicited",  "rate_in",  "client_slow",  "malformed",       "kernel_lost"};
inline constexpr std::array<std::string_view, 4> kRefusalNames = {"not_permitted", "limited", "unreachable",
                                                                  "too_large"};

struct Counters {
  std::uint64_t datagramsOut = 0;
  std::uint64_t bytesOut = 0;
  std::uint64_t datagramsIn = 0;
  std::uint64_t bytesIn = 0;
  std::uint64_t messagesOut = 0;  ///< of the client
  std::uint64_t messagesIn = 0;   ///< to the client
  std::uint64_t skippedCapsules = 0;
  std::array<std::uint64_t, kDropNames.size()> drops{};
  std::array<std::uint64_t, kRefusalNames.size()> refusals{};  ///< that the client was told of

  std::uint64_t& dropped(Drop reason) { return drops[static_cast<std::size_t>(reason)]; }

  Counters& operator+=(const Counters& other) {
    datagramsOut += other.datagramsOut;
    bytesOut += other.bytesOut;
    datagramsIn += other.datagramsIn;
    bytesIn += other.bytesIn;
    messagesOut += other.messagesOut;
    messagesIn += other.messagesIn;
    skippedCapsules += other.skippedCapsules;
    for (std::size_t i = 0; i < drops.size(); ++i) drops[i] += other.drops[i];
    for (std::size_t i = 0; i < refusals.size(); ++i) refusals[i] += other.refusals[i];
    return *this;
  }
};

}  // namespace portico::bridge
