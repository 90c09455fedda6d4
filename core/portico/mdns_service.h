// Runs the mDNS engine on a host: one for all gatherers and transports that use it, found by Host::commonService(). It
// has sockets on the interfaces that they use, and ends with the last of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mdns/engine.h"
#include "core/portico/deadline.h"
#include "portico/platform/host.h"

namespace portico {

/// Interfaces and families with a socket; machines with more have virtual ones that nobody is found on.
inline constexpr std::size_t kMaxMdnsLinks = 32;

class MdnsService final : public std::enable_shared_from_this<MdnsService>, private Random {
 public:
  static std::shared_ptr<MdnsService> of(Host& host);
  ~MdnsService() override;
  MdnsService(const MdnsService&) = delete;
  MdnsService& operator=(const MdnsService&) = delete;

  /// Takes part on these. The error is that of an interface on which it can't.
  Result<void> join(const std::vector<NetworkInterface>& interfaces);
  /// These are all that the machine has now: a socket whose address is gone moves to another of its interface, or ends.
  void follow(const std::vector<NetworkInterface>& listed);
  /// A name that is answered for on that interface, where it has been joined. Without a link, or with too many names
  /// already, it is one that nobody answers for: the address stays hidden all the same.
  mdns::Name publish(const NetworkInterface& interface);
  void withdraw(const mdns::Name& name);
  /// `onResolved` comes from the loop. Destroying the result cancels.
  std::unique_ptr<Cancellable> resolve(const mdns::Name& name, std::function<void(Result<IpAddress>)> onResolved);

  [[nodiscard]] const mdns::Engine& engine() const { return engine_; }

 private:
  class Socket;
  class Query;

  explicit MdnsService(Host& host);
  void randomBytes(MutableByteView out) override { host_.randomBytes(out); }
  void onDatagrams(Time now, mdns::LinkId link, std::span<Datagram> batch);
  void onSocketError(mdns::LinkId link);
  void remove(const Query& query);
  void send();
  void deliver();
  void later();

  Host& host_;
  mdns::Engine engine_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  mdns::LinkId lastLink_ = 0;
  std::vector<Query*> queries_;
  Deadline deadline_;
  bool deferred_ = false;
};

}  // namespace portico
