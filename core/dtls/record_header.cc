#include "core/dtls/record_header.h"

#include <cstdint>

namespace portico::dtls {
namespace {

enum ContentType : std::uint8_t { changeCipherSpec = 20, alert = 21, handshake = 22, applicationData = 23 };

constexpr std::uint8_t kDtlsMajorVersion = 0xFE;  // RFC 6347 §4.1: {254, 255} is DTLS 1.0, {254, 253} DTLS 1.2

std::size_t number(ByteView bytes) {
  std::size_t value = 0;
  for (const std::byte b : bytes) value = value << 8 | std::to_integer<std::size_t>(b);
  return value;
}

/// The length of the first record, header included; 0 if it is none.
std::size_t recordLength(ByteView datagram) {
  if (datagram.size() < kRecordHeaderBytes) return 0;
  const auto type = std::to_integer<std::uint8_t>(datagram[0]);
  if (type < changeCipherSpec || type > applicationData) return 0;
  if (std::to_integer<std::uint8_t>(datagram[1]) != kDtlsMajorVersion) return 0;
  const std::size_t length = kRecordHeaderBytes + number(datagram.subspan(11, 2));
  return length <= datagram.size() ? length : 0;
}

/// RFC 6347 §4.2.2: a handshake fragment starts with the type (1 byte) and the length of the whole message (3 bytes).
bool isOfOversizedMessage(ByteView record) {
  const bool plain = number(record.subspan(3, 2)) == 0;
  return plain && record.size() >= kRecordHeaderBytes + 4 &&
         number(record.subspan(kRecordHeaderBytes + 1, 3)) > kMaxHandshakeMessageBytes;
}

}  // namespace

std::optional<DatagramSummary> inspectDatagram(ByteView datagram) {
  if (datagram.empty()) return std::nullopt;
  DatagramSummary summary;
  for (bool first = true; !datagram.empty(); first = false) {
    const std::size_t length = recordLength(datagram);
    if (length == 0) return first ? std::nullopt : std::optional(summary);  // mbedTLS takes what came before it
    const auto type = std::to_integer<std::uint8_t>(datagram[0]);
    if (type == alert || type == applicationData) ++summary.countable;
    if (type == handshake && isOfOversizedMessage(datagram.first(length))) summary.oversizedMessage = true;
    datagram = datagram.subspan(length);
  }
  return summary;
}

}  // namespace portico::dtls
