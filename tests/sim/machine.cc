#include "tests/sim/machine.h"

#include <algorithm>
#include <stdexcept>

#include "tests/sim/world.h"

namespace portico::sim {
namespace {

class SimulatedTimer final : public Timer, public Source {
 public:
  SimulatedTimer(Scheduler& scheduler, std::function<void(Time)> callback)
      : scheduler_(scheduler),
        id_(scheduler.add(*this)),
        callback_(std::make_shared<std::function<void(Time)>>(std::move(callback))) {}
  ~SimulatedTimer() override { scheduler_.remove(id_); }

  void set(Time when) override {
    deadline_ = when;
    if (when >= nextFire_) return;  // fire() looks again
    nextFire_ = when;
    scheduler_.at(when, Phase::timers, id_);
  }
  void cancel() override { deadline_.reset(); }

 private:
  void fire(Time now) override {
    if (now < nextFire_) return;  // an older deadline, that has been moved since
    nextFire_ = Time::max();
    if (!deadline_) return;
    if (*deadline_ > now) return set(*deadline_);
    deadline_.reset();
    const auto callback = callback_;  // which may destroy this timer
    (*callback)(now);
  }

  Scheduler& scheduler_;
  SourceId id_;
  std::shared_ptr<std::function<void(Time)>> callback_;
  std::optional<Time> deadline_;
  Time nextFire_ = Time::max();
};

class PendingName final : public Cancellable, public Source {
 public:
  using Callback = std::function<void(Result<std::vector<IpAddress>>)>;

  PendingName(Scheduler& scheduler, Duration delay, Result<std::vector<IpAddress>> answer, Callback callback)
      : scheduler_(scheduler), id_(scheduler.add(*this)), answer_(std::move(answer)), callback_(std::move(callback)) {
    scheduler.at(scheduler.now() + delay, Phase::timers, id_);
  }
  ~PendingName() override { scheduler_.remove(id_); }

 private:
  void fire(Time) override {
    const Callback callback = std::move(callback_);  // which may destroy this
    callback(std::move(answer_));
  }

  Scheduler& scheduler_;
  SourceId id_;
  Result<std::vector<IpAddress>> answer_;
  Callback callback_;
};

}  // namespace

Machine::Machine(World& world, std::string name, std::uint64_t seed)
    : world_(world),
      fabric_(world.fabric()),
      name_(std::move(name)),
      random_(seed),
      self_(fabric_, std::chrono::microseconds(1), [this](PacketPtr packet) { deliver(std::move(packet)); }) {
  self_.options.mtu = 65'536;  // as the loopback interface of common systems
}

Machine::~Machine() = default;

Attachment& Machine::addInterface(std::string name, std::string_view address, Network& network,
                                  const InterfaceOptions& options) {
  Interface added;
  added.listed.name = std::move(name);
  added.listed.address = ip(address);
  added.listed.temporary = options.temporary;
  added.listed.deprecated = options.deprecated;
  added.cable = std::make_unique<Attachment>(fabric_, *this, network);
  network.attach(added.listed.address, *added.cable);
  interfaces_.push_back(std::move(added));
  tellOfChange();
  return *interfaces_.back().cable;
}

void Machine::addLoopback() {
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    Interface added;
    added.listed.name = "lo";
    added.listed.address = IpAddress::loopback(family);
    added.listed.loopback = true;
    interfaces_.push_back(std::move(added));
  }
}

void Machine::removeInterface(std::string_view name) {
  for (auto it = interfaces_.begin(); it != interfaces_.end();) {
    if (it->listed.name != name) {
      ++it;
      continue;
    }
    const IpAddress address = it->listed.address;
    if (it->cable) it->cable->network().detach(address);
    it = interfaces_.erase(it);
    for (const auto& [local, socket] : sockets_) {
      if (local.ip == address && !quietRemoval)
        socket->failLater(Error(Error::Network, "The network interface has gone."));
    }
  }
  tellOfChange();
}

void Machine::setCarrier(std::string_view name, bool on) {
  for (Interface& interface : interfaces_) {
    if (interface.listed.name != name) continue;
    interface.listed.down = !on;
    interface.cable->setConnected(on);
  }
  tellOfChange();
}

class Machine::InterfaceWatch final : public Cancellable {
 public:
  InterfaceWatch(Machine& machine, std::function<void()> call)
      : onChange(std::make_shared<std::function<void()>>(std::move(call))), machine_(machine) {
    machine_.watches_.insert(this);
  }
  ~InterfaceWatch() override { machine_.watches_.erase(this); }
  InterfaceWatch(const InterfaceWatch&) = delete;
  InterfaceWatch& operator=(const InterfaceWatch&) = delete;

  std::shared_ptr<std::function<void()>> onChange;

 private:
  Machine& machine_;
};

std::unique_ptr<Cancellable> Machine::watchNetworkInterfaces(std::function<void()> onChange) {
  return std::make_unique<InterfaceWatch>(*this, std::move(onChange));
}

void Machine::tellOfChange() {
  for (InterfaceWatch* watch : watches_) {
    fabric_.scheduler.post([weak = std::weak_ptr(watch->onChange)] {
      if (const auto onChange = weak.lock()) (*onChange)();
    });
  }
}

Attachment& Machine::cable(std::string_view name) {
  for (Interface& interface : interfaces_) {
    if (interface.listed.name == name && interface.cable) return *interface.cable;
  }
  throw std::out_of_range(name_ + " has no cable at an interface " + std::string(name));
}

void Machine::setLinks(const LinkOptions& both) {
  for (Interface& interface : interfaces_) {
    if (interface.cable) interface.cable->set(both);
  }
}

void Machine::setConnected(bool connected) {
  for (Interface& interface : interfaces_) {
    if (interface.cable) interface.cable->setConnected(connected);
  }
}

Time Machine::now() {
  return fabric_.now();
}

std::int64_t Machine::unixSeconds() {
  return World::kUnixStart + std::chrono::duration_cast<std::chrono::seconds>(world_.elapsed()).count();
}

void Machine::randomBytes(MutableByteView out) {
  random_.fill(out);
}

void Machine::defer(std::function<void()> task) {
  fabric_.scheduler.post(std::move(task));
}

std::unique_ptr<Timer> Machine::createTimer(std::function<void(Time now)> onTimeout) {
  return std::make_unique<SimulatedTimer>(fabric_.scheduler, std::move(onTimeout));
}

std::vector<NetworkInterface> Machine::networkInterfaces() {
  std::vector<NetworkInterface> listed;
  for (const Interface& interface : interfaces_) listed.push_back(interface.listed);
  return listed;
}

std::unique_ptr<Cancellable> Machine::resolve(const std::string& name,
                                              std::function<void(Result<std::vector<IpAddress>>)> onResolved) {
  if (const auto literal = IpAddress::parse(name)) {
    return std::make_unique<PendingName>(fabric_.scheduler, Duration::zero(), std::vector<IpAddress>{*literal},
                                         std::move(onResolved));
  }
  World::NameEntry entry = world_.lookUp(name);
  return std::make_unique<PendingName>(fabric_.scheduler, entry.delay, std::move(entry.answer), std::move(onResolved));
}

}  // namespace portico::sim
