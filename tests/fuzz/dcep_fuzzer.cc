// Hostile DCEP messages: what parses must be in its ranges, and must write to something that parses to the same.
#include <cstdlib>

#include "core/datachannel/dcep.h"
#include "core/datachannel/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  const ByteView message = std::as_bytes(std::span(data, size));
  const auto type = datachannel::dcepTypeOf(message);
  const auto open = datachannel::parseDcepOpen(message);
  if (!open) return 0;
  if (type != datachannel::DcepType::open || open->negotiated || open->id) std::abort();
  if (open->maxRetransmits && open->maxPacketLifeTime) std::abort();
  if (!datachannel::isUtf8(open->label) || !datachannel::isUtf8(open->protocol)) std::abort();
  // U+FFFD is three bytes for one, so a label that was mended may be too long to be sent.
  if (open->label.size() > 65'535 || open->protocol.size() > 65'535) return 0;
  if (datachannel::parseDcepOpen(datachannel::writeDcepOpen(*open)) != open) std::abort();
  return 0;
}
