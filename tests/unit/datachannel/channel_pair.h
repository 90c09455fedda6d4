// Two channel tables over two real associations, joined by a wire in virtual time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/datachannel/channel_table.h"
#include "tests/unit/sctp/simulated_pair.h"

namespace portico::datachannel::test {

using sctp::test::FakeHost;

/// One side, and what its user heard.
class Side final : public sctp::AssociationObserver, public ChannelObserver {
 public:
  struct Message {
    ChannelKey key;
    bool text;
    std::string payload;
  };

  Side(std::string name, FakeHost& host, DtlsRole role, const sctp::Options& options);

  void connect();
  /// Sends what waits: onto the wire, and the table is told.
  void flush();

  // As the user: each of these sends at once.
  ChannelKey create(const DataChannelParameters& parameters);
  Error createError(const DataChannelParameters& parameters);
  void send(ChannelKey key, std::string_view text);
  void sendBinary(ChannelKey key, ByteView bytes);
  void close(ChannelKey key);
  /// As a peer of bad manners: past the table.
  void sendRaw(sctp::StreamId stream, sctp::Ppid ppid, ByteView bytes, const sctp::Reliability& reliability = {});
  void resetRaw(sctp::StreamId stream);

  [[nodiscard]] Time now() const { return host.now(); }
  [[nodiscard]] std::vector<std::string> texts(ChannelKey key) const;
  /// The key of the last channel that the peer opened.
  [[nodiscard]] ChannelKey lastArrival() const { return arrivals.back(); }
  [[nodiscard]] std::size_t count(std::string_view event) const;

  FakeHost& host;
  const DtlsRole role;
  sctp::Association association;
  ChannelTable table;
  Side* other = nullptr;
  Duration delay = std::chrono::milliseconds(5);
  bool deaf = false;                            ///< the wire from here is cut
  std::function<bool(ByteView packet)> dropIf;  ///< of what leaves here

  std::vector<ChannelKey> arrivals;
  std::vector<DataChannelParameters> arrivalParameters;
  std::vector<Message> messages;
  std::vector<std::string> log;  ///< "open 1", "closed 2 OperationError" …
  bool keepMessages = true;
  std::size_t receivedBytes = 0;
  std::function<void(const std::string& event, ChannelKey key)> onEvent;  ///< after an event was noted

 private:
  void onConnected(std::uint16_t inboundStreams, std::uint16_t outboundStreams) override;
  void onMessage(sctp::StreamId stream, sctp::Ppid ppid, ByteView payload) override;
  void onIncomingReset(std::span<const sctp::StreamId> streams) override;
  void onOutgoingReset(std::span<const sctp::StreamId> streams, bool performed) override;
  void onWritable() override;
  void onActivity(Time now) override;
  void onClosed(const Error& reason) override;

  void onChannel(ChannelKey key, const DataChannelParameters& parameters) override;
  void onChannelOpen(ChannelKey key, std::uint16_t id) override;
  void onChannelMessage(ChannelKey key, bool text, ByteView payload) override;
  void onChannelBufferedAmountLow(ChannelKey key) override;
  void onChannelClosing(ChannelKey key) override;
  void onChannelClosed(ChannelKey key, const std::optional<Error>& reason) override;

  void note(const std::string& event, ChannelKey key, const std::string& more = {});
};

struct ChannelPair {
  explicit ChannelPair(std::uint16_t streams = 64);
  bool connect();
  void run(Duration duration = std::chrono::seconds(1)) { host.runFor(duration); }
  bool runUntil(const std::function<bool()>& done) { return host.runUntil(done, std::chrono::seconds(600)); }
  /// A channel from the client, open on both sides: its keys there and here.
  std::pair<ChannelKey, ChannelKey> openChannel(const DataChannelParameters& parameters = {});

  FakeHost host{7};
  Side client;
  Side server;
};

/// Fills the association until send() has to queue, without letting a packet out. Returns the messages sent.
std::size_t fillAssociation(Side& side, ChannelKey key, std::size_t messageBytes);

DataChannelParameters labelled(std::string label);
DataChannelParameters negotiated(std::uint16_t id);

}  // namespace portico::datachannel::test
