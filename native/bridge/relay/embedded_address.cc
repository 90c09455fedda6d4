#include "native/bridge/relay/embedded_address.h"

#include <algorithm>

#include "core/wire/byte_reader.h"

namespace portico::bridge {
namespace {

std::uint32_t v4At(ByteView bytes, std::size_t offset) {
  return ByteReader(bytes.subspan(offset, 4)).u32();
}

bool startsWith(ByteView bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin(),
                    [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

bool isZero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// RFC 6052 §2.2: behind a prefix of 48 bits the address has octets 6, 7, 9 and 10; octet 8 is reserved.
std::uint32_t v4BehindPrefix48(ByteView bytes) {
  const ByteView high = bytes.subspan(6, 2);
  const ByteView low = bytes.subspan(9, 2);
  return std::uint32_t{ByteReader(high).u16()} << 16 | ByteReader(low).u16();
}

}  // namespace

IpAddress normalise(const IpAddress& address) {
  if (address.isV4()) return address;
  const ByteView bytes = address.bytes();
  const std::uint32_t last = v4At(bytes, 12);
  const bool compatible = isZero(bytes.first(12)) && last > 1;
  if (address.isV4Mapped() || compatible) return IpAddress::fromV4(last);
  return IpAddress::fromV6(bytes.first<16>());
}

EmbeddedAddresses::EmbeddedAddresses(const IpAddress& address) {
  if (address.isV4()) return;
  const ByteView bytes = address.bytes();
  if (startsWith(bytes, {0x20, 0x02})) add(v4At(bytes, 2));
  if (startsWith(bytes, {0x20, 0x01, 0x00, 0x00})) {
    add(v4At(bytes, 4));    // the server, which takes packets for the client
    add(~v4At(bytes, 12));  // the client, with its bits inverted
  }
  if (startsWith(bytes, {0x00, 0x64, 0xff, 0x9b})) {
    const bool localUse = startsWith(bytes.subspan(4), {0x00, 0x01}) && !isZero(bytes.subspan(6, 6));
    add(localUse ? v4BehindPrefix48(bytes) : v4At(bytes, 12));
  }
  const bool isatap =
      startsWith(bytes.subspan(8), {0x00, 0x00, 0x5e, 0xfe}) || startsWith(bytes.subspan(8), {0x02, 0x00, 0x5e, 0xfe});
  if (isatap) add(v4At(bytes, 12));
}

}  // namespace portico::bridge
