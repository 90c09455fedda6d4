#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "core/portico/driver.h"
#include "core/portico/dtls_transport_impl.h"
#include "core/portico/handler.h"
#include "portico/sctp_transport.h"

namespace portico {

struct DataChannel::Impl final {
  DataChannelParameters parameters;
  ChannelKey key = 0;
  DataChannelState state = DataChannelState::connecting;
  bool opened = false;  ///< it was open once
  std::weak_ptr<SctpTransport::Impl> transport;

  Handler<> openHandler;
  Handler<const DataChannelMessage&> messageHandler;
  Handler<> bufferedAmountLowHandler;
  Handler<> closingHandler;
  Handler<> closeHandler;
  Handler<const Error&> errorHandler;

  Result<void> send(bool text, ByteView payload);
  void close(const Error* reason);
};

struct SctpTransport::Impl final : public SctpListener, public std::enable_shared_from_this<Impl> {
  Impl(DtlsTransport owner, SctpOptions sctpOptions);
  ~Impl() override;

  Operation<void> start(const SctpCapabilities& remote, std::uint16_t remotePort);
  void stop();
  void onSctpEvent(const StackEvent& event, ByteView memory) override;
  [[nodiscard]] Operation<void> done(Result<void> result) const {
    return completedOperation(driver->host(), std::move(result));
  }
  // For a peer connection.
  /// The DTLS role is known: channels get their ids (W3C webrtc-pc §4.4.1.5), before the association is up.
  void assignIds(DtlsRole role);
  /// The channels of a transport that was never started become channels of this one.
  void takeChannels(Impl& from);
  /// W3C webrtc-pc close(): at once, and it is no error.
  void closeChannels();
  [[nodiscard]] datachannel::ChannelTable* table() const { return owner_ ? driver->stack().channels() : nullptr; }

  DtlsTransport transport;
  std::shared_ptr<Driver> driver;
  SctpOptions options;
  SctpTransportState state = SctpTransportState::connecting;
  std::optional<SctpCapabilities> remoteCapabilities;
  std::unordered_map<ChannelKey, std::shared_ptr<DataChannel::Impl>> channels;
  std::uint32_t channelsOpened = 0;  ///< W3C's dataChannelsOpened
  std::uint32_t channelsClosed = 0;

  Handler<SctpTransportState> stateHandler;
  Handler<DataChannel> channelHandler;
  Handler<const Error&> errorHandler;

 private:
  void onEvent(const SctpStateChange& change);
  void onEvent(const ChannelArrival& arrival);
  void onChannelEvent(const StackEvent& event, ByteView memory);

  bool owner_ = false;         ///< this object, and no other, made the driver's association
  bool closedByUser_ = false;  ///< with all its channels
};

}  // namespace portico
