#include "core/mdns/name.h"

namespace portico::mdns {
namespace {

constexpr std::string_view kDomain = ".local";

constexpr bool isHyphenAt(std::size_t index) {
  return index == 8 || index == 13 || index == 18 || index == 23;
}

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<unsigned> hexDigit(char c) {
  c = lowered(c);
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::optional<Name> Name::parse(std::string_view text) {
  if (text.size() != kUuidCharacters + kDomain.size()) return std::nullopt;
  for (std::size_t i = 0; i < kDomain.size(); ++i) {
    if (lowered(text[kUuidCharacters + i]) != kDomain[i]) return std::nullopt;
  }
  Name name;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kUuidCharacters; ++i) {
    if (isHyphenAt(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const auto digit = hexDigit(text[i]);
    if (!digit) return std::nullopt;
    std::byte& byte = name.uuid_[digits++ / 2];
    byte = byte << 4 | static_cast<std::byte>(*digit);
  }
  return name;
}

Name Name::random(Random& random) {
  Name name;
  random.randomBytes(name.uuid_);
  name.uuid_[6] = (name.uuid_[6] & std::byte{0x0F}) | std::byte{0x40};  // version 4
  name.uuid_[8] = (name.uuid_[8] & std::byte{0x3F}) | std::byte{0x80};  // the variant of RFC 4122
  return name;
}

std::string Name::toString() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(kUuidCharacters + kDomain.size());
  for (const std::byte byte : uuid_) {
    if (isHyphenAt(text.size())) text += '-';
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{0x0F})];
  }
  return text.append(kDomain);
}

}  // namespace portico::mdns
