#include "core/sdp/line_reader.h"

#include "core/sdp/grammar.h"
#include "core/sdp/session.h"

namespace portico::sdp {
namespace {

/// RFC 8866's grammar ends with the last line. Empty lines after it come of text that went through a file or a form.
std::string_view withoutEmptyLinesAtTheEnd(std::string_view text) {
  while (!text.empty() && text.back() == '\n') {
    std::string_view shorter = text.substr(0, text.size() - 1);
    if (!shorter.empty() && shorter.back() == '\r') shorter.remove_suffix(1);
    if (!shorter.empty() && shorter.back() != '\n') break;  // it ends the last line
    text = shorter;
  }
  return text;
}

}  // namespace

LineReader::LineReader(std::string_view text) : rest_(withoutEmptyLinesAtTheEnd(text)) {}

Result<std::optional<Line>> LineReader::next() {
  ++number_;
  if (rest_.empty()) return std::optional<Line>();

  const std::size_t end = rest_.find('\n');
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (end != std::string_view::npos && !line.empty() && line.back() == '\r') line.remove_suffix(1);

  if (line.size() > kMaxLineBytes) return tooMany("it is longer than " + std::to_string(kMaxLineBytes) + " bytes");
  // RFC 8866 §9: byte-string has neither.
  if (line.find('\0') != std::string_view::npos) return malformed("it holds a NUL (RFC 8866 section 9)");
  if (line.find('\r') != std::string_view::npos) {
    return malformed("it holds a carriage return that no line feed follows (RFC 8866 section 9)");
  }
  if (line.size() < 2 || line[1] != '=') {
    return malformed("it does not begin with a letter and an equals sign (RFC 8866 section 5)");
  }
  return std::optional<Line>(Line{line[0], line.substr(2)});
}

}  // namespace portico::sdp
