// Channels (RFC 8656 §12): a number for a peer's address, so that data needs four bytes of header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/turn/channel_data.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::turn {

inline constexpr std::size_t kMaxChannels = 32;  ///< data flows to one peer, and ICE changes its mind a few times
inline constexpr Duration kChannelLifetime = std::chrono::minutes(10);  ///< RFC 8656 §12
/// RFC 8656 §12: so long after its end a number goes to no other peer, and the peer gets no other number.
inline constexpr Duration kChannelQuarantine = std::chrono::minutes(5);
/// A binding renews the permission of its peer, which lives for five minutes only: one request for both.
inline constexpr Duration kChannelRefresh = std::chrono::minutes(4);
/// As kRefusalMemory for permissions; Send indications serve meanwhile.
inline constexpr Duration kChannelRetry = std::chrono::minutes(1);

class Channels {
 public:
  /// Data is to go to `peer`: the number of its channel; 0 where none is bound.
  std::uint16_t use(Time now, const SocketAddress& peer);
  /// A channel is wanted for `peer`: the number to send a ChannelBind request for now; 0: nothing is to be sent.
  std::uint16_t want(Time now, const SocketAddress& peer);
  /// The request that was sent at `asked` succeeded.
  void bind(std::uint16_t number, Time asked);
  void refuse(Time now, std::uint16_t number);
  /// Whom data on that channel is from. Null: nobody that we know.
  [[nodiscard]] const SocketAddress* peerOf(std::uint16_t number) const;

  /// Forgets what is out of quarantine, and calls `ask(number, peer)` for what is in use and wants to be refreshed.
  template <typename Ask>
  void poll(Time now, Ask ask) {
    std::erase_if(all_, [&](const Channel& c) { return c.freeAt <= now && !c.asking; });
    for (Channel& channel : all_) {
      if (channel.boundUntil <= now) channel.used = false;  // too late: who slept asks anew
      if (!channel.used || channel.asking || channel.refreshAt > now) continue;
      beginAsking(channel, now);
      ask(channel.number, channel.peer);
    }
  }
  [[nodiscard]] std::optional<Time> nextDeadline() const;
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  void clear() { all_.clear(); }

 private:
  struct Channel {
    std::uint16_t number = 0;
    SocketAddress peer;
    bool asking = false;
    bool used = false;  ///< since it was bound
    Time boundUntil{};
    Time refreshAt{};
    Time retryAt{};
    Time freeAt{};
  };
  static void beginAsking(Channel& channel, Time now);
  [[nodiscard]] Channel* find(const SocketAddress& peer);
  [[nodiscard]] Channel* find(std::uint16_t number);
  [[nodiscard]] std::uint16_t freeNumber();

  std::vector<Channel> all_;
  std::uint16_t next_ = kFirstChannel;
};

}  // namespace portico::turn
