// What a bridge is told by its command line. The limits are on by default.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "native/bridge/relay/address_policy.h"
#include "native/bridge/relay/rate_limit.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::bridge {

/// A page has one socket for each ICE gatherer; a household or an office shares an address.
inline constexpr std::size_t kDefaultSocketsPerAddress = 64;
inline constexpr std::size_t kDefaultSocketsPerToken = 16;
/// Two or three descriptors and some 20 KiB each.
inline constexpr std::size_t kDefaultSockets = 4096;
/// 512 Mbit/s, and so many packets of 840 bytes: a fast line, and about half of what one core relays.
inline constexpr RateLimit kDefaultSocketRate = {64'000'000, 80'000};
/// A token or an address may have two such sockets at full speed.
inline constexpr RateLimit kDefaultSharedRate = {128'000'000, 160'000};
inline constexpr Duration kDefaultDrainTimeout = std::chrono::seconds(30);
inline constexpr Duration kDefaultHandshakeTimeout = std::chrono::seconds(10);
/// Longer than a radio link's bad moment; half of it is when a ping goes out. Proxies cut at 60 s of silence.
inline constexpr Duration kDefaultIdleTimeout = std::chrono::seconds(40);

struct Options {
  SocketAddress listen;
  SocketAddress metrics;
  std::string tlsCertificateFile;  ///< empty: no TLS
  std::string tlsKeyFile;

  std::vector<IpAddress> udpAddresses;     ///< to bind, at most one of each family; empty: found out
  std::vector<IpAddress> publicAddresses;  ///< what the world sees, at most one of each family
  std::uint16_t udpPortLow = 0;            ///< 0: the system chooses
  std::uint16_t udpPortHigh = 0;

  std::optional<std::string> tokenSecret;
  std::vector<std::string> origins;
  std::vector<Network> trustedProxies;  ///< whose X-Forwarded-For is believed
  AddressPolicyOptions policy;

  std::size_t maxSockets = kDefaultSockets;
  std::size_t maxSocketsPerAddress = kDefaultSocketsPerAddress;
  std::size_t maxSocketsPerToken = kDefaultSocketsPerToken;
  RateLimit socketRate = kDefaultSocketRate;
  RateLimit tokenRate = kDefaultSharedRate;
  RateLimit addressRate = kDefaultSharedRate;

  Duration drainTimeout = kDefaultDrainTimeout;
  Duration handshakeTimeout = kDefaultHandshakeTimeout;
  Duration idleTimeout = kDefaultIdleTimeout;

  /// Neither tokens nor origins: for this machine only.
  [[nodiscard]] bool isOpen() const { return !tokenSecret && origins.empty(); }
};

}  // namespace portico::bridge
