#include "core/dtls/record_header.h"

#include <cstdint>

namespace portico::dtls {
namespace {

enum ContentType : std::uint8_t { changeCipherSpec = 20, alert = 21, handshake = 22, applicationData = 23 };

constexpr std::uint8_t kDtlsMajorVersion = 0xFE;  // RFC 6347 §4.1: {254, 255} is DTLS 1.0, {254, 253} DTLS 1.2

}  // namespace

std::optional<DatagramSummary> inspectDatagram(ByteView datagram) {
  DatagramSummary summary;
  for (bool first = true; !datagram.empty(); first = false) {
    const auto at = [datagram](std::size_t i) { return std::to_integer<std::uint8_t>(datagram[i]); };
    bool whole = datagram.size() >= kRecordHeaderBytes && at(0) >= changeCipherSpec && at(0) <= applicationData &&
                 at(1) == kDtlsMajorVersion;
    std::size_t length = 0;
    if (whole) {
      length = kRecordHeaderBytes + (std::size_t{at(11)} << 8 | at(12));
      whole = length <= datagram.size();
    }
    if (!whole) return first ? std::nullopt : std::optional(summary);  // mbedTLS takes what came before it
    if (at(0) == alert || at(0) == applicationData) ++summary.countable;
    datagram = datagram.subspan(length);
  }
  return summary;
}

}  // namespace portico::dtls
