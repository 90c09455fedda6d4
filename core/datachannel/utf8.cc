#include "core/datachannel/utf8.h"

#include <cstddef>
#include <cstdint>

namespace portico::datachannel {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// One code point, or one maximal subpart of something that is none.
struct Piece {
  std::size_t bytes = 1;
  bool valid = false;
};

struct Lead {
  std::size_t continuations = 0;
  std::uint8_t secondLow = 0x80;  // narrower after some leads: no overlong forms, surrogates, or beyond U+10FFFF
  std::uint8_t secondHigh = 0xBF;
};

/// RFC 3629 §4, its table of UTF8-2, UTF8-3 and UTF8-4. No continuations: not a lead byte.
Lead leadOf(std::uint8_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {1, 0x80, 0xBF};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {2, 0x80, 0xBF};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {3, 0x80, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {};
}

/// `bytes` is not empty.
Piece firstPiece(std::string_view bytes) {
  const auto at = [bytes](std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); };
  if (at(0) < 0x80) return {1, true};
  const Lead lead = leadOf(at(0));
  if (lead.continuations == 0) return {1, false};
  for (std::size_t index = 1; index <= lead.continuations; ++index) {
    const std::uint8_t low = index == 1 ? lead.secondLow : 0x80;
    const std::uint8_t high = index == 1 ? lead.secondHigh : 0xBF;
    if (index >= bytes.size() || at(index) < low || at(index) > high) return {index, false};
  }
  return {lead.continuations + 1, true};
}

}  // namespace

bool isUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Piece piece = firstPiece(bytes);
    if (!piece.valid) return false;
    bytes.remove_prefix(piece.bytes);
  }
  return true;
}

std::string sanitizedUtf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const Piece piece = firstPiece(bytes);
    text += piece.valid ? bytes.substr(0, piece.bytes) : kReplacement;
    bytes.remove_prefix(piece.bytes);
  }
  return text;
}

}  // namespace portico::datachannel
