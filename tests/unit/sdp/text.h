// Session descriptions for tests, put together from lines.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace portico::sdp {

inline std::string joined(std::initializer_list<std::string_view> lines) {
  std::string out;
  for (const auto line : lines) {
    out += line;
    out += "\r\n";
  }
  return out;
}

/// Lines 1 to 4, and from line 5 what is given.
inline std::string inSession(std::initializer_list<std::string_view> lines) {
  return joined({"v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"}) + joined(lines);
}

/// Lines 1 to 6, and from line 7 what is given.
inline std::string inSection(std::initializer_list<std::string_view> lines) {
  return inSession({"m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"}) + joined(lines);
}

}  // namespace portico::sdp
