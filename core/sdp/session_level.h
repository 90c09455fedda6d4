// What stands before the first m-line: the lines that RFC 8866 §5 obliges everybody to write, and the attributes of the
// session.
#pragma once

#include <optional>
#include <string_view>

#include "core/sdp/attribute.h"
#include "core/sdp/session.h"

namespace portico::sdp {

struct SessionReader {
  Session session{};
  TransportAttributes transport{};  ///< for the sections that have none of their own
  bool endOfCandidates = false;

  std::optional<Error> readVersion(std::string_view value);
  std::optional<Error> readOrigin(std::string_view value);
  std::optional<Error> readName(std::string_view value);
  std::optional<Error> readTime(std::string_view value);
  std::optional<Error> readAttribute(const Attribute& attribute);
};

}  // namespace portico::sdp
