// A section as it is read: its m-line, and the attributes that stand in a section alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/sdp/attribute.h"
#include "core/sdp/session.h"
#include "core/sdp/session_level.h"

namespace portico::sdp {

struct SectionReader {
  MediaSection section{};
  std::optional<std::uint16_t> mappedPort{};  ///< of a=sctpmap

  /// The value of m=.
  std::optional<Error> readMediaLine(std::string_view value);
  std::optional<Error> readAttribute(const Attribute& attribute);
  /// What follows from all its lines, and from those of the session.
  void finish(const SessionReader& session);
};

/// RFC 8866 §5.14 and RFC 9143 §6: port 0, unless it shares the port of its BUNDLE group.
inline bool isRejected(const MediaSection& section) {
  return section.port == 0 && !section.bundleOnly;
}

/// "DTLS/SCTP 5000": the SCTP port stands where RFC 8841 has the format.
std::optional<std::uint16_t> legacyPort(const MediaSection& section);

}  // namespace portico::sdp
