#include "native/command/peer_channel.h"

namespace portico::command {

PeerChannel::PeerChannel(DataChannel channel, std::unique_ptr<ChannelUser> user, bool echo, Observer& observer,
                         TransferObserver& transfers)
    : channel_(std::move(channel)), user_(std::move(user)), echo_(echo), observer_(observer), transfers_(transfers) {
  received_.label = channel_.label();
  watch();
}

void PeerChannel::watch() {
  channel_.onOpen([this] { observer_.onChannelOpen(*this); });
  channel_.onMessage([this](const DataChannelMessage& message) { take(message); });
  channel_.onError([this](const Error& error) { observer_.onChannelTrouble(*this, error); });
  channel_.onClose([this] { ended(); });
  channel_.onBufferedAmountLow([this] {
    if (low_) {
      low_();
    } else if (user_) {
      user_->onBufferedAmountLow();
    } else {
      drainBacklog();
    }
  });
}

void PeerChannel::opened(std::uint64_t maxMessageBytes) {
  opened_ = true;
  if (user_) {
    user_->onOpen(channel_, maxMessageBytes);
  } else {
    channel_.setBufferedAmountLowThreshold(kLowWaterBytes);
  }
}

void PeerChannel::close() {
  closeAsked_ = true;
  if (backlog_.empty()) channel_.close();
}

void PeerChannel::take(const DataChannelMessage& message) {
  if (user_) return user_->onMessage(message);
  if (received_.messages == 0) sinceFirst_.start();
  ++received_.messages;
  received_.bytes += message.data.size();
  received_.seconds = sinceFirst_.seconds();
  observer_.onChannelMessage(*this, message);
  if (echo_) echo(message);
  if (cadence_.due()) transfers_.onProgress(Direction::receive, received_);
}

void PeerChannel::echo(const DataChannelMessage& message) {
  if (backlog_.empty() && channel_.bufferedAmount() < kHighWaterBytes) {
    if (auto sent = send(message.text, message.data); !sent) observer_.onChannelTrouble(*this, sent.error());
    return;
  }
  if (backlogBytes_ + message.data.size() > kMaxEchoBacklogBytes) {
    observer_.onChannelTrouble(*this,
                               Error(Error::QuotaExceeded, "A message was not sent back: too many wait already."));
    return;
  }
  backlog_.push_back(Echo{message.text, toVector(message.data)});
  backlogBytes_ += message.data.size();
}

void PeerChannel::drainBacklog() {
  while (!backlog_.empty() && channel_.bufferedAmount() < kHighWaterBytes) {
    const Echo next = std::move(backlog_.front());
    backlog_.pop_front();
    backlogBytes_ -= next.data.size();
    if (auto sent = send(next.text, ByteView(next.data)); !sent) observer_.onChannelTrouble(*this, sent.error());
  }
  if (closeAsked_ && backlog_.empty()) channel_.close();
}

void PeerChannel::ended() {
  closed_ = true;
  if (user_) user_->onClose();
  observer_.onChannelClosed(*this);
  if (received_.messages > 0) transfers_.onDone(Direction::receive, received_);
}

}  // namespace portico::command
