// What comes in on standard input, and how lines go out. Every line is somebody else's: what is wrong with it is said
// at once, and ends nothing.
#include "core/json/parameters.h"
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
  if (parsed->contains("ortc")) return onOrtc((*parsed)["ortc"]);
  if (parsed->contains("candidate")) return onCandidate(*parsed);
  if (parsed->contains("command")) {
    const std::string* command = findString(*parsed, "command");
    if (!command) return printError(Error(Error::Type, "\"command\" is a string."));
    return onCommand(*command, *parsed);
  }
  if (parsed->contains("sdp") || parsed->contains("type")) {
    return printError(Error(Error::NotSupported, "SDP comes with a later release; this peer runs with --ortc."));
  }
  printError(Error(Error::Type, "A line has \"ortc\", \"candidate\" or \"command\"."));
}

void PeerSession::onOrtc(const Json& value) {
  auto read = ortcFromJson(value);
  if (!read) return printError(read.error());
  for (const Error& refused : read->refused) printError(refused);
  if (auto accepted = connection_.accept(read->parameters); !accepted) printError(accepted.error());
}

void PeerSession::onCandidate(const Json& line) {
  const std::string* text = findString(line, "candidate");
  if (!text) return printError(Error(Error::Type, "\"candidate\" is a string."));
  if (text->empty()) return connection_.addCandidate(std::nullopt);
  auto candidate = json::iceCandidateFrom(line);
  if (!candidate) return printError(candidate.error());
  connection_.addCandidate(std::move(*candidate));
}

void PeerSession::onCommand(const std::string& command, const Json& line) {
  if (command == "send") return onSendCommand(line);
  if (command == "close") return onCloseCommand(line);
  if (command == "stats") return printStats();
  if (command == "stop") return stop(kExitClean);
  if (command == "restart-ice") {
    if (auto restarted = connection_.restartIce(); !restarted) printError(restarted.error());
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
  Json event;
  event["event"] = "stats";
  event["ice"] = iceStats(connection_.ice());
  const auto pair = connection_.ice().getSelectedCandidatePair();
  event["selected"] =
      pair ? Json::object({{"local", pair->local.candidate()}, {"remote", pair->remote.candidate()}}) : Json();
  const DtlsTransport& dtls = connection_.dtls();
  event["dtls"]["state"] = std::string(toString(dtls.state()));
  event["dtls"]["role"] = std::string(toString(dtls.getLocalParameters().role));
  event["dtls"]["cipherSuite"] = dtls.cipherSuite();
  const SctpTransport& sctp = connection_.sctp();
  event["sctp"]["state"] = std::string(toString(sctp.state()));
  event["sctp"]["maxChannels"] = sctp.maxChannels() ? Json(*sctp.maxChannels()) : Json();
  event["sctp"]["maxMessageSize"] = sctp.maxMessageSize();
  event["channels"] = Json::array();
  for (const auto& channel : channels_) event["channels"].push_back(channelStats(channel->channel()));
  printEvent(event);
}

}  // namespace portico::command
