// Hostile session descriptions: what parses must be written as text that parses to the same session.
#include <cstdlib>

#include "core/sdp/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = portico::sdp::parse(text);
  if (!first) {
    const bool named =
        !first.error().message.empty() && (first.error().line > 0) == (first.error().code == portico::Error::Syntax);
    if (!named) std::abort();
    return 0;
  }
  const std::string written = portico::sdp::write(*first);
  if (written.size() > portico::sdp::kMaxSessionBytes) return 0;  // what stood once for all is written in each section
  const auto second = portico::sdp::parse(written);
  if (!second || !(*second == *first) || portico::sdp::write(*second) != written) std::abort();
  return 0;
}
