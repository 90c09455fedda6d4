#include "core/nat/address_kind.h"

#include <array>
#include <string_view>

namespace portico::nat {
namespace {

struct Network {
  std::array<std::uint8_t, 4> prefix;
  int bits;
  AddressKind kind;
};

constexpr std::array kV4 = {
    Network{{0, 0, 0, 0}, 8, AddressKind::unusable},
    Network{{10, 0, 0, 0}, 8, AddressKind::privateUse},
    Network{{100, 64, 0, 0}, 10, AddressKind::sharedUse},
    Network{{127, 0, 0, 0}, 8, AddressKind::loopback},
    Network{{169, 254, 0, 0}, 16, AddressKind::linkLocal},
    Network{{172, 16, 0, 0}, 12, AddressKind::privateUse},
    Network{{192, 0, 0, 0}, 29, AddressKind::translation},
    Network{{192, 0, 2, 0}, 24, AddressKind::documentation},
    Network{{192, 168, 0, 0}, 16, AddressKind::privateUse},
    Network{{198, 51, 100, 0}, 24, AddressKind::documentation},
    Network{{203, 0, 113, 0}, 24, AddressKind::documentation},
    Network{{224, 0, 0, 0}, 3, AddressKind::unusable},
};
constexpr std::array kV6 = {
    Network{{0xfc, 0, 0, 0}, 7, AddressKind::uniqueLocal},
    Network{{0xfe, 0x80, 0, 0}, 10, AddressKind::linkLocal},
    Network{{0xff, 0, 0, 0}, 8, AddressKind::unusable},
    Network{{0x20, 0x01, 0x0d, 0xb8}, 32, AddressKind::documentation},
};

bool contains(const Network& network, ByteView address) {
  for (int bit = 0; bit < network.bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const auto differing = static_cast<unsigned>(network.prefix[at]) ^ std::to_integer<unsigned>(address[at]);
    if ((differing >> (7 - bit % 8) & 1U) != 0) return false;
  }
  return true;
}

}  // namespace

AddressKind kindOf(const IpAddress& address) {
  if (address.isAny()) return AddressKind::unusable;
  if (address.isLoopback()) return AddressKind::loopback;
  const std::span<const Network> networks =
      address.isV4() ? std::span<const Network>(kV4) : std::span<const Network>(kV6);
  for (const Network& network : networks) {
    if (contains(network, address.bytes())) return network.kind;
  }
  return AddressKind::global;
}

}  // namespace portico::nat
