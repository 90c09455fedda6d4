// Hostile text for the small parsers: addresses, server URLs, credentials, fingerprints. What an address prints must
// parse to the same address.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/dtls/fingerprint.h"
#include "core/ice/agent.h"
#include "core/portico/ice_server_url.h"
#include "portico/platform/socket_address.h"

namespace {

template <typename Address>
void roundTrip(std::string_view text) {
  const auto first = Address::parse(text);
  if (!first) return;
  const auto second = Address::parse(first->toString());
  if (!second || !(*second == *first)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  roundTrip<portico::IpAddress>(text);
  roundTrip<portico::SocketAddress>(text);
  (void)portico::IceServerUrl::parse(text);
  const std::size_t half = text.size() / 2;
  (void)portico::ice::validate({std::string(text.substr(0, half)), std::string(text.substr(half)), false});
  const portico::DtlsFingerprint fingerprints[] = {{"sha-256", std::string(text)},
                                                   {std::string(text.substr(0, half)), std::string(text.substr(half))}};
  (void)portico::dtls::FingerprintSet::select(fingerprints);
  return 0;
}
