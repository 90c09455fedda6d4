#include "core/nat/discovery.h"

#include <algorithm>

#include "core/nat/address_kind.h"
#include "core/stun/message_builder.h"

namespace portico::nat {
namespace {

constexpr int kServerUnreachable = 701;  // W3C webrtc-pc §4.8.3

/// A server's word for where to send: never to a place that the server itself could not be at (RFC 5780 §9.1).
bool isCredible(const SocketAddress& other, const SocketAddress& server) {
  if (other.port == 0 || other.port == server.port || other.ip == server.ip) return false;
  if (other.ip.family() != server.ip.family()) return false;
  const AddressKind kind = kindOf(other.ip);
  return kind == AddressKind::global || kind == kindOf(server.ip);
}

}  // namespace

Discovery::Discovery(const SocketAddress& local, bool filtering, Random& random)
    : local_(local), filtering_(filtering), random_(random) {}

void Discovery::addServer(Time now, const SocketAddress& address, std::string url) {
  const bool known = std::any_of(answers_.begin(), answers_.end(), [&](const NatAnswer& answer) {
    return answer.server == address && answer.url == url;
  });
  if (known || ended_ || done() || answers_.size() >= kMaxServers) return;
  NatAnswer answer;
  answer.url = std::move(url);
  answer.server = address;
  answers_.push_back(std::move(answer));
  proceed(now);
}

void Discovery::endOfServers(Time now) {
  ended_ = true;
  proceed(now);
}

// Input --------------------------------------------------------------------------------------------------------------

void Discovery::handleInput(Time now, const SocketAddress& remote, ByteView packet) {
  const auto message = stun::Message::parse(packet);
  if (!message || message->method() != stun::Method::binding) return;
  const bool isAnswer =
      message->messageClass() == stun::MessageClass::success || message->messageClass() == stun::MessageClass::error;
  const auto request = std::find_if(requests_.begin(), requests_.end(), [&](const Request& one) {
    return one.state == Request::inFlight && one.id == message->transactionId();
  });
  if (!isAnswer || request == requests_.end()) return;
  onAnswer(now, *request, remote, *message);
  proceed(now);
}

void Discovery::onAnswer(Time now, Request& request, const SocketAddress& remote, const stun::Message& message) {
  const bool changed = request.purpose == Purpose::changeBoth || request.purpose == Purpose::changePort;
  if (changed && remote == request.to) {
    // RFC 5780 §6.1: one that can't answer from there says so, or is of before CHANGE-REQUEST and ignores it.
    filteringUnknown_ = "the server does not answer from its other address, although it names one";
    request.state = Request::failed;
    return;
  }
  if (!(remote == request.answerFrom)) return;  // not from whom it has to come
  if (request.purpose == Purpose::ask) return onAskAnswered(now, request, message);
  request.mapped = message.mappedAddress();
  request.state = message.messageClass() == stun::MessageClass::success ? Request::answered : Request::failed;
}

void Discovery::onAskAnswered(Time now, Request& request, const stun::Message& message) {
  if (message.messageClass() == stun::MessageClass::error) {
    const auto error = message.errorCode();
    return fail(request, error ? error->code : kServerUnreachable,
                error ? std::string(error->reason) : "the STUN server refused the request");
  }
  const auto mapped = message.mappedAddress();
  if (!mapped || mapped->port == 0 || mapped->ip.isAny()) {
    return fail(request, kServerUnreachable, "the STUN server's answer names no address");
  }
  NatAnswer& answer = answers_[request.server];
  answer.mapped = request.mapped = mapped;
  if (request.retransmission.firstOnly()) answer.roundTripTime = now - request.sentAt;
  request.state = Request::answered;
  noteOther(request.server, message);
}

void Discovery::noteOther(std::size_t server, const stun::Message& message) {
  const auto value = message.find(stun::Attribute::otherAddress);
  const auto other = value ? stun::parseAddress(*value) : std::nullopt;
  if (!other || !isCredible(*other, answers_[server].server)) return;
  answers_[server].otherAddress = other;
  if (!tester_) tester_ = server;
}

void Discovery::fail(Request& request, int code, std::string text) {
  request.state = Request::failed;
  if (request.purpose != Purpose::ask) return;
  answers_[request.server].errorCode = code;
  answers_[request.server].errorText = std::move(text);
}

void Discovery::handleTimeout(Time now) {
  for (Request& request : requests_) {
    if (request.state != Request::inFlight) continue;
    switch (request.retransmission.poll(now)) {
      case stun::Retransmission::Due::nothing:
        break;
      case stun::Retransmission::Due::resend:
        transmit(request);
        break;
      case stun::Retransmission::Due::giveUp:
        fail(request, kServerUnreachable, "the STUN server did not answer");
        break;
    }
  }
  proceed(now);
}

std::optional<Time> Discovery::nextTimeout() const {
  if (done()) return std::nullopt;
  std::optional<Time> next;
  const auto take = [&next](Time when) { next = next ? std::min(*next, when) : when; };
  for (const Request& request : requests_) {
    if (request.state == Request::waiting) take(nextSend_);
    if (request.state == Request::inFlight) take(request.retransmission.deadline());
  }
  if (step_ == Step::ask && !tester_ && asked_ < answers_.size()) take(nextAsk_);
  return next;
}

// Steps --------------------------------------------------------------------------------------------------------------

void Discovery::proceed(Time now) {
  while (proceedOnce(now)) {
  }
  sendPlanned(now);
}

/// True where another step may follow at once.
bool Discovery::proceedOnce(Time now) {
  switch (step_) {
    case Step::ask:
      if (tester_) {
        beginFiltering(now);
        return true;
      }
      if (asked_ < answers_.size()) {
        if (!settled() && now < nextAsk_) return false;
        askNext(now);
        return true;
      }
      if (!ended_ || !settled()) return false;
      step_ = Step::done;
      return false;
    case Step::filtering: {
      const Request* both = find(Purpose::changeBoth);
      const Request* port = find(Purpose::changePort);
      const auto over = [](const Request& one) { return one.state >= Request::answered; };
      if (both->state != Request::answered && (!over(*both) || !over(*port))) return false;
      if (!over(*port)) find(Purpose::changePort)->state = Request::failed;  // of no interest any more
      beginMapping(now);
      return true;
    }
    case Step::mapping:
      if (asked_ < answers_.size()) {
        askNext(now);
        return true;
      }
      if (ended_ && settled()) step_ = Step::done;
      return false;
    case Step::done:
      break;
  }
  return false;
}

void Discovery::askNext(Time now) {
  const std::size_t server = asked_++;
  plan(Purpose::ask, server, answers_[server].server, answers_[server].server);
  nextAsk_ = now + kPatience;
}

void Discovery::beginFiltering(Time now) {
  const SocketAddress primary = answers_[*tester_].server;
  const SocketAddress other = *answers_[*tester_].otherAddress;
  // RFC 5780 §4.5: a packet that went there has opened what is to be found shut.
  const bool spoilt = std::any_of(requests_.begin(), requests_.end(),
                                  [&](const Request& request) { return request.to.ip == other.ip; });
  if (spoilt) filteringUnknown_ = "the server's other address had been asked before, as a server of its own";
  if (!filtering_) filteringUnknown_ = "what lies between filters by rules of its own";
  if (spoilt || !filtering_) return beginMapping(now);
  step_ = Step::filtering;
  plan(Purpose::changeBoth, *tester_, primary, other);
  plan(Purpose::changePort, *tester_, primary, SocketAddress{primary.ip, other.port});
}

void Discovery::beginMapping(Time) {
  const SocketAddress primary = answers_[*tester_].server;
  const SocketAddress other = *answers_[*tester_].otherAddress;
  step_ = Step::mapping;
  const SocketAddress otherAddress{other.ip, primary.port};
  plan(Purpose::otherAddress, *tester_, otherAddress, otherAddress);
  plan(Purpose::otherBoth, *tester_, other, other);
}

bool Discovery::settled() const {
  return std::all_of(requests_.begin(), requests_.end(),
                     [](const Request& request) { return request.state >= Request::answered; });
}

Discovery::Request* Discovery::find(Purpose purpose) {
  const auto found = std::find_if(requests_.begin(), requests_.end(),
                                  [&](const Request& request) { return request.purpose == purpose; });
  return found == requests_.end() ? nullptr : &*found;
}

const Discovery::Request* Discovery::find(Purpose purpose) const {
  return const_cast<Discovery*>(this)->find(purpose);
}

// Output -------------------------------------------------------------------------------------------------------------

void Discovery::plan(Purpose purpose, std::size_t server, const SocketAddress& to, const SocketAddress& answerFrom) {
  Request request{purpose, server, to, answerFrom, {}, {}, stun::Retransmission(Time::min(), kPlan)};
  random_.randomBytes(request.id);
  requests_.push_back(std::move(request));
}

void Discovery::sendPlanned(Time now) {
  for (Request& request : requests_) {
    if (request.state != Request::waiting) continue;
    if (now < nextSend_) return;
    nextSend_ = now + kPace;
    request.state = Request::inFlight;
    request.sentAt = now;
    request.retransmission = stun::Retransmission(now, kPlan);
    transmit(request);
  }
}

void Discovery::transmit(const Request& request) {
  std::array<std::byte, stun::kHeaderBytes + 8> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, request.id);
  if (request.purpose == Purpose::changeBoth) {
    builder.u32(stun::Attribute::changeRequest, stun::kChangeIp | stun::kChangePort);
  } else if (request.purpose == Purpose::changePort) {
    builder.u32(stun::Attribute::changeRequest, stun::kChangePort);
  }
  output_.push_back(Transmit{request.to, toVector(builder.finish())});
}

