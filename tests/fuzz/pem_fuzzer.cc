// Hostile certificate and key files: a PEM, or DER where one is expected, in both places.
#include <cstdint>
#include <string_view>

#include "portico/certificate.h"
#include "tests/sim/world.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static portico::sim::World world;
  static portico::sim::Machine& machine = world.addMachine("fuzz");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\0');
  const std::string_view certificate = text.substr(0, cut);
  const std::string_view key = cut == std::string_view::npos ? text : text.substr(cut + 1);
  (void)portico::Certificate::fromPem(certificate, key, machine);
  return 0;
}
