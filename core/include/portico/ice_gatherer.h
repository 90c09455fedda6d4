// RTCIceGatherer: finds the addresses under which this side can be reached.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/operation.h"
#include "portico/parameters.h"
#include "portico/platform/host.h"

namespace portico {

/// What follows when the machine's networks change. In any case onNetworkChange() tells, a socket whose address is gone
/// is removed, and where the path in use went with it, ICE is "disconnected" at once and looks for another one.
enum class NetworkChangePolicy : std::uint8_t {
  none,     ///< nothing more until a restart, which takes the networks that are there then (as browsers do)
  gather,   ///< new networks are gathered from at once, and used where they are better or the path in use is gone. More
            ///< candidates may always come, so the peer is never told of their end
  restart,  ///< that, and an RTCPeerConnection whose path is gone calls restartIce() by itself: negotiation is needed
};
std::string_view toString(NetworkChangePolicy policy);  ///< "none", "gather", "restart"

/// The machine's networks have changed.
struct NetworkChange {
  std::vector<IpAddress> added{};
  std::vector<IpAddress> removed{};
  /// The path in use is gone, or silent, and there is a network that another may go through: time for a restart.
  bool restartNeeded = false;
};

struct IceGatherOptions {
  /// Absent: IceGatherer::getDefaultIceServers(). An empty list: none, host candidates only.
  std::optional<std::vector<IceServer>> iceServers{};
  /// Empty: made at random (4 and 22 characters). Else 4–256 and 22–256 ice-chars (RFC 8839 §5.4).
  std::string usernameFragment{};
  std::string password{};
  /// Only relayed candidates (W3C iceTransportPolicy "relay"): nobody learns of an address but the TURN server's.
  bool relayOnly = false;
  /// RFC 8445 §2.5: for a server with a public address. Always controlled; sends no checks.
  bool iceLite = false;
  /// Local addresses to use; empty: those of every interface that is up, without loopback unless there is no other,
  /// or `includeLoopback`. `0.0.0.0` and `::` are all of their family.
  std::vector<IpAddress> bindAddresses{};
  bool includeLoopback = false;
  /// Local ports; 0: the system chooses.
  std::uint16_t portLow = 0;
  std::uint16_t portHigh = 0;
  NetworkChangePolicy networkChangePolicy = NetworkChangePolicy::none;
};

/// W3C RTCPeerConnectionIceErrorEvent: a server that could not be used, and why. Gathering goes on with the others.
struct IceCandidateError {
  std::string address{};
  std::uint16_t port = 0;
  std::string url{};
  int errorCode = 701;
  std::string errorText{};
};

/// ORTC §5 RTCIceGatherer. A handle: copies name the same gatherer, which lives as long as a handle or a transport on
/// it does.
///
/// Thread rule: belongs to the host's thread, like every object here. Re-entrancy: handlers come from the host's loop,
/// never from inside a call; a handler may call any method of any object, and may drop any handle.
class IceGatherer {
 public:
  explicit IceGatherer(Host& host, IceGatherOptions options = {});

  [[nodiscard]] IceGathererState state() const;

  /// Opens sockets and asks the servers. Candidates come one by one (onIceCandidate), then "no more" (nullopt, but not
  /// with a networkChangePolicy that gathers), then
  /// state complete, then the operation is done. Again: the same operation. `iceServers` replaces those of the options.
  /// Errors: Syntax for a server URL that is no RFC 7064/7065 URI; InvalidState after close(); Syntax for malformed
  /// credentials in the options. A server that does not answer is an IceCandidateError, not an error of gather().
  Operation<void> gather();
  Operation<void> gather(std::vector<IceServer> iceServers);

  /// What a gatherer uses that was given no servers. A static member of ORTC; callable on an object, too.
  static std::vector<IceServer> getDefaultIceServers();
  /// Replaces them, for the process. Call it before other threads make gatherers.
  static void setDefaultIceServers(std::vector<IceServer> iceServers);

  /// Empty before gather() and after close().
  [[nodiscard]] std::vector<IceCandidate> getLocalCandidates() const;
  /// From construction on; new ones after IceTransport::restart().
  [[nodiscard]] IceParameters getLocalParameters() const;

  /// Ends gathering and closes the sockets; a transport on it is stopped. Idempotent.
  void close();

  void onStateChange(std::function<void(IceGathererState)> handler);
  void onIceCandidate(std::function<void(const std::optional<IceCandidate>&)> handler);
  void onIceCandidateError(std::function<void(const IceCandidateError&)> handler);
  /// From gather() to close(), a moment after the networks have come to rest. Not on a host that can't tell.
  void onNetworkChange(std::function<void(const NetworkChange&)> handler);
  /// For a host that can't tell (WebAssembly's), when it has learned of a change otherwise: sockets of what was removed
  /// have failed, and such for what was added are to be had.
  void networkChanged(NetworkChange change);

  struct Impl;  ///< private
  explicit IceGatherer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
