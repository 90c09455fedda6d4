// From text to a Session: which line may stand where, and what becomes of it.
//
// RFC 8866 §5 has all lines in one order. What this reads, v= o= s= t= m=, has to be in it. The lines that it skips may
// stand anywhere in their level, for programs that edit descriptions put b= lines in between attributes.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sdp/grammar.h"
#include "core/sdp/line_reader.h"
#include "core/sdp/media_section.h"
#include "core/sdp/session.h"
#include "core/sdp/session_level.h"

namespace portico::sdp {
namespace {

constexpr std::string_view kSkippedInSession = "iuepcbrzk";
constexpr std::string_view kSkippedInSection = "icbk";

class Parser {
 public:
  std::optional<Error> take(const Line& line) {
    if (next_ != Next::any) return takeHead(line);
    return sections_.empty() ? takeInSession(line) : takeInSection(line);
  }

  /// After the last line.
  [[nodiscard]] std::optional<Error> end() const {
    if (!hasTime_) return missing();
    return std::nullopt;
  }

  Session finish() && {
    for (auto& reader : sections_) {
      reader.finish(session_);
      session_.session.media.push_back(std::move(reader.section));
    }
    return std::move(session_.session);
  }

 private:
  /// The first three lines.
  enum class Next : std::uint8_t { version, origin, name, any };

  [[nodiscard]] Error missing() const {
    switch (next_) {
      case Next::version:
        return malformed("v=0 is missing (RFC 8866 section 5.1)");
      case Next::origin:
        return malformed("o= is missing (RFC 8866 section 5.2)");
      case Next::name:
        return malformed("s= is missing (RFC 8866 section 5.3)");
      case Next::any:
        break;
    }
    return malformed("t= is missing (RFC 8866 section 5.9)");
  }

  std::optional<Error> takeHead(const Line& line) {
    const Next now = next_;
    if (now == Next::version && line.type == 'v') {
      next_ = Next::origin;
      return session_.readVersion(line.value);
    }
    if (now == Next::origin && line.type == 'o') {
      next_ = Next::name;
      return session_.readOrigin(line.value);
    }
    if (now == Next::name && line.type == 's') {
      next_ = Next::any;
      return session_.readName(line.value);
    }
    return missing();
  }

  std::optional<Error> takeInSession(const Line& line) {
    if (line.type == 'm') return takeMedia(line);
    if (line.type == 't') {
      hasTime_ = true;  // there may be several
      return session_.readTime(line.value);
    }
    if (line.type == 'a') {
      const auto attribute = parseAttribute(line.value);
      if (!attribute) return attribute.error();
      return session_.readAttribute(*attribute);
    }
    return skip(line, kSkippedInSession);
  }

  std::optional<Error> takeInSection(const Line& line) {
    if (line.type == 'm') return takeMedia(line);
    if (line.type == 'a') {
      const auto attribute = parseAttribute(line.value);
      if (!attribute) return attribute.error();
      const bool hadMid = sections_.back().section.mid.has_value();
      if (auto error = sections_.back().readAttribute(*attribute)) return error;
      if (!hadMid) return checkMid();
      return std::nullopt;
    }
    return skip(line, kSkippedInSection);
  }

  std::optional<Error> takeMedia(const Line& line) {
    if (!hasTime_) return missing();
    if (sections_.size() == kMaxSections) {
      return tooMany("there are more than " + std::to_string(kMaxSections) + " m= lines");
    }
    return sections_.emplace_back().readMediaLine(line.value);
  }

  /// RFC 5888 §4: unique in the description.
  std::optional<Error> checkMid() const {
    const auto& mid = sections_.back().section.mid;
    if (!mid) return std::nullopt;
    for (std::size_t i = 0; i + 1 < sections_.size(); ++i) {
      if (sections_[i].section.mid == mid) return malformed("another section has the same mid (RFC 5888 section 4)");
    }
    return std::nullopt;
  }

  static std::optional<Error> skip(const Line& line, std::string_view allowed) {
    if (allowed.find(line.type) != std::string_view::npos) return std::nullopt;
    return malformed("no line of this type may stand here (RFC 8866 section 5)");
  }

  Next next_ = Next::version;
  bool hasTime_ = false;
  SessionReader session_;
  std::vector<SectionReader> sections_;
};

Error inLine(std::uint32_t number, const Error& error) {
  Error out(error.code,
            "Line " + std::to_string(number) + " of the session description can't be taken: " + error.message + ".");
  if (error.code == Error::Syntax) out.line = number;
  return out;
}

}  // namespace

Result<Session> parse(std::string_view text) {
  if (text.size() > kMaxSessionBytes) {
    return tooMany("The session description is longer than " + std::to_string(kMaxSessionBytes) + " bytes.");
  }
  LineReader reader(text);
  Parser parser;
  while (true) {
    const auto line = reader.next();
    if (!line) return inLine(reader.number(), line.error());
    if (auto error = line->has_value() ? parser.take(**line) : parser.end()) return inLine(reader.number(), *error);
    if (!line->has_value()) return std::move(parser).finish();
  }
}

}  // namespace portico::sdp
