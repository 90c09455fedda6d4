#include "tests/unit/dtls/handshake_messages.h"

#include <algorithm>

namespace portico::dtls {
namespace {

constexpr std::size_t kRecordHeader = 13;
constexpr std::size_t kHandshakeHeader = 12;
constexpr std::uint8_t kHandshakeRecord = 22;

std::size_t number(ByteView bytes, std::size_t at, std::size_t length) {
  std::size_t value = 0;
  for (const std::byte b : bytes.subspan(at, length)) value = value << 8 | std::to_integer<std::size_t>(b);
  return value;
}

void append(ByteVector& out, std::uint64_t value, std::size_t length) {
  for (std::size_t i = length; i-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}

void append(ByteVector& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

struct HelloLayout {
  std::size_t cipherSuites;  ///< of the length of the list
  std::size_t extensions;    ///< of the length of the list
};

// RFC 6347 §4.2.1: version, random, session id, cookie, cipher suites, compression methods, extensions.
HelloLayout layoutOf(ByteView hello) {
  std::size_t at = 2 + 32;
  at += 1 + number(hello, at, 1);
  at += 1 + number(hello, at, 1);
  const std::size_t suites = at;
  at += 2 + number(hello, at, 2);
  at += 1 + number(hello, at, 1);
  return {suites, at};
}

}  // namespace

std::vector<ByteView> splitRecords(ByteView datagram) {
  std::vector<ByteView> records;
  while (datagram.size() >= kRecordHeader) {
    const std::size_t length = kRecordHeader + number(datagram, 11, 2);
    if (length > datagram.size()) break;
    records.push_back(datagram.first(length));
    datagram = datagram.subspan(length);
  }
  return records;
}

std::vector<HandshakeMessage> plainHandshakeMessages(std::span<const ByteVector> datagrams) {
  std::vector<HandshakeMessage> messages;
  for (const ByteVector& datagram : datagrams) {
    for (const ByteView one : splitRecords(datagram)) {
      if (number(one, 0, 1) != kHandshakeRecord || number(one, 3, 2) != 0) continue;
      ByteView rest = one.subspan(kRecordHeader);
      while (rest.size() >= kHandshakeHeader) {
        const std::size_t length = number(rest, 1, 3);
        if (number(rest, 9, 3) != length || rest.size() < kHandshakeHeader + length) break;
        messages.push_back({static_cast<std::uint8_t>(number(rest, 0, 1)),
                            static_cast<std::uint16_t>(number(rest, 4, 2)),
                            toVector(rest.subspan(kHandshakeHeader, length))});
        rest = rest.subspan(kHandshakeHeader + length);
      }
    }
  }
  return messages;
}

bool containsMessage(std::span<const ByteVector> datagrams, std::uint8_t type) {
  const auto messages = plainHandshakeMessages(datagrams);
  return std::any_of(messages.begin(), messages.end(),
                     [type](const HandshakeMessage& message) { return message.type == type; });
}

ByteVector record(std::uint8_t type, std::uint16_t epoch, std::uint64_t sequence, ByteView payload) {
  ByteVector out;
  append(out, type, 1);
  append(out, 0xFEFD, 2);
  append(out, epoch, 2);
  append(out, sequence, 6);
  append(out, payload.size(), 2);
  append(out, payload);
  return out;
}

ByteVector fragmentOf(const HandshakeMessage& message, std::size_t offset, std::size_t length,
                      std::uint64_t recordSequence) {
  ByteVector payload;
  append(payload, message.type, 1);
  append(payload, message.body.size(), 3);
  append(payload, message.sequence, 2);
  append(payload, offset, 3);
  append(payload, length, 3);
  append(payload, ByteView(message.body).subspan(offset, length));
  return record(kHandshakeRecord, 0, recordSequence, payload);
}

std::optional<ByteVector> clientHelloExtension(ByteView clientHello, std::uint16_t type) {
  ByteView rest = clientHello.subspan(layoutOf(clientHello).extensions + 2);
  while (rest.size() >= 4) {
    const std::size_t length = number(rest, 2, 2);
    if (number(rest, 0, 2) == type) return toVector(rest.subspan(4, length));
    rest = rest.subspan(4 + length);
  }
  return std::nullopt;
}

ByteVector withExtension(ByteView clientHello, std::uint16_t type, ByteView body) {
  const std::size_t at = layoutOf(clientHello).extensions;
  ByteVector out = toVector(clientHello.first(at));
  append(out, number(clientHello, at, 2) + 4 + body.size(), 2);
  append(out, clientHello.subspan(at + 2));
  append(out, type, 2);
  append(out, body.size(), 2);
  append(out, body);
  return out;
}

std::vector<std::uint16_t> offeredCipherSuites(ByteView clientHello) {
  const std::size_t at = layoutOf(clientHello).cipherSuites;
  std::vector<std::uint16_t> suites;
  for (std::size_t i = 0; i < number(clientHello, at, 2); i += 2) {
    suites.push_back(static_cast<std::uint16_t>(number(clientHello, at + 2 + i, 2)));
  }
  return suites;
}

}  // namespace portico::dtls
