#include "core/stun/attributes.h"

#include <algorithm>

#include "core/wire/byte_reader.h"
#include "core/wire/byte_writer.h"

namespace portico::stun {
namespace {

constexpr std::uint8_t kFamilyV4 = 1;
constexpr std::uint8_t kFamilyV6 = 2;

//  0                   1                   2                   3
// |0 0 0 0 0 0 0 0|    Family     |           Port                |
// |                 Address (32 bits or 128 bits)                 |

// RFC 8489 §14.2: the port is XORed with the cookie's upper half, the address with the cookie and the transaction id.
void applyMask(MutableByteView portAndAddress, const TransactionId& transaction) {
  std::array<std::byte, 16> mask;
  ByteWriter writer(mask);
  writer.u32(kMagicCookie);
  writer.bytes(transaction);
  portAndAddress[0] ^= mask[0];
  portAndAddress[1] ^= mask[1];
  for (std::size_t i = 2; i < portAndAddress.size(); ++i) portAndAddress[i] ^= mask[i - 2];
}

}  // namespace

std::optional<SocketAddress> parseAddress(ByteView value) {
  ByteReader reader(value);
  reader.skip(1);
  const std::uint8_t family = reader.u8();
  SocketAddress address;
  address.port = reader.u16();
  if (!reader.ok()) return std::nullopt;
  if (family == kFamilyV4 && reader.remaining() == 4) {
    address.ip = IpAddress::fromV4(reader.u32());
    return address;
  }
  if (family == kFamilyV6 && reader.remaining() == 16) {
    address.ip = IpAddress::fromV6(reader.bytes(16).first<16>());
    return address;
  }
  return std::nullopt;
}

std::optional<SocketAddress> parseXorAddress(ByteView value, const TransactionId& transaction) {
  std::array<std::byte, kMaxAddressBytes> plain;
  if (value.size() < 4 || value.size() > plain.size()) return std::nullopt;
  std::copy(value.begin(), value.end(), plain.begin());
  const MutableByteView used(plain.data(), value.size());
  applyMask(used.subspan(2), transaction);
  return parseAddress(used);
}

std::optional<ErrorCode> parseErrorCode(ByteView value) {
  ByteReader reader(value);
  reader.skip(2);
  const int hundreds = reader.u8() & 0x07;
  const int rest = reader.u8();
  if (!reader.ok() || hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
  return ErrorCode{hundreds * 100 + rest, asText(reader.rest())};
}

ByteView writeAddress(std::span<std::byte, kMaxAddressBytes> room, const SocketAddress& address) {
  ByteWriter writer(room);
  writer.u8(0);
  writer.u8(address.ip.isV4() ? kFamilyV4 : kFamilyV6);
  writer.u16(address.port);
  writer.bytes(address.ip.bytes());
  return writer.written();
}

ByteView writeXorAddress(std::span<std::byte, kMaxAddressBytes> room, const SocketAddress& address,
                         const TransactionId& transaction) {
  const ByteView plain = writeAddress(room, address);
  applyMask(MutableByteView(room).subspan(2, plain.size() - 2), transaction);
  return plain;
}

}  // namespace portico::stun
