#include "portico/data_channel.h"

#include "core/portico/sctp_transport_impl.h"

namespace portico {

namespace {
Error notOpen() {
  return {Error::InvalidState, "The RTCDataChannel is not open."};
}
}  // namespace

const DataChannelParameters& DataChannel::parameters() const {
  return impl_->parameters;
}

std::optional<std::uint16_t> DataChannel::id() const {
  if (impl_->parameters.id) return impl_->parameters.id;
  const auto transport = impl_->transport.lock();
  return transport ? transport->table()->id(impl_->key) : std::nullopt;
}

DataChannelState DataChannel::readyState() const {
  return impl_->state;
}

Result<void> DataChannel::send(std::string_view text) {
  return impl_->send(true, asBytes(text));
}
Result<void> DataChannel::send(ByteView binary) {
  return impl_->send(false, binary);
}

std::size_t DataChannel::bufferedAmount() const {
  if (impl_->lastBufferedAmount) return *impl_->lastBufferedAmount;
  const auto transport = impl_->transport.lock();
  return transport ? transport->table()->bufferedAmount(impl_->key) : 0;
}

std::size_t DataChannel::bufferedAmountLowThreshold() const {
  const auto transport = impl_->transport.lock();
  return transport ? transport->table()->bufferedAmountLowThreshold(impl_->key) : 0;
}

void DataChannel::setBufferedAmountLowThreshold(std::size_t bytes) {
  if (const auto transport = impl_->transport.lock()) {
    transport->table()->setBufferedAmountLowThreshold(impl_->key, bytes);
  }
}

DataChannelStats DataChannel::getStats() const {
  const auto transport = impl_->transport.lock();
  if (!transport) return {};
  const datachannel::ChannelStats stats = transport->table()->stats(impl_->key);
  return {stats.messagesSent, stats.bytesSent, stats.messagesReceived, stats.bytesReceived};
}

void DataChannel::close() {
  if (impl_->state == DataChannelState::closing || impl_->state == DataChannelState::closed) return;
  impl_->state = DataChannelState::closing;
  if (const auto transport = impl_->transport.lock()) {
    transport->table()->close(transport->driver->now(), impl_->key);
    transport->driver->afterCall();
  }
}

void DataChannel::onOpen(std::function<void()> handler) {
  impl_->openHandler.set(std::move(handler));
}
void DataChannel::onMessage(std::function<void(const DataChannelMessage&)> handler) {
  impl_->messageHandler.set(std::move(handler));
}
void DataChannel::onBufferedAmountLow(std::function<void()> handler) {
  impl_->bufferedAmountLowHandler.set(std::move(handler));
}
void DataChannel::onClosing(std::function<void()> handler) {
  impl_->closingHandler.set(std::move(handler));
}
void DataChannel::onClose(std::function<void()> handler) {
  impl_->closeHandler.set(std::move(handler));
}
void DataChannel::onError(std::function<void(const Error&)> handler) {
  impl_->errorHandler.set(std::move(handler));
}

Result<void> DataChannel::Impl::send(bool text, ByteView payload) {
  const auto owner = transport.lock();
  if (state != DataChannelState::open || !owner) return notOpen();
  Result<void> sent = owner->table()->send(owner->driver->now(), key, text, payload);
  owner->driver->afterSend();
  return sent;
}

void DataChannel::Impl::close(const Error* reason) {
  state = DataChannelState::closed;
  if (reason != nullptr) errorHandler(*reason);
  closeHandler();
  openHandler.clear();
  messageHandler.clear();
  bufferedAmountLowHandler.clear();
  closingHandler.clear();
  closeHandler.clear();
  errorHandler.clear();
}

}  // namespace portico
