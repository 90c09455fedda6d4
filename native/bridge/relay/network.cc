#include "native/bridge/relay/network.h"

#include <algorithm>
#include <charconv>

namespace portico::bridge {
namespace {

/// Whether the first `bits` bits of both are the same.
bool sharePrefix(ByteView a, ByteView b, unsigned bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  if (bits % 8 == 0) return true;
  const auto mask = static_cast<std::byte>(0xff00U >> bits % 8 & 0xffU);
  return ((a[whole] ^ b[whole]) & mask) == std::byte{0};
}

bool nothingAfter(ByteView bytes, unsigned bits) {
  for (std::size_t bit = bits; bit < 8 * bytes.size(); ++bit) {
    if ((bytes[bit / 8] & static_cast<std::byte>(0x80U >> bit % 8)) != std::byte{0}) return false;
  }
  return true;
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base || base->scope() != 0) return std::nullopt;
  const auto width = static_cast<unsigned>(8 * base->bytes().size());
  Network network{*base, width};
  if (slash != std::string_view::npos) {
    const std::string_view length = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), network.bits);
    if (error != std::errc() || end != length.data() + length.size() || network.bits > width) return std::nullopt;
  }
  if (!nothingAfter(base->bytes(), network.bits)) return std::nullopt;
  return network;
}

bool Network::contains(const IpAddress& address) const {
  return address.family() == base.family() && sharePrefix(address.bytes(), base.bytes(), bits);
}

bool anyContains(std::span<const Network> networks, const IpAddress& address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(address); });
}

}  // namespace portico::bridge
