// A name for a file that a peer proposes.
#pragma once

#include <string>
#include <string_view>

namespace portico::command {

/// Linux takes 255 bytes in a name; ".part" and a number have to fit, too.
inline constexpr std::size_t kMaxFileNameBytes = 200;

/// Without folders, control characters and leading dots; never empty.
std::string safeFileName(std::string_view proposed);
/// A path in `folder` at which nothing is: "photo.jpg", "photo (2).jpg" …
std::string freePath(const std::string& folder, const std::string& name);

}  // namespace portico::command
