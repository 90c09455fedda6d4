#include "core/portico/interface_order.h"

#include <algorithm>
#include <iterator>

namespace portico {
namespace {

std::vector<NetworkInterface> ofFamily(const std::vector<NetworkInterface>& interfaces, IpFamily family) {
  struct Ranked {
    NetworkInterface interface;
    std::ptrdiff_t rank;  ///< among the addresses of its interface
  };
  std::vector<Ranked> ranked;
  for (const NetworkInterface& interface : interfaces) {
    if (interface.address.family() != family) continue;
    const auto rank = std::count_if(ranked.begin(), ranked.end(),
                                    [&](const Ranked& before) { return before.interface.name == interface.name; });
    ranked.push_back({interface, rank});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  std::vector<NetworkInterface> ordered;
  ordered.reserve(ranked.size());
  for (Ranked& one : ranked) ordered.push_back(std::move(one.interface));
  return ordered;
}

}  // namespace

std::vector<NetworkInterface> inOrderOfPreference(const std::vector<NetworkInterface>& interfaces) {
  const std::vector<NetworkInterface> v6 = ofFamily(interfaces, IpFamily::v6);
  const std::vector<NetworkInterface> v4 = ofFamily(interfaces, IpFamily::v4);
  std::vector<NetworkInterface> ordered;
  auto next6 = v6.begin();
  // RFC 8421 §5's formula: the more IPv6 addresses there are for one of IPv4, the longer the head start.
  if (!v4.empty()) {
    const auto headStart = static_cast<std::ptrdiff_t>(std::min((v4.size() + v6.size()) / v4.size(), v6.size()));
    std::copy_n(next6, headStart, std::back_inserter(ordered));
    next6 += headStart;
  }
  for (const NetworkInterface& interface : v4) {
    ordered.push_back(interface);
    if (next6 != v6.end()) ordered.push_back(*next6++);
  }
  ordered.insert(ordered.end(), next6, v6.end());
  return ordered;
}

}  // namespace portico
