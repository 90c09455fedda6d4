#include "core/turn/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/stun/message_builder.h"

namespace portico::turn {
namespace {

constexpr int kNoAnswer = 701;  // W3C webrtc-pc §4.8.3

// As for a STUN server when gathering: the end comes at 5.5 s.
constexpr stun::RetransmissionPlan kAllocatePlan{std::chrono::milliseconds(500), 4, 4};
// RFC 8489 §6.2.2: over a stream nothing is sent again, and the wait is as long as all of UDP's.
constexpr stun::RetransmissionPlan kAllocateStreamPlan{std::chrono::milliseconds(5'500), 1, 1};
constexpr stun::RetransmissionPlan kStreamPlan{std::chrono::milliseconds(39'500), 1, 1};

// Before the end of a lifetime: time for seven transmissions. Of short lifetimes, half.
constexpr Duration kRefreshMargin = std::chrono::minutes(1);
constexpr std::uint32_t kDefaultLifetimeSeconds = 600;  // RFC 8656 §3.2

constexpr std::array kKnownAttributes = {
    stun::Attribute::mappedAddress,
    stun::Attribute::username,
    stun::Attribute::messageIntegrity,
    stun::Attribute::errorCode,
    stun::Attribute::unknownAttributes,
    stun::Attribute::channelNumber,
    stun::Attribute::lifetime,
    stun::Attribute::xorPeerAddress,
    stun::Attribute::data,
    stun::Attribute::realm,
    stun::Attribute::nonce,
    stun::Attribute::xorRelayedAddress,
    stun::Attribute::evenPort,
    stun::Attribute::requestedAddressFamily,
    stun::Attribute::dontFragment,
    stun::Attribute::requestedTransport,
    stun::Attribute::reservationToken,
    stun::Attribute::messageIntegritySha256,
    stun::Attribute::xorMappedAddress,
    stun::Attribute::passwordAlgorithm,
};

stun::RetransmissionPlan planFor(Purpose purpose, bool stream) {
  if (purpose == Purpose::allocate) return stream ? kAllocateStreamPlan : kAllocatePlan;
  return stream ? kStreamPlan : stun::RetransmissionPlan{};
}

// For a server that gives a code without words.
std::string_view reasonFor(int code) {
  switch (code) {
    case stun::kBadRequest:
      return "the TURN server does not understand the request";
    case stun::kUnauthenticated:
      return "the TURN server does not take the user name or the credential";
    case stun::kForbidden:
      return "the TURN server does not allow this to the user";
    case stun::kAllocationMismatch:
      return "the TURN server knows no such allocation, or has one for this port already";
    case stun::kStaleNonce:
      return "the TURN server finds each of its nonces stale";
    case stun::kAddressFamilyNotSupported:
      return "the TURN server has no relayed address of the wanted family";
    case stun::kUnsupportedTransport:
      return "the TURN server does not relay UDP";
    case stun::kAllocationQuotaReached:
      return "the user has as many allocations on the TURN server as it allows";
    case stun::kInsufficientCapacity:
      return "the TURN server has no room for another allocation";
    default:
      return "the TURN server refused the request";
  }
}

}  // namespace

// RFC 7983 §7 for the first byte; the method's and class's bits are as in RFC 8489 §5.
bool Client::concerns(ByteView datagram) {
  if (isChannelData(datagram)) return true;
  if (datagram.size() < stun::kHeaderBytes || std::to_integer<unsigned>(datagram[0]) > 3) return false;
  const unsigned type = std::to_integer<unsigned>(datagram[0]) << 8 | std::to_integer<unsigned>(datagram[1]);
  constexpr unsigned kMethodBits = 0x3eef;
  return (type & kMethodBits) != static_cast<unsigned>(stun::Method::binding);
}

Client::Client(ClientOptions options, Random& random)
    : options_(std::move(options)), random_(random), authentication_(options_.username, options_.password) {}

void Client::start(Time now) {
  if (state_ != State::fresh) return;
  state_ = State::allocating;
  if (options_.username.size() > kMaxUsernameBytes) {
    return end(stun::kUnauthenticated, "the user name is longer than the 508 bytes that STUN has room for");
  }
  Request request;
  request.purpose = Purpose::allocate;
  request.families = options_.families;
  ask(now, std::move(request));
}

void Client::stop(Time now) {
  if (state_ == State::ended || state_ == State::fresh) {
    state_ = State::ended;
    return;
  }
  // Also while an Allocate request is under way: it may have succeeded already.
  const bool maybeAllocated = state_ == State::allocated || authentication_.ready();
  clear();
  state_ = State::ended;
  events_.clear();
  if (!maybeAllocated) return;
  Request request;
  request.purpose = Purpose::remove;
  request.sentAt = now;
  writeRequest(request, newTransactionId(), authentication_);
  write(request.packet);
}

void Client::disconnect(std::string why) {
  if (state_ == State::ended) return;
  output_.clear();
  end(kNoAnswer, std::move(why));
}

// Asking --------------------------------------------------------------------------------------------------------------

void Client::ask(Time now, Request request) {
  // What a peer makes us ask is bounded; our own allocation has its requests in any case.
  const bool forPeer = request.purpose == Purpose::permission || request.purpose == Purpose::channel;
  if (forPeer && requests_.size() >= kMaxRequests) {
    ++counters_.overBound;
    return onRefusal(now, request, kNoAnswer, "too many requests wait for the TURN server");
  }
  transmit(now, std::move(request));
}

void Client::transmit(Time now, Request request) {
  writeRequest(request, newTransactionId(), authentication_);
  request.sentAt = now;
  request.retransmission = stun::Retransmission(now, planFor(request.purpose, options_.stream));
  write(request.packet);
  requests_.push_back(std::move(request));
}

void Client::askPermission(Time now, const IpAddress& peer) {
  Request request;
  request.purpose = Purpose::permission;
  request.peer = SocketAddress{peer, 0};
  ask(now, std::move(request));
}

void Client::askChannel(Time now, std::uint16_t number, const SocketAddress& peer) {
  Request request;
  request.purpose = Purpose::channel;
  request.peer = peer;
  request.channel = number;
  ask(now, std::move(request));
}

// Data ----------------------------------------------------------------------------------------------------------------

void Client::send(Time now, const SocketAddress& peer, ByteView payload) {
  const bool reachable = state_ == State::allocated && (peer.ip.isV4() ? hasV4_ : hasV6_);
  if (!reachable || payload.size() > kMaxPayloadBytes) {
    ++counters_.unsendable;
    return;
  }
  if (const std::uint16_t channel = channels_.use(now, peer)) return writeChannel(channel, payload);
  const Permissions::Use use = permissions_.use(now, peer.ip);
  if (use.granted) {
    writeIndication(peer, payload);
  } else if (!use.pending) {
    ++counters_.unsendable;
  } else if (waiting_.size() >= kMaxWaitingPackets) {
    ++counters_.overBound;
  } else {
    waiting_.push_back({peer, toVector(payload)});
  }
  if (use.ask) askPermission(now, peer.ip);
}

void Client::bindChannel(Time now, const SocketAddress& peer) {
  if (state_ != State::allocated || !(peer.ip.isV4() ? hasV4_ : hasV6_)) return;
  if (const std::uint16_t channel = channels_.want(now, peer)) askChannel(now, channel, peer);
}

bool Client::outputFull(std::size_t more) {
  if (output_.bytes() + more <= kMaxOutputBytes) return false;
  ++counters_.overBound;
  return true;
}

void Client::write(ByteView packet) {
  if (!packet.empty() && !outputFull(packet.size())) output_.push(packet);
}

void Client::writeChannel(std::uint16_t number, ByteView payload) {
  const std::size_t bytes = kChannelHeaderBytes + paddedBytes(payload.size());
  if (outputFull(bytes)) return;
  output_.commit(writeChannelData(output_.prepare(bytes), number, payload, options_.stream));
}

// RFC 8656 §11.1
void Client::writeIndication(const SocketAddress& peer, ByteView payload) {
  constexpr std::size_t kOverhead = stun::kHeaderBytes + 4 + stun::kMaxAddressBytes + 4 + 4;
  if (outputFull(kOverhead + payload.size())) return;
  stun::MessageBuilder builder(output_.prepare(kOverhead + payload.size()), stun::MessageClass::indication,
                               stun::Method::send, newTransactionId());
  builder.xorAddress(stun::Attribute::xorPeerAddress, peer);
  builder.attribute(stun::Attribute::data, payload);
  output_.commit(builder.finish().size());
}

void Client::sendWaiting(const IpAddress& peer) {
  for (const WaitingPacket& packet : waiting_) {
    if (packet.peer.ip == peer) writeIndication(packet.peer, packet.payload);
  }
  std::erase_if(waiting_, [&](const WaitingPacket& packet) { return packet.peer.ip == peer; });
}

// In ------------------------------------------------------------------------------------------------------------------

std::optional<PeerData> Client::handleInput(Time now, MutableByteView message) {
  if (state_ == State::ended || state_ == State::fresh) return std::nullopt;
  if (isChannelData(message)) {
    const auto data = parseChannelData(message);
    if (!data) {
      ++counters_.malformed;
      return std::nullopt;
    }
    const SocketAddress* peer = channels_.peerOf(data->channel);
    if (peer != nullptr) return PeerData{*peer, data->payload};
    ++counters_.unmatched;
    return std::nullopt;
  }
  const auto parsed = stun::Message::parse(message);
  if (!parsed || (parsed->hasFingerprint() && !parsed->verifyFingerprint())) {
    ++counters_.malformed;
    return std::nullopt;
  }
  if (parsed->messageClass() == stun::MessageClass::indication) return onDataIndication(now, message, *parsed);
  if (parsed->messageClass() != stun::MessageClass::request) {
    onResponse(now, *parsed);
  } else {
    ++counters_.unmatched;
  }
  return std::nullopt;
}

// RFC 8656 §11.4
std::optional<PeerData> Client::onDataIndication(Time now, MutableByteView packet, const stun::Message& message) {
  const auto peer = message.xorAddress(stun::Attribute::xorPeerAddress);
  const auto data = message.find(stun::Attribute::data);
  if (message.method() != stun::Method::data || !peer || !data) {
    ++counters_.malformed;
    return std::nullopt;
  }
  if (!permissions_.allows(now, peer->ip)) {
    ++counters_.unmatched;
    return std::nullopt;
  }
  const auto offset = static_cast<std::size_t>(data->data() - packet.data());
  return PeerData{*peer, packet.subspan(offset, data->size())};
}

void Client::onResponse(Time now, const stun::Message& message) {
  const auto at = std::find_if(requests_.begin(), requests_.end(),
                               [&](const Request& request) { return request.id == message.transactionId(); });
  if (at == requests_.end()) {
    ++counters_.unmatched;
    return;
  }
  const bool error = message.messageClass() == stun::MessageClass::error;
  const int code = error ? message.errorCode().value_or(stun::ErrorCode{}).code : 0;
  // These come from a server that does not know us yet, or no more (RFC 8489 §9.2.4, §10).
  const bool open = code == stun::kUnauthenticated || code == stun::kStaleNonce || code == stun::kTryAlternate;
  if (at->authenticated && !open && !authentication_.verify(message)) {
    // RFC 8489 §9.2.5: as if it had not come. If nothing better comes, it is what there is to tell.
    ++counters_.unauthenticated;
    at->unverified = error ? std::to_string(code) : "success";
    return;
  }
  Request request = std::move(*at);
  requests_.erase(at);
  if (error) {
    onError(now, std::move(request), message);
    return;
  }
  std::array<std::uint16_t, 1> unknown;
  if (message.unknownRequired(kKnownAttributes, unknown) > 0) {  // RFC 8489 §6.3.3
    onRefusal(now, request, kNoAnswer, "the TURN server's answer has attributes that are not understood");
    return;
  }
  onSuccess(request, message);
}

void Client::onError(Time now, Request request, const stun::Message& message) {
  const stun::ErrorCode error = message.errorCode().value_or(stun::ErrorCode{stun::kBadRequest, {}});
  const bool challenge =
      (error.code == stun::kUnauthenticated && !request.authenticated) || error.code == stun::kStaleNonce;
  if (challenge && request.challenges < kMaxChallenges && authentication_.take(message)) {
    ++request.challenges;
    request.unverified.clear();
    return transmit(now, std::move(request));
  }
  if (request.purpose == Purpose::allocate) {
    if (error.code == stun::kTryAlternate) return onRedirect(message);
    if (error.code == stun::kAddressFamilyNotSupported && request.families == Families::both) {
      request.families = Families::v4;
      return transmit(now, std::move(request));
    }
  }
  std::string reason(error.reason.substr(0, kMaxReasonBytes));
  if (reason.empty()) reason = reasonFor(error.code);
  onRefusal(now, request, error.code, std::move(reason));
}

void Client::onRefusal(Time now, const Request& request, int code, std::string reason) {
  switch (request.purpose) {
    case Purpose::allocate:
    case Purpose::refresh:
      return end(code, std::move(reason));
    case Purpose::remove:
      return;
    case Purpose::permission:
      permissions_.refuse(now, request.peer.ip);
      std::erase_if(waiting_, [&](const WaitingPacket& packet) { return packet.peer.ip == request.peer.ip; });
      break;
    case Purpose::channel:
      channels_.refuse(now, request.channel);
      break;
  }
  // RFC 8656 §10.3, §12.3: the server has forgotten the allocation itself.
  if (code == stun::kAllocationMismatch) end(code, std::move(reason));
}

void Client::onRedirect(const stun::Message& message) {
  const auto value = message.find(stun::Attribute::alternateServer);
  const auto server = value ? stun::parseAddress(*value) : std::nullopt;
  if (!server || server->port == 0 || server->ip.isAny()) {
    return end(stun::kTryAlternate, "the TURN server names another one, but not where that is");
  }
  if (options_.redirects >= kMaxRedirects) {
    return end(stun::kTryAlternate, "the TURN servers send us from one to the next");
  }
  clear();
  state_ = State::ended;
  events_.emplace_back(Redirected{*server});
}

void Client::onSuccess(const Request& request, const stun::Message& message) {
  switch (request.purpose) {
    case Purpose::allocate:
      return onAllocated(request, message);
    case Purpose::refresh:
      return scheduleRefresh(request.sentAt, message);
    case Purpose::remove:
      return;
    case Purpose::permission:
      permissions_.grant(request.peer.ip, request.sentAt);
      return sendWaiting(request.peer.ip);
    case Purpose::channel:
      channels_.bind(request.channel, request.sentAt);
      permissions_.grant(request.peer.ip, request.sentAt);  // RFC 8656 §12.2
      return sendWaiting(request.peer.ip);
  }
}

void Client::onAllocated(const Request& request, const stun::Message& message) {
  Allocated allocated;
  message.forEach([&](stun::Attribute type, ByteView value) {
    if (type != stun::Attribute::xorRelayedAddress) return;
    const auto relayed = stun::parseXorAddress(value, message.transactionId());
    if (!relayed || relayed->port == 0 || relayed->ip.isAny()) return;
    bool& has = relayed->ip.isV4() ? hasV4_ : hasV6_;
    if (!std::exchange(has, true)) allocated.relayed.push_back(*relayed);
  });
  const auto mapped = message.mappedAddress();
  if (allocated.relayed.empty() || !mapped) {
    return end(kNoAnswer, "the TURN server's answer names no relayed address");
  }
  allocated.mapped = *mapped;
  state_ = State::allocated;
  scheduleRefresh(request.sentAt, message);
  events_.emplace_back(std::move(allocated));
}

void Client::scheduleRefresh(Time asked, const stun::Message& message) {
  const Duration granted = std::min<Duration>(
      std::chrono::seconds(message.u32(stun::Attribute::lifetime).value_or(kDefaultLifetimeSeconds)), kMaxLifetime);
  const Duration wait = std::max(granted / 2, granted - kRefreshMargin);
  refreshAt_ = asked + std::max(wait, kMinRefreshInterval);
}

// Time ----------------------------------------------------------------------------------------------------------------

void Client::handleTimeout(Time now) {
  if (state_ == State::ended) return;
  std::vector<Request> givenUp;
  for (std::size_t i = 0; i < requests_.size();) {
    const auto due = requests_[i].retransmission.poll(now);
    if (due == stun::Retransmission::Due::giveUp) {
      givenUp.push_back(std::move(requests_[i]));
      requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (due == stun::Retransmission::Due::resend) write(requests_[i].packet);
    ++i;
  }
  for (const Request& request : givenUp) onGiveUp(now, request);
  if (state_ != State::allocated) return;
  if (refreshAt_ && *refreshAt_ <= now) {
    refreshAt_.reset();
    Request request;
    request.purpose = Purpose::refresh;
    ask(now, std::move(request));
  }
  permissions_.poll(now, [&](const IpAddress& peer) { askPermission(now, peer); });
  channels_.poll(now, [&](std::uint16_t number, const SocketAddress& peer) { askChannel(now, number, peer); });
}

void Client::onGiveUp(Time now, const Request& request) {
  std::string reason = request.purpose == Purpose::allocate ? "the TURN server did not answer"
                                                            : "the TURN server does not answer any more";
  if (!request.unverified.empty()) {
    reason = "the TURN server's answer (" + request.unverified + ") does not prove that it knows the credential";
  }
  onRefusal(now, request, kNoAnswer, std::move(reason));
}

std::optional<Time> Client::nextTimeout() const {
  if (state_ == State::ended) return std::nullopt;
  std::optional<Time> next;
  const auto consider = [&](std::optional<Time> candidate) {
    if (candidate && (!next || *candidate < *next)) next = candidate;
  };
  for (const Request& request : requests_) consider(request.retransmission.deadline());
  consider(refreshAt_);
  consider(permissions_.nextDeadline());
  consider(channels_.nextDeadline());
  return next;
}

std::optional<Event> Client::pollEvent() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.erase(events_.begin());
  return event;
}

// Ends ----------------------------------------------------------------------------------------------------------------

void Client::end(int code, std::string reason) {
  if (state_ == State::ended) return;
  clear();
  state_ = State::ended;
  events_.emplace_back(Ended{code, std::move(reason)});
}

void Client::clear() {
  requests_.clear();
  waiting_.clear();
  permissions_.clear();
  channels_.clear();
  refreshAt_.reset();
}

stun::TransactionId Client::newTransactionId() {
  stun::TransactionId id;
  random_.randomBytes(id);
  return id;
}

}  // namespace portico::turn
