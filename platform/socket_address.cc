#include "portico/platform/socket_address.h"

#include <algorithm>

namespace portico {
namespace {

// The longest legal text: eight groups of four digits, or six groups and a dotted quad, and a scope of 32 bits.
constexpr std::size_t kMaxAddressCharacters = 45 + 11;
constexpr std::size_t kGroups = 8;

/// A decimal number without sign, blanks or leading zeros, of at most `limit`.
std::optional<std::uint32_t> parseDecimal(std::string_view text, std::uint32_t limit) {
  if (text.empty() || text.size() > 10 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > limit) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::optional<std::uint32_t> parseDottedQuad(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto octet = parseDecimal(text.substr(0, dot), 255);
    if (!octet) return std::nullopt;
    value = value << 8 | *octet;
    if (part < 3) text.remove_prefix(dot + 1);
  }
  return value;
}

/// One to four hexadecimal digits.
std::optional<std::uint16_t> parseGroup(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A') + 10;
    } else {
      return std::nullopt;
    }
    value = value << 4 | digit;
  }
  return static_cast<std::uint16_t>(value);
}

struct GroupList {
  std::array<std::uint16_t, kGroups> groups{};
  std::size_t count = 0;
};

/// Groups with single colons between them; the last may be a dotted quad where `mayEndInV4`. Empty text has none.
bool parseGroups(std::string_view text, bool mayEndInV4, GroupList& out) {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && mayEndInV4 && part.find('.') != std::string_view::npos) {
      const auto quad = parseDottedQuad(part);
      if (!quad || out.count + 2 > kGroups) return false;
      out.groups[out.count++] = static_cast<std::uint16_t>(*quad >> 16);
      out.groups[out.count++] = static_cast<std::uint16_t>(*quad & 0xffff);
      return true;
    }
    const auto group = parseGroup(part);
    if (!group || out.count == kGroups) return false;
    out.groups[out.count++] = *group;
    if (last) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;  // a colon at the end
  }
  return true;
}

/// RFC 4291 §2.2, without scope.
std::optional<std::array<std::byte, 16>> parseV6(std::string_view text) {
  GroupList head;
  GroupList tail;
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!parseGroups(text, true, head) || head.count != kGroups) return std::nullopt;
  } else {
    // RFC 4291 §2.2.2: "::" stands for one or more groups of zeros, and appears once.
    if (!parseGroups(text.substr(0, gap), false, head) || !parseGroups(text.substr(gap + 2), true, tail) ||
        head.count + tail.count >= kGroups) {
      return std::nullopt;
    }
  }
  std::array<std::byte, 16> bytes{};
  const auto place = [&bytes](std::size_t index, std::uint16_t group) {
    bytes[2 * index] = static_cast<std::byte>(group >> 8);
    bytes[2 * index + 1] = static_cast<std::byte>(group & 0xff);
  };
  for (std::size_t i = 0; i < head.count; ++i) place(i, head.groups[i]);
  for (std::size_t i = 0; i < tail.count; ++i) place(kGroups - tail.count + i, tail.groups[i]);
  return bytes;
}

void appendDottedQuad(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(value >> shift & 0xff);
    if (shift > 0) out += '.';
  }
}

void appendGroup(std::string& out, std::uint16_t group) {
  // RFC 5952 §4.1 and §4.3: no leading zeros, lower case.
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = static_cast<unsigned>(group) >> shift & 0xf;
    if (digit == 0 && !started && shift > 0) continue;
    started = true;
    out += "0123456789abcdef"[digit];
  }
}

std::uint32_t load32(const std::byte* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

struct ZeroRun {
  std::size_t begin = kGroups;
  std::size_t length = 0;
};

/// RFC 5952 §4.2: the longest run of at least two zero groups, the first of them where several are as long.
ZeroRun longestZeroRun(const std::array<std::uint16_t, kGroups>& groups) {
  ZeroRun best;
  for (std::size_t i = 0; i < kGroups;) {
    std::size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i >= 2 && end - i > best.length) best = ZeroRun{i, end - i};
    i = std::max(end, i + 1);
  }
  return best;
}

}  // namespace

IpAddress IpAddress::fromV4(std::uint32_t hostOrder) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) address.bytes_[i] = static_cast<std::byte>(hostOrder >> (24 - 8 * i) & 0xff);
  return address;
}

IpAddress IpAddress::fromV6(std::span<const std::byte, 16> networkOrder, std::uint32_t scope) {
  IpAddress address;
  std::copy(networkOrder.begin(), networkOrder.end(), address.bytes_.begin());
  address.scope_ = scope;
  address.family_ = IpFamily::v6;
  return address;
}

IpAddress IpAddress::any(IpFamily family) {
  IpAddress address;
  address.family_ = family;
  return address;
}