// The result ---------------------------------------------------------------------------------------------------------

NatBehaviour Discovery::result() const {
  NatBehaviour behaviour;
  behaviour.local = local_;
  behaviour.answers = answers_;
  const std::vector<Observation> observations = observed();
  for (NatAnswer& answer : behaviour.answers) {
    if (answer.mapped || answer.errorCode != 0) continue;
    answer.errorCode = kServerUnreachable;
    answer.errorText = "the STUN server had not answered when time was up";
  }
  if (!observations.empty()) behaviour.mapped = observations.front().mapped;
  behaviour.mapping = inferMapping(local_, observations);
  inferFiltering(behaviour);
  return behaviour;
}

std::vector<Observation> Discovery::observed() const {
  const Request* other = find(Purpose::otherAddress);
  const bool alike = tester_ && other != nullptr && other->mapped && other->mapped == answers_[*tester_].mapped;
  std::vector<Observation> observations;
  for (const Request& request : requests_) {
    if (request.state != Request::answered || !request.mapped) continue;
    if (request.purpose == Purpose::changeBoth || request.purpose == Purpose::changePort) continue;
    // RFC 5780 §4.3: Test III counts where Test II was not conclusive. Linux remembers what it did not let in from
    // there in the filtering tests, and takes another port towards it for that reason alone.
    if (request.purpose == Purpose::otherBoth && alike) continue;
    observations.push_back({request.to, *request.mapped});
  }
  return observations;
}

void Discovery::inferFiltering(NatBehaviour& behaviour) const {
  const Request* both = find(Purpose::changeBoth);
  const Request* port = find(Purpose::changePort);
  const Request* other = find(Purpose::otherBoth);
  if (both != nullptr && both->state == Request::answered) {
    behaviour.filtering = NatDependence::endpointIndependent;
  } else if (!filteringUnknown_.empty()) {
    behaviour.filteringUnknown = filteringUnknown_;
  } else if (both == nullptr) {
    behaviour.filteringUnknown =
        behaviour.mapped ? "none of the servers supports RFC 5780" : "no server answered over UDP";
  } else if (other == nullptr || other->state != Request::answered) {
    // Silence says something of the filter only where the other address is known to work.
    behaviour.filteringUnknown = "the server's other address does not answer";
  } else {
    behaviour.filtering =
        port->state == Request::answered ? NatDependence::addressDependent : NatDependence::addressAndPortDependent;
  }
}

}  // namespace portico::nat
