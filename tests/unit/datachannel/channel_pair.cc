#include "tests/unit/datachannel/channel_pair.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace portico::datachannel::test {

Side::Side(std::string, FakeHost& theHost, DtlsRole theRole, const sctp::Options& options)
    : host(theHost), role(theRole), association(options, theHost, *this), table(association, *this) {}

void Side::connect() {
  ASSERT_TRUE(association.connect(now()));
  flush();
}

void Side::flush() {
  PacketQueue& output = association.output();
  if (output.empty()) return;
  for (std::size_t i = 0; i < output.size(); ++i) {
    const ByteVector packet = toVector(output[i]);
    if (deaf || (dropIf && dropIf(packet))) continue;
    host.at(now() + delay, [to = other, packet] {
      to->association.handleInput(to->now(), packet);
      to->flush();
    });
  }
  output.clear();
  table.onPacketsTaken(now());
}

ChannelKey Side::create(const DataChannelParameters& parameters) {
  const Result<ChannelKey> key = table.create(now(), parameters);
  EXPECT_TRUE(key) << key.error().message;
  flush();
  return key.value_or(0u);
}

Error Side::createError(const DataChannelParameters& parameters) {
  const Result<ChannelKey> key = table.create(now(), parameters);
  EXPECT_FALSE(key);
  return key.error();
}

void Side::send(ChannelKey key, std::string_view text) {
  const Result<void> sent = table.send(now(), key, true, asBytes(text));
  EXPECT_TRUE(sent) << sent.error().message;
  flush();
}

void Side::sendBinary(ChannelKey key, ByteView bytes) {
  const Result<void> sent = table.send(now(), key, false, bytes);
  EXPECT_TRUE(sent) << sent.error().message;
  flush();
}

void Side::close(ChannelKey key) {
  table.close(now(), key);
  flush();
}

void Side::sendRaw(sctp::StreamId stream, sctp::Ppid ppid, ByteView bytes, const sctp::Reliability& reliability) {
  const Result<bool> sent = association.send(now(), stream, ppid, bytes, reliability);
  ASSERT_TRUE(sent && *sent);
  flush();
}

void Side::resetRaw(sctp::StreamId stream) {
  association.resetStreams(now(), {&stream, 1});
  flush();
}

std::vector<std::string> Side::texts(ChannelKey key) const {
  std::vector<std::string> found;
  for (const Message& message : messages) {
    if (message.key == key) found.push_back(message.payload);
  }
  return found;
}

std::size_t Side::count(std::string_view event) const {
  return static_cast<std::size_t>(
      std::count_if(log.begin(), log.end(), [event](const std::string& line) { return line.rfind(event, 0) == 0; }));
}

void Side::onConnected(std::uint16_t inboundStreams, std::uint16_t outboundStreams) {
  table.connected(now(), role, std::min(inboundStreams, outboundStreams));
}

void Side::onMessage(sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) {
  table.onMessage(now(), stream, ppid, payload);
}

void Side::onIncomingReset(std::span<const sctp::StreamId> streams) {
  table.onIncomingReset(now(), streams);
}

void Side::onOutgoingReset(std::span<const sctp::StreamId> streams, bool performed) {
  table.onOutgoingReset(now(), streams, performed);
}

void Side::onWritable() {
  table.onWritable(now());
}

void Side::onActivity(Time) {
  flush();
}

void Side::onClosed(const Error& reason) {
  table.disconnected(now(), reason);
}

void Side::onChannel(ChannelKey key, const DataChannelParameters& parameters) {
  arrivals.push_back(key);
  arrivalParameters.push_back(parameters);
  note("channel", key);
}

void Side::onChannelOpen(ChannelKey key, std::uint16_t id) {
  note("open", key, " id " + std::to_string(id));
}

void Side::onChannelMessage(ChannelKey key, bool text, ByteView payload) {
  receivedBytes += payload.size();
  if (keepMessages) messages.push_back({key, text, std::string(asText(payload))});
  if (onEvent) onEvent("message", key);
}

void Side::onChannelBufferedAmountLow(ChannelKey key) {
  note("low", key);
}

void Side::onChannelClosing(ChannelKey key) {
  note("closing", key);
}

void Side::onChannelClosed(ChannelKey key, const std::optional<Error>& reason) {
  note("closed", key, reason ? " " + std::string(reason->name()) : "");
}

void Side::note(const std::string& event, ChannelKey key, const std::string& more) {
  log.push_back(event + " " + std::to_string(key) + more);
  if (onEvent) onEvent(event, key);
}

namespace {
sctp::Options withStreams(std::uint16_t streams) {
  sctp::Options options;
  options.streams = streams;
  return options;
}
}  // namespace

ChannelPair::ChannelPair(std::uint16_t streams)
    : client("client", host, DtlsRole::client, withStreams(streams)),
      server("server", host, DtlsRole::server, withStreams(streams)) {
  client.other = &server;
  server.other = &client;
}

bool ChannelPair::connect() {
  client.connect();
  server.connect();
  return host.runUntil([this] { return client.association.connected() && server.association.connected(); });
}

std::pair<ChannelKey, ChannelKey> ChannelPair::openChannel(const DataChannelParameters& parameters) {
  const std::size_t before = server.arrivals.size();
  const ChannelKey here = client.create(parameters);
  EXPECT_TRUE(runUntil([&] { return server.arrivals.size() > before; }));
  run(std::chrono::milliseconds(100));  // the ACK, too
  return {here, server.lastArrival()};
}

std::size_t fillAssociation(Side& side, ChannelKey key, std::size_t messageBytes) {
  const ByteVector message = sctp::test::makePayload(messageBytes, 1);
  std::size_t sent = 0;
  while (side.association.bufferedBytes() + messageBytes <= sctp::kSendBufferBytes) {
    EXPECT_TRUE(side.table.send(side.now(), key, false, message));
    ++sent;
  }
  EXPECT_TRUE(side.table.send(side.now(), key, false, message));
  return sent + 1;
}

DataChannelParameters labelled(std::string label) {
  DataChannelParameters parameters;
  parameters.label = std::move(label);
  return parameters;
}

DataChannelParameters negotiated(std::uint16_t id) {
  DataChannelParameters parameters;
  parameters.negotiated = true;
  parameters.id = id;
  return parameters;
}

}  // namespace portico::datachannel::test
