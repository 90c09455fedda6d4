#include "core/portico/mdns_service.h"

#include <algorithm>

namespace portico {
namespace {

// RFC 6762 §3: 224.0.0.251 and ff02::fb.
SocketAddress groupOf(IpFamily family) {
  static constexpr std::array<std::byte, 16> kV6{
      std::byte{0xFF}, std::byte{0x02}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xFB}};
  return {family == IpFamily::v4 ? IpAddress::fromV4(0xE00000FB) : IpAddress::fromV6(kV6), mdns::kPort};
}

}  // namespace

class MdnsService::Socket final : public UdpReceiver {
 public:
  Socket(MdnsService& service, mdns::LinkId link, const NetworkInterface& interface)
      : service_(service), link_(link), name_(interface.name), group_(groupOf(interface.address.family())) {}

  Result<void> open(const NetworkInterface& interface) {
    auto opened = service_.host_.openMulticast({group_, interface}, *this);
    if (!opened) return opened.error();
    udp_ = std::move(*opened);
    address_ = interface.address;
    return {};
  }
  [[nodiscard]] mdns::LinkId link() const { return link_; }
  [[nodiscard]] const std::string& interface() const { return name_; }
  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] bool isOn(const NetworkInterface& interface) const {
    return name_ == interface.name && group_.ip.family() == interface.address.family();
  }
  void send(const mdns::Transmit& transmit) {
    const OutgoingDatagram datagram{transmit.to.value_or(group_), transmit.packet};
    udp_->send({&datagram, 1});
  }

  void onDatagrams(Time now, std::span<Datagram> batch) override { service_.onDatagrams(now, link_, batch); }
  void onSocketError(Time, const Error&) override { service_.onSocketError(link_); }

 private:
  MdnsService& service_;
  mdns::LinkId link_;
  std::string name_;
  SocketAddress group_;
  IpAddress address_;  ///< from which it sends
  std::unique_ptr<UdpSocket> udp_;
};

class MdnsService::Query final : public Cancellable {
 public:
  using Callback = std::function<void(Result<IpAddress>)>;
  Query(std::shared_ptr<MdnsService> service, const mdns::Name& asked, Callback onResolved)
      : name(asked), callback(std::move(onResolved)), service_(std::move(service)) {}
  ~Query() override { service_->remove(*this); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  mdns::Name name;
  Callback callback;

 private:
  std::shared_ptr<MdnsService> service_;
};

std::shared_ptr<MdnsService> MdnsService::of(Host& host) {
  std::weak_ptr<void>& slot = host.commonService();
  auto service = std::static_pointer_cast<MdnsService>(slot.lock());
  if (!service) {
    service.reset(new MdnsService(host));
    slot = service;
  }
  return service;
}

MdnsService::MdnsService(Host& host)
    : host_(host), deadline_(host, [this](Time now) {
        engine_.handleTimeout(now);
        deliver();
      }) {}

MdnsService::~MdnsService() = default;

Result<void> MdnsService::join(const std::vector<NetworkInterface>& interfaces) {
  Result<void> result;
  for (const NetworkInterface& interface : interfaces) {
    const bool joined =
        std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& socket) { return socket->isOn(interface); });
    if (joined || sockets_.size() >= kMaxMdnsLinks) continue;
    auto socket = std::make_unique<Socket>(*this, lastLink_ + 1, interface);
    if (Result<void> opened = socket->open(interface); !opened) {
      result = opened;
      continue;
    }
    engine_.addLink(++lastLink_, interface.address.family());
    sockets_.push_back(std::move(socket));
  }
  return result;
}

void MdnsService::follow(const std::vector<NetworkInterface>& listed) {
  std::vector<mdns::LinkId> gone;
  for (const auto& socket : sockets_) {
    const auto its = [&](const NetworkInterface& one) { return socket->isOn(one) && one.address == socket->address(); };
    if (std::any_of(listed.begin(), listed.end(), its)) continue;
    const auto other = std::find_if(listed.begin(), listed.end(),
                                    [&](const NetworkInterface& one) { return socket->isOn(one) && !one.down; });
    if (other == listed.end() || !socket->open(*other)) gone.push_back(socket->link());
  }
  for (const mdns::LinkId link : gone) onSocketError(link);
}

mdns::Name MdnsService::publish(const NetworkInterface& interface) {
  const mdns::Name name = mdns::Name::random(*this);
  // On the links of both families: who asks by IPv4 may want an IPv6 address.
  std::vector<mdns::LinkId> links;
  for (const auto& socket : sockets_) {
    if (socket->interface() == interface.name) links.push_back(socket->link());
  }
  engine_.publish(host_.now(), name, interface.address, links);
  later();
  return name;
}

void MdnsService::withdraw(const mdns::Name& name) {
  engine_.withdraw(name);
  send();  // at once: this may be the last that the service does
}

std::unique_ptr<Cancellable> MdnsService::resolve(const mdns::Name& name, Query::Callback onResolved) {
  auto query = std::make_unique<Query>(shared_from_this(), name, std::move(onResolved));
  queries_.push_back(query.get());
  engine_.ask(host_.now(), name);
  engine_.handleTimeout(host_.now());
  later();
  return query;
}

void MdnsService::remove(const Query& query) {
  std::erase(queries_, &query);
  const bool wanted =
      std::any_of(queries_.begin(), queries_.end(), [&](const Query* other) { return other->name == query.name; });
  if (!wanted) engine_.forget(query.name);
}

void MdnsService::onDatagrams(Time now, mdns::LinkId link, std::span<Datagram> batch) {
  const auto self = shared_from_this();
  for (const Datagram& datagram : batch) engine_.handleInput(now, link, datagram.remote, datagram.payload);
  deliver();
  host_.defer([self] {});  // a handler may have let go of all else, and a socket of ours is on the stack
}

void MdnsService::onSocketError(mdns::LinkId link) {
  engine_.removeLink(link);
  const auto gone =
      std::find_if(sockets_.begin(), sockets_.end(), [&](const auto& socket) { return socket->link() == link; });
  if (gone == sockets_.end()) return;
  std::shared_ptr<Socket> socket = std::move(*gone);
  sockets_.erase(gone);
  host_.defer([socket] {});
}

void MdnsService::send() {
  for (const mdns::Transmit& transmit : engine_.takeTransmits()) {
    for (const auto& socket : sockets_) {
      if (socket->link() == transmit.link) socket->send(transmit);
    }
  }
}

void MdnsService::deliver() {
  const auto self = shared_from_this();
  for (const mdns::Querier::Answer& answer : engine_.takeAnswers()) {
    // A callback may end any query: those that are left are looked for anew after each.
    while (true) {
      const auto waiting = std::find_if(queries_.begin(), queries_.end(), [&](const Query* query) {
        return query->name == answer.name && query->callback != nullptr;
      });
      if (waiting == queries_.end()) break;
      std::exchange((*waiting)->callback, nullptr)(answer.address);
    }
  }
  send();
  deadline_.set(engine_.nextTimeout());
}

void MdnsService::later() {
  if (std::exchange(deferred_, true)) return;
  host_.defer([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->deferred_ = false;
      self->deliver();
    }
  });
}

}  // namespace portico
