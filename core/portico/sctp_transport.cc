#include "portico/sctp_transport.h"

#include <algorithm>

#include "core/portico/sctp_transport_impl.h"

namespace portico {

// The handle ---------------------------------------------------------------------------------------------------------

SctpTransport::SctpTransport(DtlsTransport transport, SctpOptions options)
    : impl_(std::make_shared<Impl>(std::move(transport), options)) {
  if (impl_->state == SctpTransportState::closed) return;
  impl_->transport.impl()->sctpTransport = impl_;
  impl_->driver->sctpTransport = impl_;
}

SctpTransportState SctpTransport::state() const {
  return impl_->state;
}
DtlsTransport SctpTransport::transport() const {
  return impl_->transport;
}
std::uint16_t SctpTransport::port() const {
  return impl_->options.port;
}
bool SctpTransport::isServer() const {
  return impl_->transport.iceTransport().role() != IceRole::controlling;
}

std::optional<std::uint16_t> SctpTransport::maxChannels() const {
  const sctp::Association* association = impl_->driver->stack().association();
  if (impl_->state != SctpTransportState::connected || association == nullptr) return std::nullopt;
  return std::min(association->inboundStreams(), association->outboundStreams());
}

std::uint64_t SctpTransport::maxMessageSize() const {
  // RFC 8841 §6.1: 64 KiB until the peer has said more.
  return impl_->remoteCapabilities ? impl_->remoteCapabilities->maxMessageSize : 65'536;
}

SctpCapabilities SctpTransport::getCapabilities() {
  return {};
}

Operation<void> SctpTransport::start(const SctpCapabilities& remoteCapabilities, std::uint16_t remotePort) {
  return impl_->start(remoteCapabilities, remotePort);
}

Operation<void> SctpTransport::stop() {
  impl_->stop();
  return impl_->done({});
}

Result<DataChannel> SctpTransport::createDataChannel(DataChannelParameters parameters) {
  if (impl_->state == SctpTransportState::closed) {
    return Error(Error::InvalidState, "The RTCSctpTransport is closed.");
  }
  const Result<ChannelKey> key = impl_->table()->create(impl_->driver->now(), parameters);
  if (!key) return key.error();
  auto channel = std::make_shared<DataChannel::Impl>();
  channel->parameters = std::move(parameters);
  channel->key = *key;
  channel->transport = impl_;
  impl_->channels.emplace(*key, channel);
  impl_->driver->afterCall();
  return DataChannel(std::move(channel));
}

bool SctpTransport::drained() const {
  const datachannel::ChannelTable* table = impl_->table();
  return table == nullptr || table->drained();
}

void SctpTransport::onStateChange(std::function<void(SctpTransportState)> handler) {
  impl_->stateHandler.set(std::move(handler));
}
void SctpTransport::onDataChannel(std::function<void(DataChannel)> handler) {
  impl_->channelHandler.set(std::move(handler));
}
void SctpTransport::onError(std::function<void(const Error&)> handler) {
  impl_->errorHandler.set(std::move(handler));
}

// What it does -------------------------------------------------------------------------------------------------------

SctpTransport::Impl::Impl(DtlsTransport owner, SctpOptions sctpOptions)
    : transport(std::move(owner)), driver(transport.impl()->driver), options(sctpOptions) {
  if (transport.impl()->ended() || driver->stack().association() != nullptr) {
    state = SctpTransportState::closed;
    return;
  }
  owner_ = true;
  sctp::Options association;
  association.localPort = options.port;
  association.streams = options.maxChannels;
  association.maxReceiveMessageBytes = static_cast<std::size_t>(options.maxMessageSize);
  driver->stack().createSctp(association);
}

SctpTransport::Impl::~Impl() {
  stop();
}

Operation<void> SctpTransport::Impl::start(const SctpCapabilities& remote, std::uint16_t remotePort) {
  if (state == SctpTransportState::closed) {
    return done(Error(Error::InvalidState, "The RTCSctpTransport is closed."));
  }
  if (remotePort == 0) return done(Error(Error::Type, "0 is not an SCTP port."));
  if (!remoteCapabilities) {
    remoteCapabilities = remote;
    driver->stack().startSctp(driver->now(), remotePort, remote.maxMessageSize);
    driver->afterCall();
  }
  return done({});
}

void SctpTransport::Impl::stop() {
  if (state == SctpTransportState::closed) return;
  driver->stack().stopSctp(driver->now());
  state = SctpTransportState::closed;
  driver->afterCall();
}

void SctpTransport::Impl::assignIds(DtlsRole role) {
  if (state == SctpTransportState::connecting) table()->assignIds(driver->now(), role, options.maxChannels);
}

void SctpTransport::Impl::takeChannels(Impl& from) {
  std::vector<ChannelKey> inOrder;
  for (const auto& [key, channel] : from.channels) inOrder.push_back(key);
  std::sort(inOrder.begin(), inOrder.end());
  for (const ChannelKey key : inOrder) {
    const std::shared_ptr<DataChannel::Impl> channel = std::move(from.channels[key]);
    if (channel->state != DataChannelState::connecting) continue;
    const Result<ChannelKey> created = table()->create(driver->now(), channel->parameters);
    if (!created) continue;  // cannot be: the other table took it
    table()->setBufferedAmountLowThreshold(*created, from.table()->bufferedAmountLowThreshold(key));
    channel->key = *created;
    channel->transport = weak_from_this();
    channels.emplace(*created, channel);
  }
  from.channels.clear();
}

void SctpTransport::Impl::closeChannels() {
  closedByUser_ = true;
  for (const auto& [key, channel] : channels) channel->state = DataChannelState::closed;
}

// Events -------------------------------------------------------------------------------------------------------------

void SctpTransport::Impl::onSctpEvent(const StackEvent& event, ByteView memory) {
  const auto self = shared_from_this();
  if (const auto* change = std::get_if<SctpStateChange>(&event)) {
    onEvent(*change);
  } else if (const auto* arrival = std::get_if<ChannelArrival>(&event)) {
    onEvent(*arrival);
  } else {
    onChannelEvent(event, memory);
  }
}

void SctpTransport::Impl::onEvent(const SctpStateChange& change) {
  if (state == SctpTransportState::closed && change.state != SctpTransportState::closed) return;
  state = change.state;
  if (change.reason) errorHandler(*change.reason);
  stateHandler(change.state);
  if (state == SctpTransportState::closed) {
    stateHandler.clear();
    channelHandler.clear();
    errorHandler.clear();
  }
}

void SctpTransport::Impl::onEvent(const ChannelArrival& arrival) {
  if (state == SctpTransportState::closed) return;
  auto channel = std::make_shared<DataChannel::Impl>();
  channel->parameters = *arrival.parameters;
  channel->key = arrival.key;
  channel->state = DataChannelState::open;
  channel->transport = weak_from_this();
  channels.emplace(arrival.key, channel);
  ++channelsOpened;
  channel->opened = true;
  channelHandler(DataChannel(channel));
  // W3C webrtc-pc §6.1.3: announced as open after the datachannel event.
  if (channel->state == DataChannelState::open) channel->openHandler();
}

void SctpTransport::Impl::onChannelEvent(const StackEvent& event, ByteView memory) {
  const auto find = [this](ChannelKey key) -> std::shared_ptr<DataChannel::Impl> {
    const auto found = channels.find(key);
    return found == channels.end() ? nullptr : found->second;
  };
  if (const auto* message = std::get_if<ChannelMessage>(&event)) {
    const auto channel = find(message->key);
    // W3C webrtc-pc §6.2: messages are delivered while open, and while closing what came before.
    if (channel && channel->state != DataChannelState::closed) {
      channel->messageHandler({message->text, memory.subspan(message->offset, message->size)});
    }
  } else if (const auto* opening = std::get_if<ChannelOpening>(&event)) {
    const auto channel = find(opening->key);
    if (!channel) return;
    channel->parameters.id = opening->id;
    if (channel->state != DataChannelState::connecting) return;
    channel->state = DataChannelState::open;
    ++channelsOpened;
    channel->opened = true;
    channel->openHandler();
  } else if (const auto* low = std::get_if<ChannelBufferedAmountLow>(&event)) {
    if (const auto channel = find(low->key)) channel->bufferedAmountLowHandler();
  } else if (const auto* closing = std::get_if<ChannelClosing>(&event)) {
    const auto channel = find(closing->key);
    if (!channel || channel->state == DataChannelState::closed) return;
    channel->state = DataChannelState::closing;
    channel->closingHandler();
  } else if (const auto* closure = std::get_if<ChannelClosure>(&event)) {
    const auto channel = find(closure->key);
    if (!channel) return;
    channels.erase(closure->key);
    if (channel->opened) ++channelsClosed;
    channel->close(closedByUser_ ? nullptr : closure->reason.get());
  }
}

}  // namespace portico
