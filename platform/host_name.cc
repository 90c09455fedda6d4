#include "platform/host_name.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace portico {
namespace {

bool endsWithIgnoringCase(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         std::equal(ending.begin(), ending.end(), text.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

}  // namespace

std::optional<Result<std::vector<IpAddress>>> resolveLocally(const std::string& name) {
  using Addresses = Result<std::vector<IpAddress>>;
  if (const auto literal = IpAddress::parse(name)) {
    return Addresses(std::vector<IpAddress>{*literal});
  }
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (name.empty() || name.size() > kMaxNameLength || !printable) {
    return Addresses(Error(Error::Syntax, "a host name is 1 to 253 printable ASCII characters without spaces"));
  }
  if (endsWithIgnoringCase(name, ".local") || endsWithIgnoringCase(name, ".local.")) {
    return Addresses(Error(
        Error::NotSupported,
        "the name \"" + name + "\" is one of multicast DNS, which is asked for candidates only: give an address"));
  }
  return std::nullopt;
}

}  // namespace portico
