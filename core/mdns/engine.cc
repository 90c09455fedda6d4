#include "core/mdns/engine.h"

#include <iterator>

namespace portico::mdns {

void Engine::removeLink(LinkId id) {
  std::erase_if(links_, [&](const Link& link) { return link.id == id; });
  responder_.removeLink(id);
}

bool Engine::publish(Time now, const Name& name, const IpAddress& address, const std::vector<LinkId>& links) {
  if (responder_.publish(now, name, address, links)) return true;
  ++counters_.overBound;
  return false;
}

void Engine::ask(Time now, const Name& name) {
  if (const IpAddress* address = responder_.find(name)) {
    known_.push_back({name, *address});
  } else if (!querier_.ask(now, name)) {
    ++counters_.overBound;
    known_.push_back({name, Error(Error::QuotaExceeded, "too many names are being asked for by multicast DNS")});
  }
}

void Engine::handleInput(Time now, LinkId link, const SocketAddress& from, ByteView packet) {
  const auto message = Message::parse(packet);
  if (!message) {
    ++counters_.malformed;
  } else if (!message->response) {
    responder_.onQuery(now, link, from, *message, out_);
  } else if (from.port == kPort) {  // RFC 6762 §6: a response from another port is none
    querier_.onRecords(now, message->records);
  }
}

void Engine::handleTimeout(Time now) {
  querier_.handleTimeout(now, out_);
  responder_.handleTimeout(now, out_);
}

std::optional<Time> Engine::nextTimeout() const {
  const auto asks = querier_.nextTimeout();
  const auto tells = responder_.nextTimeout();
  return asks && tells ? std::min(*asks, *tells) : asks ? asks : tells;
}

std::vector<Querier::Answer> Engine::takeAnswers() {
  std::vector<Querier::Answer> answers = querier_.takeAnswers();
  std::move(known_.begin(), known_.end(), std::back_inserter(answers));
  known_.clear();
  return answers;
}

}  // namespace portico::mdns
