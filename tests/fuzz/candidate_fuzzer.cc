// Hostile candidate attributes: what parses must print to something that parses to the same candidate.
#include <cstdlib>

#include "portico/parameters.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = portico::IceCandidate::parse(text);
  if (!first) return 0;
  const auto second = portico::IceCandidate::parse(first->candidate());
  if (!second || !(*second == *first)) std::abort();
  return 0;
}