IpAddress IpAddress::loopback(IpFamily family) {
  if (family == IpFamily::v4) return fromV4(0x7f000001);
  IpAddress address = any(IpFamily::v6);
  address.bytes_[15] = std::byte{1};
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.empty() || text.size() > kMaxAddressCharacters) return std::nullopt;
  if (text.find(':') == std::string_view::npos) {
    const auto quad = parseDottedQuad(text);
    if (!quad) return std::nullopt;
    return fromV4(*quad);
  }
  std::uint32_t scope = 0;
  if (const std::size_t percent = text.find('%'); percent != std::string_view::npos) {
    const auto number = parseDecimal(text.substr(percent + 1), 0xffff'ffff);
    if (!number) return std::nullopt;
    scope = *number;
    text = text.substr(0, percent);
  }
  const auto bytes = parseV6(text);
  if (!bytes) return std::nullopt;
  return fromV6(*bytes, scope);
}

std::uint32_t IpAddress::v4() const {
  return isV4() ? load32(bytes_.data()) : 0;
}

bool IpAddress::isAny() const {
  return std::all_of(bytes_.begin(), bytes_.end(), [](std::byte b) { return b == std::byte{0}; });
}

bool IpAddress::isLoopback() const {
  if (isV4()) return bytes_[0] == std::byte{127};
  return bytes_ == loopback(IpFamily::v6).bytes_;
}

bool IpAddress::isLinkLocal() const {
  if (isV4()) return bytes_[0] == std::byte{169} && bytes_[1] == std::byte{254};
  return bytes_[0] == std::byte{0xfe} && (bytes_[1] & std::byte{0xc0}) == std::byte{0x80};
}

bool IpAddress::isMulticast() const {
  if (isV4()) return (bytes_[0] & std::byte{0xf0}) == std::byte{0xe0};
  return bytes_[0] == std::byte{0xff};
}

bool IpAddress::isV4Mapped() const {
  if (isV4()) return false;
  return std::all_of(bytes_.begin(), bytes_.begin() + 10, [](std::byte b) { return b == std::byte{0}; }) &&
         bytes_[10] == std::byte{0xff} && bytes_[11] == std::byte{0xff};
}

bool IpAddress::isSiteLocal() const {
  return isV6() && bytes_[0] == std::byte{0xfe} && (bytes_[1] & std::byte{0xc0}) == std::byte{0xc0};
}

std::string IpAddress::toString() const {
  std::string out;
  if (isV4()) {
    appendDottedQuad(out, v4());
    return out;
  }
  if (isV4Mapped()) {
    // RFC 5952 §5: mixed notation for a well-known prefix that embeds an IPv4 address.
    out = "::ffff:";
    appendDottedQuad(out, load32(&bytes_[12]));
  } else {
    std::array<std::uint16_t, kGroups> groups{};
    for (std::size_t i = 0; i < kGroups; ++i) {
      groups[i] = static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes_[2 * i]) << 8 |
                                             std::to_integer<unsigned>(bytes_[2 * i + 1]));
    }
    const ZeroRun run = longestZeroRun(groups);
    for (std::size_t i = 0; i < kGroups;) {
      if (i == run.begin) {
        out += "::";
        i += run.length;
        continue;
      }
      if (!out.empty() && out.back() != ':') out += ':';
      appendGroup(out, groups[i++]);
    }
  }
  if (scope_ != 0) out += '%' + std::to_string(scope_);
  return out;
}

bool operator<(const IpAddress& a, const IpAddress& b) {
  if (a.family_ != b.family_) return a.family_ < b.family_;
  if (a.bytes_ != b.bytes_) return a.bytes_ < b.bytes_;
  return a.scope_ < b.scope_;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parseDecimal(text.substr(colon + 1), 0xffff);
  if (!port) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  // Brackets are what tells an IPv6 address's colons from the port's (RFC 3986 §3.2.2).
  if (!ip || ip->isV6() != bracketed) return std::nullopt;
  SocketAddress address;
  address.ip = *ip;
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

std::string SocketAddress::toString() const {
  std::string out = ip.isV6() ? '[' + ip.toString() + ']' : ip.toString();
  out += ':';
  out += std::to_string(port);
  return out;
}

}  // namespace portico

std::size_t std::hash<portico::SocketAddress>::operator()(const portico::SocketAddress& address) const noexcept {
  // A peer picks its addresses, so that it can make keys collide; tables keyed by this hash are bounded in size.
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t state = static_cast<std::uint64_t>(address.ip.scope()) << 16 | address.port;
  const auto mix = [&state](std::uint32_t word) {
    state = (state ^ word) * kOdd;
    state ^= state >> 32;
  };
  mix(address.ip.isV4() ? 4 : 6);
  const portico::ByteView bytes = address.ip.bytes();
  for (std::size_t i = 0; i < bytes.size(); i += 4) mix(portico::load32(bytes.data() + i));
  return static_cast<std::size_t>(state);
}
