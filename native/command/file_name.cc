#include "native/command/file_name.h"

#include <unistd.h>

namespace portico::command {

std::string safeFileName(std::string_view proposed) {
  // Both separators: what was named on one system may be saved on another.
  const std::size_t slash = proposed.find_last_of("/\\");
  if (slash != std::string_view::npos) proposed.remove_prefix(slash + 1);
  std::string name;
  for (const char character : proposed) {
    const auto byte = static_cast<unsigned char>(character);
    const bool control = byte < 0x20 || byte == 0x7f;
    if (control || (name.empty() && character == '.')) continue;
    name.push_back(character);
  }
  if (name.size() > kMaxFileNameBytes) {
    std::size_t length = kMaxFileNameBytes;
    // Not in the middle of a UTF-8 character.
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xc0) == 0x80) --length;
    name.resize(length);
  }
  return name.empty() ? "received-file" : name;
}

std::string freePath(const std::string& folder, const std::string& name) {
  const auto taken = [](const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0 || ::access((path + ".part").c_str(), F_OK) == 0;
  };
  const std::size_t dot = name.rfind('.');
  const std::string stem = name.substr(0, dot);
  const std::string ending = dot == std::string::npos ? "" : name.substr(dot);
  std::string path = folder + "/" + name;
  for (int number = 2; taken(path); ++number) {
    path = folder;
    path.append("/").append(stem).append(" (").append(std::to_string(number)).append(")").append(ending);
  }
  return path;
}

}  // namespace portico::command
