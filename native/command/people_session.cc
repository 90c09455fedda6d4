#include "native/command/people_session.h"

#include <unistd.h>

#include <iostream>

#include "native/command/file_name.h"
#include "native/command/file_receiver.h"
#include "native/command/file_sender.h"

namespace portico::command {
namespace {

OrtcConnection::Options connectionOptions(const IceGatherOptions& ice, bool sender) {
  OrtcConnection::Options options;
  options.ice = ice;
  options.controlling = sender;
  return options;
}

std::string describe(const IceCandidate& candidate) {
  return candidate.type + " " + candidate.address + " port " + std::to_string(candidate.port);
}

}  // namespace

PeopleSession::PeopleSession(Loop& loop, const IceGatherOptions& ice, bool sender)
    : loop_(loop),
      sender_(sender),
      connection_(loop, connectionOptions(ice, sender)),
      reader_(loop, STDIN_FILENO,
              LineReader::Handlers{[this](std::string_view line) { onCodeLine(line); }, [this] { onCodeLine({}); },
                                   [this] {
                                     if (codeTaken_) return;
                                     say("No code came.");
                                     stop(kExitFailed);
                                   }}) {}

PeopleSession::PeopleSession(Loop& loop, const SendArguments& arguments, FileHandle file)
    : PeopleSession(loop, arguments.ice, true) {
  user_ = std::make_unique<FileSender>(std::move(file), arguments.path, *this);
  DataChannelParameters parameters;
  parameters.label = "file";
  if (auto channel = connection_.createDataChannel(std::move(parameters))) watchChannel(std::move(*channel));
}

PeopleSession::PeopleSession(Loop& loop, ReceiveArguments arguments) : PeopleSession(loop, arguments.ice, false) {
  folder_ = std::move(arguments.folder);
}

PeopleSession::~PeopleSession() = default;

int PeopleSession::run() {
  connection_.start(*this, false);
  loop_.run();
  return status_;
}

void PeopleSession::say(const std::string& sentence) {
  bar_.clear();
  std::cerr << sentence << "\n" << std::flush;
}

void PeopleSession::onSignal(const Json&) {
  std::cerr << (sender_ ? "On the other machine run `portico receive`, and paste this code there:\n\n"
                        : "Paste this code where `portico send` runs:\n\n")
            << std::flush;
  // The code alone goes to standard output, so that a script can take it.
  std::cout << toCode(connection_.localParameters()) << "\n" << std::flush;
  std::cerr << "\nNow paste the other side's code here:\n" << std::flush;
}

void PeopleSession::onCodeLine(std::string_view line) {
  if (codeTaken_) return;
  auto parameters = fromCode(line);
  if (parameters) {
    auto accepted = connection_.accept(*parameters);
    if (accepted) {
      codeTaken_ = true;
      return say("Connecting ...");
    }
    return say(accepted.error().message + " Paste it again:");
  }
  say(parameters.error().message + " Paste it again:");
}

void PeopleSession::watchChannel(DataChannel channel) {
  channel_ = std::move(channel);
  channel_->onOpen([this] { user_->onOpen(*channel_, connection_.sctp()->maxMessageSize()); });
  channel_->onMessage([this](const DataChannelMessage& message) { user_->onMessage(message); });
  channel_->onBufferedAmountLow([this] { user_->onBufferedAmountLow(); });
  channel_->onClose([this] {
    user_->onClose();
    stop(status_);
  });
}

void PeopleSession::onChannel(DataChannel channel) {
  if (sender_ || channel_ || channel.label() != "file") return channel.close();
  const auto choosePath = [this](const FileHeader& header) {
    path_ = freePath(folder_, safeFileName(header.name));
    say("Receiving " + path_ + ", " + formatBytes(static_cast<double>(header.size)) + ".");
    return path_;
  };
  user_ = std::make_unique<FileReceiver>(choosePath, *this);
  watchChannel(std::move(channel));
  channel_->onOpen({});  // it is open
  user_->onOpen(*channel_, connection_.sctp()->maxMessageSize());
}

void PeopleSession::onState(std::string_view of, std::string_view state) {
  if (of == "connection" && state == "disconnected") say("The connection is gone for the moment ...");
}

void PeopleSession::onSelectedPair(const IceCandidatePair& pair) {
  const std::string path = describe(pair.local) + " to " + describe(pair.remote);
  if (path == pair_) return;
  pair_ = path;
  say("Path: " + path + ".");
}

void PeopleSession::onTrouble(const Error& error) {
  say(error.message);
}

void PeopleSession::onConnected() {
  say("Connected.");
}

void PeopleSession::onEnded(const std::optional<Error>& error) {
  if (error && !stopping_) say(error->message);
  stop(status_);
}

void PeopleSession::onProgress(Direction, const TransferCount& count) {
  bar_.draw(count);
}

void PeopleSession::onDone(Direction direction, const TransferCount& count) {
  const auto bytes = static_cast<double>(count.bytes);
  const std::string rate = count.seconds > 0 ? ", " + formatBytes(bytes / count.seconds) + "/s" : "";
  say(std::string(direction == Direction::send ? "Sent " : "Received ") + formatBytes(bytes) + " in " +
      formatSeconds(count.seconds) + rate + ".");
  say("SHA-256 " + count.sha256 + ", the same on both sides.");
  status_ = kExitClean;
  // The sender closes once it has the receiver's answer; the receiver's answer must not be cut off.
  if (direction == Direction::send) channel_->close();
}

void PeopleSession::onFailed(Direction, const Error& error) {
  say("It failed: " + error.message);
  status_ = kExitFailed;
  if (!stopping_) channel_->close();
}

void PeopleSession::stop(int status) {
  if (stopping_) return;
  stopping_ = true;
  status_ = status;
  connection_.stop([this] { loop_.defer([this] { loop_.stop(); }); });
}

}  // namespace portico::command
