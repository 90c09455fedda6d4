// RTCDataChannel: messages, in order or not, reliable or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

namespace portico {

/// A message as it arrived. `data` lives until the handler returns.
struct DataChannelMessage {
  bool text = false;  ///< sent as a string: UTF-8, as the peer wrote it (check it before you trust it)
  ByteView data;
};

/// Of W3C's RTCDataChannelStats.
struct DataChannelStats {
  std::uint64_t messagesSent = 0;
  std::uint64_t bytesSent = 0;
  std::uint64_t messagesReceived = 0;
  std::uint64_t bytesReceived = 0;
};

/// W3C webrtc-pc RTCDataChannel over RFC 8831. A handle; the transport keeps the channel until it is closed, so that a
/// handle may be dropped. See IceGatherer for threads and re-entrancy. Handlers are dropped after the close event.
class DataChannel {
 public:
  /// As given to createDataChannel(), or by the peer; `id` is set once it is known.
  [[nodiscard]] const DataChannelParameters& parameters() const;
  [[nodiscard]] const std::string& label() const { return parameters().label; }
  [[nodiscard]] std::optional<std::uint16_t> id() const;
  [[nodiscard]] DataChannelState readyState() const;

  /// Copies the message. Errors: InvalidState unless open; Type over SctpTransport::maxMessageSize(); Operation when
  /// 16 MiB of the association wait already: mind bufferedAmount().
  Result<void> send(std::string_view text);
  Result<void> send(ByteView binary);
  /// W3C: bytes given to send() that are not in a packet yet. It falls from the loop, never inside a call.
  [[nodiscard]] std::size_t bufferedAmount() const;
  [[nodiscard]] std::size_t bufferedAmountLowThreshold() const;
  void setBufferedAmountLowThreshold(std::size_t bytes);
  [[nodiscard]] DataChannelStats getStats() const;

  /// What is queued is delivered; then both directions are reset (RFC 8831 §6.7). Idempotent.
  void close();

  void onOpen(std::function<void()> handler);
  void onMessage(std::function<void(const DataChannelMessage&)> handler);
  void onBufferedAmountLow(std::function<void()> handler);
  void onClosing(std::function<void()> handler);
  void onClose(std::function<void()> handler);
  /// Before onClose, when the channel did not end by close() of either side.
  void onError(std::function<void(const Error&)> handler);

  struct Impl;  ///< private
  explicit DataChannel(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
