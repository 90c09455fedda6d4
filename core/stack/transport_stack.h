// ICE, DTLS, SCTP and data channels put together: the table of contents of Portico. Sans I/O.
//
//   in:   receive() → first byte (RFC 7983) → ICE agent, or DTLS session → onPlaintext() → SCTP association →
//   onMessage()
//         → channel table → event queue
//   out:  channel table → association → drain() → DTLS session → selected pair → PacketSender
//
// Where a pair's local side is an address on a TURN server, Relays stands between the socket and all of this; where it
// is over TCP, TcpPaths does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/datachannel/channel_table.h"
#include "core/dtls/session.h"
#include "core/ice/agent.h"
#include "core/sctp/association.h"
#include "core/stack/event_queue.h"
#include "core/stack/relays.h"
#include "core/stack/tcp_paths.h"
#include "portico/certificate.h"
#include "portico/parameters.h"
#include "portico/platform/host.h"
#include "portico/platform/time.h"

namespace portico {

/// Packets kept that come before SctpTransport::start(): an INIT and its retransmissions.
inline constexpr std::size_t kMaxEarlySctpPackets = 8;

struct StackCounters {
  std::uint64_t packetsSent = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t packetsReceived = 0;
  std::uint64_t bytesReceived = 0;
  std::uint64_t packetsDiscarded = 0;   ///< neither STUN nor DTLS, or not from a known remote, or nobody to take it
  std::uint64_t packetsUnsendable = 0;  ///< made while no pair could carry them
};

class TransportStack final : private ice::Random,
                             private dtls::PlaintextSink,
                             private sctp::AssociationObserver,
                             private datachannel::ChannelObserver {
 public:
  /// Told from outside receive() and the calls of the user: a process-wide SCTP timer made output or events.
  using ActivityHandler = std::function<void()>;

  TransportStack(ice::AgentOptions options, Host& host, Streams& streams, ActivityHandler onActivity);
  ~TransportStack() override;
  TransportStack(const TransportStack&) = delete;
  TransportStack& operator=(const TransportStack&) = delete;

  [[nodiscard]] ice::Agent& ice() { return agent_; }
  [[nodiscard]] dtls::Session* dtls() { return dtls_.get(); }
  [[nodiscard]] sctp::Association* association() { return association_.get(); }
  [[nodiscard]] datachannel::ChannelTable* channels() { return channels_.get(); }
  [[nodiscard]] EventQueue& events() { return events_; }
  [[nodiscard]] const StackCounters& counters() const { return counters_; }

  void createDtls(Certificate certificate);
  void createSctp(const sctp::Options& options);
  /// Shakes hands as soon as ICE has a pair that can carry it, selected or not (RFC 8445 §12.1).
  void startDtls(Time now, DtlsParameters remote);
  /// Sends INIT as soon as DTLS is connected.
  void startSctp(Time now, std::uint16_t remotePort, std::uint64_t remoteMaxMessageBytes);
  void stopSctp(Time now);
  void stopDtls(Time now);
  void stopIce(Time now);

  // Sockets and servers, for the agent and the relays alike.
  void addSocket(Time now, ice::SocketId id, const SocketAddress& local, std::uint16_t localPreference,
                 std::string name = {});
  void removeSocket(Time now, ice::SocketId id, const std::string& why);
  /// Candidates over TCP (RFC 6544) beside a socket.
  [[nodiscard]] TcpPaths& tcp() { return tcp_; }
  /// False where no socket can reach it: none is of its family.
  bool addTurnServer(Time now, const TurnServer& server);
  /// No socket and no server follows. Gathering ends when the servers have answered as well.
  void endOfSources(Time now);
  /// Sockets and servers are to be given anew: none is left.
  void gatherAgain(Time now);
  /// Before ICE restarts: relayed addresses that were lost or refused are asked for again.
  void renewRelays(Time now);
  /// Before a restart with another configuration. Servers, those that stay as well, are to be given anew.
  void renewServers(Time now, const std::vector<TurnServer>& turnServers, bool relayOnly);
  /// More sockets or servers follow, until endOfSources().
  void reopenSources();
  /// Nothing passes through that socket, as the machine says.
  void doubt(Time now, ice::SocketId socket);
  /// New credentials: RFC 8445 §9.
  void restartIce(Time now, const IceParameters& local);
  /// Gives the relayed addresses back; what that takes leaves with the next drain().
  void stopRelays(Time now);

  /// UdpReceiver::holds()
  [[nodiscard]] bool holds(ice::SocketId socket, const SocketAddress& remote) const;
  void receive(Time now, ice::SocketId socket, std::span<Datagram> batch);
  void receiveStream(Time now, ice::SocketId stream, ByteView bytes);
  void onStreamWritable(ice::SocketId stream);
  void onStreamClosed(Time now, ice::SocketId stream, const std::string& why);
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  /// Sends all that waits.
  void drain(Time now, PacketSender& sender);
  /// After a user's call: moves on what the call made possible, and gathers its events.
  void settle(Time now);

 private:
  void randomBytes(MutableByteView out) override { host_.randomBytes(out); }
  void onPlaintext(Time now, MutableByteView packet) override;

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

  void receiveOne(Time now, ice::SocketId socket, const SocketAddress& remote, MutableByteView payload);
  void send(Time now, PacketSender& sender, ice::SocketId socket, std::span<const OutgoingDatagram> batch);
  void endSourcesIfDone(Time now);
  void collectIceEvents();
  void advanceDtls(Time now);
  void advanceSctp(Time now);
  void sealSctpPackets(Time now);
  void noteHandshakePath(const ice::SelectedPair& pair);
  void sendDtlsPackets(Time now, PacketSender& sender);
  void sendIcePackets(Time now, PacketSender& sender);
  void closeSctp(std::unique_ptr<Error> reason);
  void releaseBuffers();

  Host& host_;
  ActivityHandler onActivity_;
  ice::Agent agent_;
  EventQueue events_;
  Relays relays_;
  TcpPaths tcp_;
  bool sourcesEnded_ = false;  ///< and the agent does not know yet, for relays are under way
  std::unique_ptr<dtls::Session> dtls_;
  std::unique_ptr<sctp::Association> association_;
  std::unique_ptr<datachannel::ChannelTable> channels_;

  std::optional<DtlsParameters> remoteDtls_;  ///< from startDtls() until the session was started
  DtlsTransportState dtlsState_ = DtlsTransportState::fresh;
  std::optional<std::uint16_t> remoteSctpPort_;
  bool sctpStarted_ = false;
  SctpTransportState sctpState_ = SctpTransportState::connecting;

  StackCounters counters_;
  std::vector<ByteVector> earlySctp_;
  std::vector<OutgoingDatagram> batch_;  ///< reused by sendDtlsPackets()
  /// Where our flights of the handshake went: once it is over, who is there has received them.
  std::optional<std::pair<ice::SocketId, SocketAddress>> handshakePath_;
  bool quiet_ = false;  ///< no record was sent since the last timer
  Time now_{};          ///< of the call that runs, for the observers' callbacks
};

}  // namespace portico
