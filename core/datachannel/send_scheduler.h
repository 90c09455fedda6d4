// Whose queued message goes next when the association has room (RFC 8831 §6.4).
//
// Deficit round robin: in each round a channel may hand over bytes in proportion to its priority, and keeps what it
// could not use because its next message is longer. So a channel with large messages, or with many, takes its share and
// no more.
#pragma once

#include <cstddef>
#include <vector>

#include "core/datachannel/channel.h"
#include "portico/platform/time.h"

namespace portico::datachannel {

/// A round's bytes for each unit of priority: 16 KiB for "below normal", 128 KiB for "extra high". Large enough that
/// a round with one busy channel is not all bookkeeping.
inline constexpr std::size_t kRoundBytesPerPriority = 128;

class SendScheduler {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    /// True: taken, or given up; it is removed. False: no room, stop.
    virtual bool handOver(Time now, Channel& channel, const QueuedMessage& message) = 0;
    virtual void onQueueEmpty(Time now, Channel& channel) = 0;
  };

  void push(Channel& channel, QueuedMessage message);
  /// Hands over until everything is, or the sink has no room. A message's bytes are not copied.
  void run(Time now, Sink& sink);
  /// Forgets what waits on `channel`.
  void clear(Channel& channel);
  /// `channel` ends: it leaves the round, too.
  void remove(Channel& channel);

  /// Over all channels; what kMaxSendQueueBytes bounds.
  [[nodiscard]] std::size_t cost() const { return cost_; }
  [[nodiscard]] bool empty() const { return cost_ == 0; }

 private:
  bool runTurn(Time now, Sink& sink, Channel& channel);
  void leaveRound(Channel& channel);

  std::vector<Channel*> round_;
  std::size_t turn_ = 0;        ///< index in round_
  bool turnHasCredit_ = false;  ///< that channel got its credit for this round
  bool running_ = false;
  std::size_t cost_ = 0;
};

}  // namespace portico::datachannel
