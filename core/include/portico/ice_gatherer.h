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

/// RFC 6544: host candidates over TCP, for networks that let no UDP through; any pair over UDP comes before them.
enum class TcpCandidates : std::uint8_t {
  none,    ///< the peer's are not connected to either
  active,  ///< we connect, as browsers do: of use with a peer that has passive ones
  both     ///< we take connections, too (on a port of the range for each address): for a server, whom browsers reach so
};
std::string_view toString(TcpCandidates tcpCandidates);  ///< "none", "active", "both"

/// Names in place of addresses (draft-ietf-mmusic-mdns-ice-candidates): "<UUID>.local", which multicast DNS (RFC 6762)
/// makes an address of on the same link, and nobody elsewhere. Hosts without multicast, as a page is, can't ask: their
/// peer's names stay unresolved, and its other candidates serve.
enum class MdnsPolicy : std::uint8_t {
  off,      ///< nothing is asked and nothing told: for servers that no peer meets on a local network
  resolve,  ///< a peer's names are asked for
  hide,     ///< and host candidates have names of their own, so that no peer elsewhere learns a local address
};
std::string_view toString(MdnsPolicy policy);

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
  /// Absent: active where the host has TCP (native only), else none. Asked for where it has not: an IceCandidateError.
  /// A lite agent has passive ones only; `relayOnly` has none.
  std::optional<TcpCandidates> tcpCandidates{};
  /// Names of the interfaces to use; empty: all. With `*` at its end, "eth*", a name stands for all that begin so. A
  /// loopback interface that is named in full is used like any other.
  std::vector<std::string> interfaces{};
  /// The same for those not to use, also where `interfaces` or `bindAddresses` would have them.
  std::vector<std::string> excludedInterfaces{};
  MdnsPolicy mdns = MdnsPolicy::resolve;
  /// Local ports, of UDP and TCP; 0: the system chooses.
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
  /// with a networkChangePolicy that gathers), then state complete, then the operation is done. Again: the same
  /// operation. `iceServers` replaces those of the options.
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
