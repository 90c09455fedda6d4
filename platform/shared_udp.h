// One bound socket behind any number of UdpSockets.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

/// Remotes that one member is known to, so that most datagrams need no asking. A peer has some tens of candidates; who
/// writes from more addresses than that costs a question for each datagram, and no memory.
inline constexpr std::size_t kMaxRoutesPerMember = 256;

class SharedUdp final : public UdpReceiver, public std::enable_shared_from_this<SharedUdp> {
 public:
  using Open = std::function<Result<std::unique_ptr<UdpSocket>>(UdpReceiver& receiver)>;
  static Result<std::shared_ptr<SharedUdp>> create(const Open& open);

  /// Keeps this alive; the last of them to go closes the socket. `receiver` outlives it.
  std::unique_ptr<UdpSocket> attach(UdpReceiver& receiver);
  [[nodiscard]] std::uint64_t unclaimedDatagrams() const { return unclaimed_; }

  void onDatagrams(Time now, std::span<Datagram> batch) override;
  void onSocketError(Time now, const Error& error) override;

 private:
  class Member;

  void detach(const Member& member);
  void addRoute(const SocketAddress& remote, Member& member);
  [[nodiscard]] Member* ownerOf(const Datagram& datagram);
  [[nodiscard]] bool has(const Member* member) const;

  std::unique_ptr<UdpSocket> socket_;
  std::vector<Member*> members_;
  std::unordered_map<SocketAddress, Member*> routes_;
  std::uint64_t unclaimed_ = 0;
};

}  // namespace portico
