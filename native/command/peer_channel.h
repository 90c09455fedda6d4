// One data channel of `portico peer`: either a user (a file, a ping) has it, or its messages are counted, printed and,
// with --echo, sent back.
#pragma once

#include <deque>
#include <memory>

#include "native/command/transfer.h"
#include "portico/data_channel.h"

namespace portico::command {

/// What an echo may keep for a peer that sends faster than it reads. Over it the message is dropped, with an error.
inline constexpr std::size_t kMaxEchoBacklogBytes = 64 * 1024 * 1024;

class PeerChannel {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void onChannelOpen(PeerChannel& channel) = 0;
    virtual void onChannelMessage(PeerChannel& channel, const DataChannelMessage& message) = 0;
    virtual void onChannelTrouble(PeerChannel& channel, const Error& error) = 0;
    /// The channel's last event; it may be destroyed later, from the loop.
    virtual void onChannelClosed(PeerChannel& channel) = 0;
  };

  PeerChannel(DataChannel channel, std::unique_ptr<ChannelUser> user, bool echo, Observer& observer,
              TransferObserver& transfers);

  /// The channel is open: at once for one that the peer made, else on its event.
  void opened(std::uint64_t maxMessageBytes);
  /// What is queued is delivered first.
  void close();
  Result<void> send(bool text, ByteView data) { return text ? channel_.send(asText(data)) : channel_.send(data); }

  [[nodiscard]] const DataChannel& channel() const { return channel_; }
  [[nodiscard]] ChannelUser* user() const { return user_.get(); }
  [[nodiscard]] bool isOpen() const { return opened_ && !closed_; }
  [[nodiscard]] bool wasOpened() const { return opened_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::size_t queuedBytes() const { return channel_.bufferedAmount() + backlogBytes_; }

  /// In place of the user's: for --flood.
  void onBufferedAmountLow(std::function<void()> handler) { low_ = std::move(handler); }

 private:
  struct Echo {
    bool text;
    ByteVector data;
  };

  void watch();
  void take(const DataChannelMessage& message);
  void echo(const DataChannelMessage& message);
  void drainBacklog();
  void ended();

  DataChannel channel_;
  std::unique_ptr<ChannelUser> user_;
  bool echo_;
  Observer& observer_;
  TransferObserver& transfers_;
  std::function<void()> low_;
  std::deque<Echo> backlog_;
  std::size_t backlogBytes_ = 0;
  TransferCount received_;
  Stopwatch sinceFirst_;
  Cadence cadence_;
  bool opened_ = false;
  bool closeAsked_ = false;
  bool closed_ = false;
};

}  // namespace portico::command
