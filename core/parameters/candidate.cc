// The candidate-attribute of RFC 8839 §5.1:
//
//   candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type>
//     [raddr <address>] [rport <port>] *(<extension name> <extension value>)
#include <algorithm>
#include <array>

#include "portico/parameters.h"

namespace portico {
namespace {

// An attribute of a browser has about 150 characters; a name of 253 and extensions to come have room.
constexpr std::size_t kMaxAttributeCharacters = 2048;
constexpr std::size_t kMaxFoundationCharacters = 32;         // RFC 8839 §5.1
constexpr std::size_t kMaxTokenCharacters = 32;              // our bound on a transport or a type that we don't know
constexpr std::size_t kMaxNameCharacters = 253;              // RFC 1035 §2.3.4, in text
constexpr std::size_t kMaxUsernameFragmentCharacters = 256;  // RFC 8839 §5.4
constexpr std::uint32_t kMaxComponent = 256;                 // RFC 8445 §5.1.1.1
constexpr std::uint32_t kMaxPriority = 0x7fff'ffff;          // RFC 8445 §5.1.2
constexpr std::uint32_t kMaxPort = 0xffff;

Error malformed(std::string_view what) {
  return Error(Error::Operation, "The candidate can't be parsed: " + std::string(what) + " (RFC 8839 section 5.1).");
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlphanumeric(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isIceChar(char c) {
  return isAlphanumeric(c) || c == '+' || c == '/';
}
/// RFC 3261 §25.1.
bool isTokenChar(char c) {
  return isAlphanumeric(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
}
bool isNameChar(char c) {
  return isAlphanumeric(c) || c == '-' || c == '.' || c == '_';
}

template <typename Predicate>
bool all(std::string_view text, std::size_t limit, Predicate predicate) {
  return !text.empty() && text.size() <= limit && std::all_of(text.begin(), text.end(), predicate);
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t low, std::uint32_t high) {
  if (!all(text, 10, isDigit)) return std::nullopt;  // 1*10DIGIT at most
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  if (value < low || value > high) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// ABNF's literals are case-insensitive (RFC 5234 §2.3). `literal` is in lower case.
bool matches(std::string_view text, std::string_view literal) {
  return text.size() == literal.size() && lowered(text) == literal;
}

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool dropPrefix(std::string_view& text, std::string_view prefix) {
  if (!matches(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The next word, without the blanks around it; empty at the end.
std::string_view nextWord(std::string_view& text) {
  text = trimmed(text);
  const auto end = std::find_if(text.begin(), text.end(), isBlank);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

/// An IP literal or a name. A zone is cut off: it names an interface of the machine that wrote it (RFC 4007 §6).
std::optional<std::string> connectionAddress(std::string_view text) {
  if (IpAddress::parse(text)) return std::string(text.substr(0, text.find('%')));
  if (!all(text, kMaxNameCharacters, isNameChar)) return std::nullopt;
  // What is written like IPv4 and is not must not go to a resolver: the last label of a name is never a number
  // (RFC 1123 §2.1).
  std::string_view last = text;
  if (last.back() == '.') last.remove_suffix(1);
  if (const std::size_t dot = last.rfind('.'); dot != std::string_view::npos) last.remove_prefix(dot + 1);
  if (last.empty() || std::all_of(last.begin(), last.end(), isDigit)) return std::nullopt;
  return std::string(text);
}

bool isTcpType(std::string_view text) {
  return text == "active" || text == "passive" || text == "so";  // RFC 6544 §4.5
}

/// One name and its value after the type. What we don't know is skipped (RFC 8839 §5.1).
std::optional<Error> takeExtension(std::string_view name, std::string_view value, IceCandidate& candidate) {
  if (matches(name, "raddr")) {
    candidate.relatedAddress = connectionAddress(value);
    if (!candidate.relatedAddress) return malformed("raddr has no valid address");
  } else if (matches(name, "rport")) {
    const auto port = number(value, 0, kMaxPort);
    if (!port) return malformed("rport is not a port");
    candidate.relatedPort = static_cast<std::uint16_t>(*port);
  } else if (matches(name, "tcptype")) {
    std::string type = lowered(value.substr(0, kMaxTokenCharacters));
    if (isTcpType(type)) candidate.tcpType = std::move(type);
  } else if (matches(name, "ufrag")) {
    if (!all(value, kMaxUsernameFragmentCharacters, isIceChar)) return malformed("ufrag is not made of ice-chars");
    candidate.usernameFragment = std::string(value);
  }
  return std::nullopt;
}

/// Everything up to the port.
std::optional<Error> takeFixedFields(std::string_view& text, IceCandidate& candidate) {
  const std::string_view foundation = nextWord(text);
  if (!all(foundation, kMaxFoundationCharacters, isIceChar))
    return malformed("the foundation is not 1 to 32 ice-chars");
  candidate.foundation = foundation;

  const auto component = number(nextWord(text), 1, kMaxComponent);
  if (!component) return malformed("the component is not a number from 1 to 256");
  candidate.component = static_cast<std::uint16_t>(*component);

  const std::string_view transport = nextWord(text);
  if (!all(transport, kMaxTokenCharacters, isTokenChar)) return malformed("the transport is not a token");
  candidate.protocol = lowered(transport);

  const auto priority = number(nextWord(text), 1, kMaxPriority);
  if (!priority) return malformed("the priority is not a number from 1 to 2147483647");
  candidate.priority = *priority;

  auto address = connectionAddress(nextWord(text));
  if (!address) return malformed("the address is neither an IP address nor a name");
  candidate.address = std::move(*address);

  const auto port = number(nextWord(text), 0, kMaxPort);
  if (!port) return malformed("the port is not a number from 0 to 65535");
  candidate.port = static_cast<std::uint16_t>(*port);
  return std::nullopt;
}

}  // namespace

Result<IceCandidate> IceCandidate::parse(std::string_view candidateAttribute) {
  if (candidateAttribute.size() > kMaxAttributeCharacters) return malformed("it is longer than 2048 characters");
  std::string_view text = trimmed(candidateAttribute);
  dropPrefix(text, "a=");
  dropPrefix(text, "candidate:");

  IceCandidate candidate;
  if (auto error = takeFixedFields(text, candidate)) return *error;
  if (!matches(nextWord(text), "typ")) return malformed("\"typ\" is missing");
  const std::string_view type = nextWord(text);
  if (!all(type, kMaxTokenCharacters, isTokenChar)) return malformed("the type is not a token");
  candidate.type = lowered(type);

  while (true) {
    const std::string_view name = nextWord(text);
    if (name.empty()) return candidate;
    // An extension's value may be empty (extension-att-value = *VCHAR).
    if (auto error = takeExtension(name, nextWord(text), candidate)) return *error;
  }
}

std::string IceCandidate::candidate() const {
  if (foundation.empty() && address.empty()) return "";  // W3C's way to say that no more come
  std::string out = "candidate:" + foundation + ' ' + std::to_string(component) + ' ' + protocol + ' ' +
                    std::to_string(priority) + ' ' + address + ' ' + std::to_string(port) + " typ " + type;
  if (relatedAddress) out += " raddr " + *relatedAddress;
  if (relatedPort) out += " rport " + std::to_string(*relatedPort);
  if (tcpType) out += " tcptype " + *tcpType;
  if (usernameFragment) out += " ufrag " + *usernameFragment;
  return out;
}

}  // namespace portico
