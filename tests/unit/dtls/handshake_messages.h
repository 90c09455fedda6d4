// Plain (epoch 0) handshake records taken apart and put together again, for tests that play the network.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "portico/platform/bytes.h"

namespace portico::dtls {

inline constexpr std::uint8_t kClientHello = 1;
inline constexpr std::uint8_t kServerHello = 2;
inline constexpr std::uint8_t kCertificate = 11;
inline constexpr std::uint8_t kClientKeyExchange = 16;

struct HandshakeMessage {
  std::uint8_t type = 0;
  std::uint16_t sequence = 0;
  ByteVector body;
};

/// The records of a datagram, header and all.
std::vector<ByteView> splitRecords(ByteView datagram);
/// The unfragmented handshake messages in plain records of these datagrams; everything else is left out.
std::vector<HandshakeMessage> plainHandshakeMessages(std::span<const ByteVector> datagrams);
bool containsMessage(std::span<const ByteVector> datagrams, std::uint8_t type);

/// One datagram with one record, which has `length` bytes of the message from `offset`.
ByteVector fragmentOf(const HandshakeMessage& message, std::size_t offset, std::size_t length,
                      std::uint64_t recordSequence);
ByteVector record(std::uint8_t type, std::uint16_t epoch, std::uint64_t sequence, ByteView payload);

/// The body of an extension in a ClientHello; nullopt if it is not there.
std::optional<ByteVector> clientHelloExtension(ByteView clientHello, std::uint16_t type);
/// The same ClientHello with one more extension.
ByteVector withExtension(ByteView clientHello, std::uint16_t type, ByteView body);
/// The cipher suites that a ClientHello offers, in order.
std::vector<std::uint16_t> offeredCipherSuites(ByteView clientHello);

}  // namespace portico::dtls
