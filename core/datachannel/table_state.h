// The channel table inside: what opening.cc, sending.cc, receiving.cc and closing.cc share.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/datachannel/backlog.h"
#include "core/datachannel/channel.h"
#include "core/datachannel/channel_table.h"
#include "core/datachannel/send_scheduler.h"
#include "core/datachannel/stream_ids.h"

namespace portico::datachannel {

struct ChannelTable::State final : SendScheduler::Sink {
  State(sctp::Association& theAssociation, ChannelObserver& theObserver)
      : association(theAssociation), observer(theObserver) {}

  /// Around every call of the table. A Channel is destroyed only when the last Scope ends, so a pointer to one is good
  /// across calls of the association, whatever they lead to.
  class Scope {
   public:
    Scope(State& state, Time now) : state_(state), now_(now) { ++state_.depth; }
    ~Scope() {
      if (--state_.depth == 0) state_.deliver(now_);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    State& state_;
    Time now_;
  };

  // channel_table.cc
  [[nodiscard]] Channel* find(ChannelKey key) const;
  void deliver(Time now);

  // opening.cc
  Result<ChannelKey> create(Time now, const DataChannelParameters& parameters);
  void assignIds(DtlsRole role, std::uint16_t streams);
  void connected(Time now, DtlsRole role, std::uint16_t streams);
  [[nodiscard]] std::vector<Channel*> connecting() const;
  Result<void> assignId(Channel& channel);
  void open(Time now, Channel& channel);
  void onDcep(Time now, sctp::StreamId stream, Channel* channel, ByteView message);
  void onDcepOpen(Time now, sctp::StreamId stream, Channel* channel, ByteView message);
  void refuseOpen(Time now, sctp::StreamId stream);
  Channel& add(const DataChannelParameters& parameters);

  // sending.cc
  Result<void> send(Time now, Channel* channel, bool text, ByteView payload);
  void sendControl(Time now, Channel& channel, ByteView message);
  Result<bool> handToAssociation(Time now, Channel& channel, sctp::Ppid ppid, ByteView bytes, std::size_t userBytes,
                                 std::optional<std::uint16_t> lifetimeLeftMs);
  void enqueue(Time now, Channel& channel, sctp::Ppid ppid, ByteView bytes, std::size_t userBytes);
  bool handOver(Time now, Channel& channel, const QueuedMessage& message) override;
  void onQueueEmpty(Time now, Channel& channel) override;
  void watch(Channel& channel);
  void updateBufferedAmounts();

  // receiving.cc
  void onMessage(Time now, sctp::StreamId stream, sctp::Ppid ppid, ByteView payload);
  void onUserMessage(Channel& channel, bool text, ByteView payload);
  void onPiece(Channel& channel, bool text, ByteView payload);
  void dropPartial(Channel& channel);
  void replay(Time now, sctp::StreamId stream);

  // closing.cc
  void close(Time now, Channel& channel);
  void closeForMisuse(Time now, Channel& channel, const char* sentence);
  void requestReset(Time now, Channel& channel);
  void onIncomingReset(Time now, sctp::StreamId stream);
  void onOutgoingReset(Time now, sctp::StreamId stream, bool performed);
  void finish(Channel& channel);
  void disconnected(const Error& reason);

  struct Event {
    enum Kind : std::uint8_t { opened, bufferedAmountLow, closing, closed } kind;
    ChannelKey key;
  };
  enum class Phase : std::uint8_t { waiting, up, gone };

  sctp::Association& association;
  ChannelObserver& observer;
  std::uint64_t remoteMaxMessageBytes = 65'536;  ///< RFC 8841 §6.1: where the peer says nothing
  Phase phase = Phase::waiting;

  std::unordered_map<ChannelKey, std::unique_ptr<Channel>> channels;
  ChannelKey nextKey = 1;
  StreamIds ids;
  SendScheduler scheduler;
  bool blocked = false;           ///< the association had no room; onWritable() will come
  std::vector<Channel*> watched;  ///< those with awaitingPackets
  Backlog backlog;
  std::size_t partialBytes = 0;
  TableCounters counters;

  int depth = 0;
  bool delivering = false;
  std::vector<Event> events;                  ///< not told yet
  std::vector<sctp::StreamId> replayStreams;  ///< whose backlog has a taker now
};

}  // namespace portico::datachannel
