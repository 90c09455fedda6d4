#include "native/bridge/relay/denied_networks.h"

#include <initializer_list>
#include <vector>

namespace portico::bridge {
namespace {

std::vector<Network> networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> result;
  result.reserve(texts.size());
  for (const std::string_view text : texts) result.push_back(*Network::parse(text));
  return result;
}

/// RFC 6052 §2.1. It lies outside of 2000::/3, and the IPv4 address in it is judged for itself.
const Network& wellKnownNat64() {
  static const Network network = *Network::parse("64:ff9b::/96");
  return network;
}

}  // namespace

std::span<const Network> deniedNetworks() {
  static const std::vector<Network> all = networks({
      "0.0.0.0/8",        // this network (RFC 1122 §3.2.1.3)
      "10.0.0.0/8",       // private (RFC 1918)
      "100.64.0.0/10",    // carriers' NAT (RFC 6598)
      "127.0.0.0/8",      // loopback
      "169.254.0.0/16",   // link-local (RFC 3927)
      "172.16.0.0/12",    // private (RFC 1918)
      "192.0.0.0/24",     // protocol assignments (RFC 6890)
      "192.0.2.0/24",     // documentation (RFC 5737)
      "192.88.99.0/24",   // 6to4 relays, deprecated (RFC 7526)
      "192.168.0.0/16",   // private (RFC 1918)
      "198.18.0.0/15",    // benchmarks (RFC 2544)
      "198.51.100.0/24",  // documentation (RFC 5737)
      "203.0.113.0/24",   // documentation (RFC 5737)
      "224.0.0.0/4",      // multicast (RFC 5771)
      "240.0.0.0/4",      // reserved (RFC 1112 §4), and broadcast
      // RFC 4291 §2.4: what is outside of 2000::/3 is unspecified, loopback, link-local, unique-local, multicast,
      // discard-only, local-use NAT64, segment routing, or not assigned.
      "::/3", "4000::/2", "8000::/1",
      "2001:2::/48",    // benchmarks (RFC 5180)
      "2001:10::/28",   // ORCHID, deprecated (RFC 4843)
      "2001:20::/28",   // ORCHIDv2 (RFC 7343)
      "2001:db8::/32",  // documentation (RFC 3849)
      "3fff::/20",      // documentation (RFC 9637)
  });
  return all;
}

bool isDeniedRange(const IpAddress& address) {
  return anyContains(deniedNetworks(), address) && !wellKnownNat64().contains(address);
}

std::span<const Network> metadataServices() {
  static const std::vector<Network> all = networks({
      "169.254.169.254",  // most clouds
      "169.254.169.253",  // Amazon's resolver
      "169.254.170.2",    // Amazon's, for containers
      "169.254.170.23",   // Amazon's, for pods
      "100.100.100.200",  // Alibaba
      "168.63.129.16",    // Azure's host, a public address
      "192.0.0.192",      // Oracle
      "fd00:ec2::254",    // Amazon
      "fd00:ec2::253",    // Amazon's resolver
      "fd00:ec2::23",     // Amazon's, for pods
      "fd20:ce::254",     // Google
      "fd00:42::42",      // Scaleway
  });
  return all;
}

bool isMetadataService(const IpAddress& address) {
  return anyContains(metadataServices(), address);
}

}  // namespace portico::bridge
