#include "native/command/peer_session.h"

#include <unistd.h>

#include <algorithm>

#include "native/command/file_receiver.h"
#include "native/command/file_sender.h"
#include "native/command/peer_events.h"
#include "native/command/ping.h"

namespace portico::command {
namespace {

constexpr const char* kFileLabel = "file";
constexpr const char* kPingLabel = "ping";
constexpr std::size_t kFloodBytes = 64 * 1024;
constexpr std::size_t kPingBytes = 100;

/// While the channels close, the peer has so long to show a sign of life.
constexpr Duration kClosingPatience = std::chrono::seconds(5);

}  // namespace

PeerSession::PeerSession(Loop& loop, PeerArguments arguments, std::unique_ptr<Connection> connection,
                         std::optional<FileHandle> file)
    : loop_(loop),
      arguments_(std::move(arguments)),
      writer_(loop, STDOUT_FILENO,
              [this] {
                status_ = kExitFailed;
                end();
              }),
      connection_(std::move(connection)),
      file_(std::move(file)),
      reader_(
          loop, STDIN_FILENO,
          LineReader::Handlers{[this](std::string_view line) { onLine(line); },
                               [this] {
                                 printError(Error(Error::QuotaExceeded, "A line is longer than " +
                                                                            std::to_string(kMaxLineBytes) + " bytes."));
                               },
                               [this] { stop(kExitClean); }}) {}

PeerSession::~PeerSession() = default;

int PeerSession::run() {
  createChannels();
  startTimeout();
  connection_->start(*this, arguments_.stay);
  loop_.run();
  return status_;
}

void PeerSession::createChannels() {
  for (const DataChannelParameters& parameters : arguments_.channels) createChannel(parameters, nullptr);
  DataChannelParameters own;
  if (file_) {
    own.label = kFileLabel;
    createChannel(own, std::make_unique<FileSender>(std::move(*file_), arguments_.sendPath, *this));
  }
  if (arguments_.pings > 0) {
    own.label = kPingLabel;
    const auto onDone = [this](const Result<PingResult>& result) {
      if (result) return printEvent(pingEvent(*result));
      onFailed(Direction::send, result.error());
    };
    createChannel(own, std::make_unique<Ping>(arguments_.pings, arguments_.messageBytes.value_or(kPingBytes), onDone));
  }
}

PeerChannel* PeerSession::createChannel(DataChannelParameters parameters, std::unique_ptr<ChannelUser> user) {
  auto channel = connection_->createDataChannel(std::move(parameters));
  if (!channel) {
    failed_ = true;
    printError(channel.error());
    return nullptr;
  }
  return addChannel(std::move(*channel), std::move(user));
}

PeerChannel* PeerSession::addChannel(DataChannel channel, std::unique_ptr<ChannelUser> user) {
  channels_.push_back(
      std::make_unique<PeerChannel>(std::move(channel), std::move(user), arguments_.echo, *this, *this));
  return channels_.back().get();
}

void PeerSession::startTimeout() {
  if (!arguments_.timeout) return;
  timeout_ = loop_.createTimer([this](Time) {
    if (connection_->connected() || phase_ != Phase::running) return;
    printError(Error(Error::Timeout, "The peer was not connected in time."));
    status_ = kExitNotConnected;
    end();
  });
  timeout_->set(loop_.now() + *arguments_.timeout);
}

// ---- Connection::Observer

void PeerSession::onSignal(const Json& line) {
  print(line);
}

void PeerSession::onState(std::string_view of, std::string_view state) {
  printEvent(stateEvent(of, state));
}

void PeerSession::onSelectedPair(const IceCandidatePair& pair) {
  printEvent(selectedEvent(pair));
}

void PeerSession::onNetworkChange(const NetworkChange& change) {
  printEvent(networkEvent(change));
}

void PeerSession::onChannel(DataChannel channel) {
  std::unique_ptr<ChannelUser> user;
  if (channel.label() == kFileLabel && !arguments_.receivePath.empty() && !receiving_) {
    receiving_ = true;
    user = std::make_unique<FileReceiver>([this](const FileHeader&) { return arguments_.receivePath; }, *this);
  }
  onChannelOpen(*addChannel(std::move(channel), std::move(user)));
}

void PeerSession::onTrouble(const Error& error) {
  printError(error);
}

void PeerSession::onConnected() {
  timeout_.reset();
}

void PeerSession::onEnded(const std::optional<Error>& error) {
  if (error && phase_ == Phase::running) {
    printError(*error);
    failed_ = true;
  }
  if (phase_ == Phase::running && unfinished()) failed_ = true;
  if (failed_ && status_ == kExitClean && phase_ == Phase::running) status_ = kExitFailed;
  end();
}

// ---- PeerChannel::Observer

void PeerSession::onChannelOpen(PeerChannel& channel) {
  if (channel.wasOpened()) return;
  printEvent(channelEvent("open", channel.channel()));
  channel.opened(connection_->sctp()->maxMessageSize());
  if (!arguments_.flood || flood_ || channel.user()) return;
  floodChannel_ = &channel;
  flood_ = std::make_unique<Flood>(loop_, *connection_->sctp(), channel.channel(), *arguments_.flood,
                                   arguments_.messageBytes.value_or(kFloodBytes), *this);
  channel.onBufferedAmountLow([this] { flood_->feed(); });
  flood_->start();
}

void PeerSession::onChannelMessage(PeerChannel& channel, const DataChannelMessage& message) {
  if (arguments_.quiet && arguments_.exitAfter != "message") return;
  printEvent(messageEvent(channel.channel().label(), message), !arguments_.quiet);
}

void PeerSession::onChannelTrouble(PeerChannel&, const Error& error) {
  // What this side stops is stopped, and in no trouble.
  if (phase_ != Phase::ended) printError(error);
}

void PeerSession::onChannelClosed(PeerChannel& channel) {
  if (&channel == floodChannel_) flood_->onClose();
  printEvent(channelEvent("close", channel.channel()));
  // Its handler runs at this moment: it goes after the turn.
  loop_.defer([this, gone = &channel] {
    const auto found =
        std::find_if(channels_.begin(), channels_.end(), [gone](const auto& one) { return one.get() == gone; });
    if (found != channels_.end()) channels_.erase(found);
    if (phase_ == Phase::closing && channels_.empty()) end();
  });
}

// ---- TransferObserver

void PeerSession::onProgress(Direction direction, const TransferCount& count) {
  printEvent(progressEvent(direction, count));
}

void PeerSession::onDone(Direction direction, const TransferCount& count) {
  if (direction == Direction::receive && !count.sha256.empty()) {
    received_ = true;
    receiving_ = false;
  }
  printEvent(doneEvent(direction, count));
}

void PeerSession::onFailed(Direction direction, const Error& error) {
  failed_ = true;
  if (direction == Direction::receive) receiving_ = false;
  printError(error);
  // What the script waits for will not come.
  if (arguments_.exitAfter == "done" || arguments_.exitAfter == "ping") stop(kExitFailed);
}

// ---- The end

bool PeerSession::unfinished() const {
  if (!arguments_.receivePath.empty() && !received_) return true;
  return std::any_of(channels_.begin(), channels_.end(),
                     [](const auto& channel) { return channel->user() && channel->user()->unfinished(); });
}

void PeerSession::stop(int status) {
  if (phase_ != Phase::running) return;
  if (status == kExitClean && !exitEventCame_ && !failed_ && unfinished()) {
    failed_ = true;
    printError(Error(Error::Closed, "The peer was stopped before the transfer was done."));
  }
  status_ = status == kExitClean && failed_ && !exitEventCame_ ? kExitFailed : status;
  if (!connection_->connected() || channels_.empty()) return end();
  phase_ = Phase::closing;
  for (const auto& channel : channels_) channel->close();
  closingTimer_ = loop_.createTimer([this](Time) { watchClosing(); });
  lastQueuedBytes_ = queuedBytes();
  closingTimer_->set(loop_.now() + kClosingPatience);
}

void PeerSession::watchClosing() {
  const std::size_t queued = queuedBytes();
  if (queued < lastQueuedBytes_) {
    lastQueuedBytes_ = queued;
    closingTimer_->set(loop_.now() + kClosingPatience);
    return;
  }
  printError(Error(Error::Timeout, "The peer does not answer: what was queued may not have been delivered."));
  status_ = kExitFailed;
  end();
}

std::size_t PeerSession::queuedBytes() const {
  std::size_t bytes = 0;
  for (const auto& channel : channels_) bytes += channel->queuedBytes();
  return bytes;
}

void PeerSession::end() {
  if (phase_ == Phase::ended) return;
  phase_ = Phase::ended;
  closingTimer_.reset();
  timeout_.reset();
  connection_->stop([this] {
    loop_.defer([this] {
      writer_.finish();
      loop_.stop();
    });
  });
}

}  // namespace portico::command
