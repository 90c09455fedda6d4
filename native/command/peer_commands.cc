// What comes in on standard input, and how lines go out. Every line is somebody else's: what is wrong with it is said
// at once, and ends nothing.
#include "core/wire/base64.h"
#include "native/command/peer_events.h"
#include "native/command/peer_session.h"

namespace portico::command {

void PeerSession::print(const Json& line) {
  writer_.write(toLine(line));
}

void PeerSession::printEvent(const Json& event, bool visible) {
  if (visible) print(event);
  if (exitEventCame_ || arguments_.exitAfter != *findString(event, "event")) return;
  exitEventCame_ = true;
  loop_.defer([this] { stop(kExitClean); });
}

void PeerSession::printError(const Error& error) {
  printEvent(errorEvent(error));
}

void PeerSession::onLine(std::string_view line) {
  if (phase_ != Phase::running) return;
  auto parsed = parseJson(line);
  if (!parsed) return printError(parsed.error());
  if (!parsed->is_object()) return printError(Error(Error::Type, "A line is a JSON object."));
  const auto has = [&parsed](const char* member) { return parsed->contains(member); };
  if (has("ortc") || has("candidate")) return connection_->take(*parsed);
  if (has("command")) {
    const std::string* command = findString(*parsed, "command");
    if (!command) return printError(Error(Error::Type, "\"command\" is a string."));
    return onCommand(*command, *parsed);
  }
  if (has("sdp") || has("type")) return connection_->take(*parsed);
  printError(Error(Error::Type, "A line has \"type\", \"candidate\", \"ortc\" or \"command\"."));
}

void PeerSession::onCommand(const std::string& command, const Json& line) {
  if (command == "send") return onSendCommand(line);
  if (command == "close") return onCloseCommand(line);
  if (command == "stats") return printStats();
  if (command == "stop") return stop(kExitClean);
  if (command == "restart-ice") {
    if (auto restarted = connection_->restartIce(); !restarted) printError(restarted.error());
    return;
  }
  printError(
      Error(Error::NotSupported, "\"" + command + "\" is no command: send, close, restart-ice, stats, stop are."));
}

PeerChannel* PeerSession::findChannel(const Json& line) {
  const std::string* label = findString(line, "label");
  if (!label) {
    printError(Error(Error::Type, "The command needs the \"label\" of a channel."));
    return nullptr;
  }
  PeerChannel* unopened = nullptr;
  for (const auto& channel : channels_) {
    if (channel->channel().label() != *label || channel->closed()) continue;
    if (channel->isOpen()) return channel.get();
    unopened = channel.get();
  }
  if (!unopened) printError(Error(Error::InvalidState, "There is no channel \"" + *label + "\"."));
  return unopened;
}

void PeerSession::onSendCommand(const Json& line) {
  const std::string* text = findString(line, "text");
  const std::string* base64 = findString(line, "base64");
  if ((text != nullptr) == (base64 != nullptr)) {
    return printError(Error(Error::Type, "\"send\" needs \"text\" or \"base64\", a string."));
  }
  PeerChannel* channel = findChannel(line);
  if (!channel) return;
  if (channel->user()) {
    return printError(Error(Error::InvalidState, "The channel is in use by --send, --receive or --ping."));
  }
  std::optional<ByteVector> decoded;
  if (base64) {
    decoded = fromBase64(*base64);
    if (!decoded) return printError(Error(Error::Syntax, "\"base64\" is no base64."));
  }
  auto sent = text ? channel->send(true, asBytes(*text)) : channel->send(false, ByteView(*decoded));
  if (!sent) printError(sent.error());
}

void PeerSession::onCloseCommand(const Json& line) {
  if (PeerChannel* channel = findChannel(line)) channel->close();
}

void PeerSession::printStats() {
  Json event = statsEvent(connection_->sctp());
  for (const auto& channel : channels_) event["channels"].push_back(channelStats(channel->channel()));
  printEvent(event);
}

}  // namespace portico::command
