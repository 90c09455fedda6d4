// What can be said about the name of a machine without asking anybody: the same on every host.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"

namespace portico {

/// Addresses taken for one name: what its owner, or whoever answers for it, may make us try.
constexpr std::size_t kMaxResolvedAddresses = 16;
/// RFC 1035 §2.3.4: a name has 255 octets at most, which is 253 characters.
constexpr std::size_t kMaxNameLength = 253;

/// What can be said about `name` without asking anybody: its address if it is one, why it is refused, or nothing.
std::optional<Result<std::vector<IpAddress>>> resolveLocally(const std::string& name);

}  // namespace portico
