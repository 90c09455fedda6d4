// RTCSctpTransport: one SCTP association over DTLS, and the data channels on it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "portico/data_channel.h"
#include "portico/dtls_transport.h"
#include "portico/operation.h"
#include "portico/parameters.h"

namespace portico {

struct SctpOptions {
  std::uint16_t port = 5000;
  /// Streams to offer in each direction, up to 65,535: about 110 bytes of memory for each while the association comes
  /// up, and then only up to the highest that is in use.
  std::uint16_t maxChannels = 1'024;
  /// What getCapabilities() says, and the longest message taken from the peer, in bytes.
  std::uint64_t maxMessageSize = 262'144;
};

/// ORTC §11 RTCSctpTransport. A handle; see IceGatherer for threads and re-entrancy.
///
/// All SCTP transports of a process belong to one thread: usrsctp's state is process-wide.
class SctpTransport {
 public:
  /// On a DTLS transport that is closed or failed, or that has an SCTP transport already, it is born closed.
  explicit SctpTransport(DtlsTransport transport, SctpOptions options = {});

  /// connecting from construction on, as documented and as in W3C.
  [[nodiscard]] SctpTransportState state() const;
  [[nodiscard]] DtlsTransport transport() const;
  [[nodiscard]] std::uint16_t port() const;
  /// aiortc: the side that is not ICE-controlling.
  [[nodiscard]] bool isServer() const;
  /// The lesser of both directions' streams; nullopt until connected.
  [[nodiscard]] std::optional<std::uint16_t> maxChannels() const;
  /// The longest message that send() takes: what the peer said at start(), 0 for any size.
  [[nodiscard]] std::uint64_t maxMessageSize() const;
  static SctpCapabilities getCapabilities();

  /// Sends INIT as soon as DTLS is connected. Done when it was asked for (not when connected; see onStateChange).
  /// Again: nothing happens. Errors: InvalidState after stop(), or on a closed DTLS transport.
  Operation<void> start(const SctpCapabilities& remoteCapabilities, std::uint16_t remotePort = 5000);
  /// Sends ABORT, as aiortc does; the channels close. Fine before start() and twice.
  Operation<void> stop();

  /// W3C createDataChannel, also before start(). Errors: Type for both limits at once, for a negotiated channel without
  /// an id, for an id over 65,534, for a label or protocol over 65,535 bytes; Operation for an id in use, or when all
  /// are; InvalidState once closed.
  Result<DataChannel> createDataChannel(DataChannelParameters parameters);

  /// Nothing waits in any channel, and the peer has acknowledged all that was sent (or it was given up, where a channel
  /// is not reliable). bufferedAmount() is zero earlier: once the last packet has left.
  [[nodiscard]] bool drained() const;

  void onStateChange(std::function<void(SctpTransportState)> handler);
  /// The peer opened a channel. It is open; messages come after the handler has returned. The transport keeps the
  /// channel: the handle may be dropped once its handlers are set.
  void onDataChannel(std::function<void(DataChannel)> handler);
  void onError(std::function<void(const Error&)> handler);

  struct Impl;  ///< private
  explicit SctpTransport(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
