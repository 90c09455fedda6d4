#include "native/command/file_protocol.h"

#include <optional>

#include "native/command/json.h"

namespace portico::command {
namespace {

struct Writer {
  Json json;
  void operator()(const FileHeader& header) {
    json["file"]["name"] = header.name;
    json["file"]["size"] = header.size;
  }
  void operator()(const FileEnd& end) { json["end"]["sha256"] = end.sha256; }
  void operator()(const FileReceived& received) {
    json["received"]["bytes"] = received.bytes;
    json["received"]["sha256"] = received.sha256;
  }
  void operator()(const FileRefused& refused) { json["refused"] = refused.why; }
};

}  // namespace

std::string toText(const FileMessage& message) {
  Writer writer;
  std::visit(writer, message);
  return toLine(writer.json);
}

Result<FileMessage> parseFileMessage(std::string_view text) {
  if (text.size() > kMaxFileMessageBytes) return Error(Error::Syntax, "A message about the file is too long.");
  auto json = parseJson(text);
  if (!json) return json.error();
  if (json->is_object()) {
    if (const Json* header = findObject(*json, "file")) {
      const std::string* name = findString(*header, "name");
      const auto size = findNumber<std::uint64_t>(*header, "size");
      if (name && size) return FileMessage(FileHeader{*name, *size});
    } else if (const Json* end = findObject(*json, "end")) {
      if (const std::string* sha256 = findString(*end, "sha256")) return FileMessage(FileEnd{*sha256});
    } else if (const Json* received = findObject(*json, "received")) {
      const auto bytes = findNumber<std::uint64_t>(*received, "bytes");
      const std::string* sha256 = findString(*received, "sha256");
      if (bytes && sha256) return FileMessage(FileReceived{*bytes, *sha256});
    } else if (const std::string* why = findString(*json, "refused")) {
      return FileMessage(FileRefused{*why});
    }
  }
  return Error(Error::Type, "A message about the file is none that the file protocol knows.");
}

}  // namespace portico::command
