#include "native/network_interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "native/system_address.h"

namespace portico {
namespace {

// The kernel's IFA_F_ flags of an address, linux/if_addr.h.
constexpr unsigned kTemporary = 0x01;
constexpr unsigned kDuplicate = 0x08;
constexpr unsigned kDeprecated = 0x20;
constexpr unsigned kTentative = 0x40;
constexpr unsigned kOptimistic = 0x04;  // tentative, but in use already (RFC 4429)

std::optional<unsigned> parseHex(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional<unsigned>(value)
                                                                                   : std::nullopt;
}

/// 32 hexadecimal digits to 16 bytes.
bool parseAddress(std::string_view text, std::array<std::byte, 16>& out) {
  if (text.size() != 2 * out.size()) {
    return false;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto value = parseHex(text.substr(2 * i, 2));
    if (!value) {
      return false;
    }
    out[i] = static_cast<std::byte>(*value);
  }
  return true;
}

}  // namespace

std::optional<std::vector<NetworkInterface>> listNetworkInterfaces() {
  std::vector<NetworkInterface> interfaces;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    return std::nullopt;
  }
  constexpr unsigned kUsable = IFF_UP | IFF_RUNNING;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto address = fromSystem(entry->ifa_addr);
    if (address) {
      NetworkInterface interface;
      interface.name = entry->ifa_name;
      interface.address = address->ip;
      interface.loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
      interface.down = (entry->ifa_flags & kUsable) != kUsable;
      interfaces.push_back(std::move(interface));
    }
  }
  ::freeifaddrs(list);
#ifdef __linux__
  std::ifstream file("/proc/net/if_inet6");
  applyInet6Flags(std::string(std::istreambuf_iterator<char>(file), {}), interfaces);
#endif
  return interfaces;
}

void applyInet6Flags(std::string_view procText, std::vector<NetworkInterface>& interfaces) {
  std::istringstream lines{std::string(procText)};
  std::map<std::array<std::byte, 16>, std::map<std::string, unsigned>> flagsOf;
  for (std::string line; std::getline(lines, line);) {
    // fe8000000000000000fc00fffe000001 04 40 20 80 eth0: address, index, prefix, scope, flags, name
    std::istringstream words(line);
    std::string address, index, prefix, scope, flagsText, name;
    words >> address >> index >> prefix >> scope >> flagsText >> name;
    std::array<std::byte, 16> bytes{};
    const auto flags = parseHex(flagsText);
    if (words && flags && parseAddress(address, bytes)) {
      flagsOf[bytes][name] = *flags;
    }
  }
  const auto lookUp = [&flagsOf](const NetworkInterface& interface) -> unsigned {
    std::array<std::byte, 16> bytes{};
    if (!interface.address.isV6()) {
      return 0;
    }
    std::copy_n(interface.address.bytes().begin(), bytes.size(), bytes.begin());
    const auto found = flagsOf.find(bytes);
    if (found == flagsOf.end()) {
      return 0;
    }
    const auto named = found->second.find(interface.name);
    return named == found->second.end() ? 0 : named->second;
  };
  std::vector<NetworkInterface> usable;
  for (NetworkInterface& interface : interfaces) {
    const unsigned flags = lookUp(interface);
    if ((flags & kDuplicate) != 0 || ((flags & kTentative) != 0 && (flags & kOptimistic) == 0)) {
      continue;
    }
    interface.temporary = (flags & kTemporary) != 0;
    interface.deprecated = (flags & kDeprecated) != 0;
    usable.push_back(std::move(interface));
  }
  interfaces = std::move(usable);
}

}  // namespace portico
