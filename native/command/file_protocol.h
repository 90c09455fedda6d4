// A file on the channel `file`, which the sender creates:
//
//     sender    text    {"file":{"name":"photo.jpg","size":123456}}
//     sender    binary  the bytes, in messages of 64 KiB or less
//     sender    text    {"end":{"sha256":"…"}}
//     receiver  text    {"received":{"bytes":123456,"sha256":"…"}}   or, at any time,   {"refused":"why"}
//
// The name is a proposal without a path; the receiver decides. A channel is good for one file. The receiver answers
// once the file is in its place, so that the sender's `done` means that it is there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "portico/platform/result.h"

namespace portico::command {

struct FileHeader {
  std::string name;
  std::uint64_t size = 0;
};
struct FileEnd {
  std::string sha256;
};
struct FileReceived {
  std::uint64_t bytes = 0;
  std::string sha256;
};
struct FileRefused {
  std::string why;
};
using FileMessage = std::variant<FileHeader, FileEnd, FileReceived, FileRefused>;

/// A header has a name of at most 255 bytes beside some digits.
inline constexpr std::size_t kMaxFileMessageBytes = 16 * 1024;

std::string toText(const FileMessage& message);
/// Errors: Syntax, Type.
Result<FileMessage> parseFileMessage(std::string_view text);

}  // namespace portico::command
