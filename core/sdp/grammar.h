// What the grammars of SDP are made of (RFC 8866 §9): words, tokens and numbers. Nothing here depends on a locale.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "portico/platform/result.h"

namespace portico::sdp {

inline bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
inline bool isAlphanumeric(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// RFC 8839 §5.1.
inline bool isIceChar(char c) {
  return isAlphanumeric(c) || c == '+' || c == '/';
}
inline bool isTokenChar(char c) {
  return isAlphanumeric(c) || std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos;
}
/// Of an upper-case hex pair, and of the lower-case ones that some peers write.
inline bool isHexDigit(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// From `least` to `most` characters, each of which the predicate takes.
template <typename Predicate>
bool all(std::string_view text, std::size_t least, std::size_t most, Predicate predicate) {
  return text.size() >= least && text.size() <= most && std::all_of(text.begin(), text.end(), predicate);
}

inline bool isToken(std::string_view text) {
  return all(text, 1, text.size(), isTokenChar);
}

/// 1*DIGIT, and not over `most`; nullopt otherwise.
std::optional<std::uint64_t> number(std::string_view text, std::uint64_t most);

std::string lowered(std::string_view text);
std::string uppered(std::string_view text);
/// ABNF's literals are case-insensitive (RFC 5234 §2.3). `literal` is in lower case.
bool matches(std::string_view text, std::string_view literal);

/// Without the spaces around it.
std::string_view trimmed(std::string_view text);
/// Takes the next word off the text; empty at the end. The grammars have one space between words; more, and some at the
/// end, are what hands and scripts leave, and say nothing else.
std::string_view nextWord(std::string_view& text, std::string_view separators = " ");

/// A sentence of what is wrong with the line at hand; parse() says which line that is.
inline Error malformed(std::string_view what) {
  return Error(Error::Syntax, std::string(what));
}
inline Error tooMany(std::string_view what) {
  return Error(Error::QuotaExceeded, std::string(what));
}

}  // namespace portico::sdp
