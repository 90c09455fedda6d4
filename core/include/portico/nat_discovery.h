// What stands between this machine and the internet: NAT behaviour discovery (RFC 5780), in RFC 4787's words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/ice_gatherer.h"
#include "portico/operation.h"
#include "portico/platform/host.h"

namespace portico {

/// RFC 4787: on what of a remote endpoint a NAT's mapping (§4.1) or its filtering (§5) depends.
enum class NatDependence : std::uint8_t {
  unknown,
  endpointIndependent,
  addressDependent,
  addressAndPortDependent,
  dependent,  ///< one of the last two: servers that support RFC 5780 alone can tell which
};
std::string_view toString(NatDependence dependence);  ///< "unknown", "endpoint-independent", … "dependent"

/// How one server answered one local address.
struct NatAnswer {
  std::string url{};
  SocketAddress server{};
  std::optional<SocketAddress> mapped{};        ///< how the server sees the local address; absent: see errorText
  std::optional<SocketAddress> otherAddress{};  ///< RFC 5780 §7.4: the server supports it
  std::optional<Duration> roundTripTime{};      ///< absent where a request was repeated, too (Karn)
  int errorCode = 0;                            ///< 701: it did not answer; else the STUN error
  std::string errorText{};
};

/// What was found out about one local address.
struct NatBehaviour {
  SocketAddress local{};
  std::optional<SocketAddress> mapped{};  ///< as the first server that answered sees it; absent: none did
  NatDependence mapping = NatDependence::unknown;
  NatDependence filtering = NatDependence::unknown;
  std::string filteringUnknown{};  ///< why that could not be measured
  std::vector<NatAnswer> answers{};

  /// Whether there is a NAT in between.
  [[nodiscard]] bool translated() const { return mapped && !(*mapped == local); }
};

/// A name of the servers, and what it stands for.
struct NatServer {
  std::string url{};
  std::vector<IpAddress> addresses{};
  std::string errorText{};  ///< why there are none
};

struct NatReport {
  std::vector<NatServer> servers{};
  std::vector<NatBehaviour> behaviours{};  ///< one for each local address
};

struct NatDiscoveryOptions {
  /// Which servers and local addresses: iceServers, bindAddresses, includeLoopback and the ports count. Servers are
  /// asked over UDP, and as STUN servers, without credentials; those for TCP and TLS are resolved only.
  IceGatherOptions gather{};
  /// Off where the host filters by rules of its own, as the WebSocket bridge does.
  bool filtering = true;
  /// Ends it with what is known by then.
  Duration timeout = std::chrono::seconds(10);
};

/// Asks STUN servers where they see this machine, each from each local address. A server with RFC 5780's OTHER-ADDRESS
/// tells mapping and filtering; two plain ones tell the mapping; one tells whether there is a NAT. Binding lifetime and
/// hairpinning are not measured.
///
/// A handle; the last one that goes closes it. Thread rule and re-entrancy are IceGatherer's.
class NatDiscovery {
 public:
  explicit NatDiscovery(Host& host, NatDiscoveryOptions options = {});

  /// Opens sockets and begins. Again: the same operation. A server that does not answer is part of the report. Errors:
  /// Syntax for a server URL that is no RFC 7064/7065 URI; Network where no socket can be opened; Closed.
  Operation<NatReport> discover();
  /// Idempotent.
  void close();

  struct Impl;  ///< private
  [[nodiscard]] const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace portico
