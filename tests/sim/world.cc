#include "tests/sim/world.h"

#include <stdexcept>

namespace portico::sim {

IpAddress ip(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address) throw std::invalid_argument("not an IP address: " + std::string(text));
  return *address;
}

SocketAddress endpoint(std::string_view text) {
  const auto address = SocketAddress::parse(text);
  if (!address) throw std::invalid_argument("not an address with port: " + std::string(text));
  return *address;
}

World::World(std::uint64_t seed) : fabric_(seed, kStart), internet_(fabric_) {}

World::~World() {
  fabric_.scheduler.dropTasks();
}

Machine& World::addMachine(std::string name) {
  machines_.push_back(std::make_unique<Machine>(*this, std::move(name), fabric_.random.next()));
  return *machines_.back();
}

Machine& World::addMachine(std::string name, std::string_view address, Network& network) {
  Machine& machine = addMachine(std::move(name));
  machine.addInterface("eth0", address, network);
  return machine;
}

Machine& World::addMachine(std::string name, std::string_view address) {
  return addMachine(std::move(name), address, internet_);
}

Nat& World::addNat(std::string_view external, const NatOptions& options) {
  return addNat(external, options, internet_);
}

Nat& World::addNat(std::string_view external, const NatOptions& options, Network& outside) {
  nats_.push_back(std::make_unique<Nat>(fabric_, outside, std::vector<IpAddress>{ip(external)}, options));
  return *nats_.back();
}

void World::addName(std::string name, std::vector<IpAddress> addresses, Duration delay) {
  names_.insert_or_assign(std::move(name), NameEntry{std::move(addresses), delay});
}

void World::addNameFailure(std::string name, Error error, Duration delay) {
  names_.insert_or_assign(std::move(name), NameEntry{std::move(error), delay});
}

World::NameEntry World::lookUp(const std::string& name) const {
  const auto found = names_.find(name);
  if (found != names_.end()) return found->second;
  return NameEntry{Error(Error::Network, "There is no address for the name " + name + '.'), kResolverDelay};
}

bool World::runUntil(const std::function<bool()>& predicate, Duration limit) {
  const Time deadline = now() + limit;
  while (!predicate()) {
    const std::optional<Time> next = nextEvent();
    if (!next || *next > deadline) {
      fabric_.scheduler.advanceTo(deadline);
      return predicate();
    }
    step();
  }
  return true;
}

void World::runFor(Duration duration) {
  const Time deadline = now() + duration;
  while (true) {
    const std::optional<Time> next = nextEvent();
    if (!next || *next > deadline) return fabric_.scheduler.advanceTo(deadline);
    step();
  }
}

}  // namespace portico::sim
