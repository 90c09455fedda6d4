// Addresses as Asio has them.
#pragma once

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>

#include "portico/platform/socket_address.h"

namespace portico::bridge {

inline boost::asio::ip::tcp::endpoint toEndpoint(const SocketAddress& address) {
  if (address.ip.isV4()) return {boost::asio::ip::address_v4(address.ip.v4()), address.port};
  boost::asio::ip::address_v6::bytes_type bytes{};
  std::transform(address.ip.bytes().begin(), address.ip.bytes().end(), bytes.begin(),
                 [](std::byte b) { return std::to_integer<unsigned char>(b); });
  return {boost::asio::ip::address_v6(bytes, address.ip.scope()), address.port};
}

inline SocketAddress fromEndpoint(const boost::asio::ip::tcp::endpoint& endpoint) {
  if (endpoint.address().is_v4()) return {IpAddress::fromV4(endpoint.address().to_v4().to_uint()), endpoint.port()};
  const auto bytes = endpoint.address().to_v6().to_bytes();
  return {IpAddress::fromV6(std::as_bytes(std::span<const unsigned char, 16>(bytes))), endpoint.port()};
}

}  // namespace portico::bridge
