#include "core/datachannel/dcep.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <string_view>

#include "core/datachannel/utf8.h"

namespace portico::datachannel {

namespace {

// RFC 8832 §5.1
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +---------------+---------------+-------------------------------+
//  | Message Type  | Channel Type  |           Priority            |
//  +---------------+---------------+-------------------------------+
//  |                     Reliability Parameter                     |
//  +-------------------------------+-------------------------------+
//  |         Label Length          |        Protocol Length        |
//  +-------------------------------+-------------------------------+
//  |                       Label, then Protocol                    |
constexpr std::size_t kOpenHeaderBytes = 12;

// RFC 8832 §8.2.2: the kind of reliability, and a bit beside it.
constexpr std::uint8_t kReliable = 0x00;
constexpr std::uint8_t kLimitedRetransmits = 0x01;
constexpr std::uint8_t kLimitedLifetime = 0x02;
constexpr std::uint8_t kUnorderedBit = 0x80;

std::uint32_t readBigEndian(ByteView bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = (value << 8) | std::to_integer<std::uint32_t>(byte);
  return value;
}

void appendBigEndian(ByteVector& out, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift));
}

void append(ByteVector& out, std::string_view text) {
  const ByteView bytes = asBytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// False for a channel type that RFC 8832 leaves unassigned or reserves.
bool setReliability(DataChannelParameters& parameters, std::uint8_t channelType, std::uint32_t limit) {
  const auto most = std::uint32_t{std::numeric_limits<std::uint16_t>::max()};
  const auto clamped = static_cast<std::uint16_t>(std::min(limit, most));
  parameters.ordered = (channelType & kUnorderedBit) == 0;
  switch (channelType & ~kUnorderedBit) {
    case kReliable:  // §5.1: the reliability parameter is ignored
      return true;
    case kLimitedRetransmits:
      parameters.maxRetransmits = clamped;
      return true;
    case kLimitedLifetime:
      parameters.maxPacketLifeTime = clamped;
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<DcepType> dcepTypeOf(ByteView message) {
  if (message.empty()) return std::nullopt;
  const auto type = static_cast<DcepType>(message[0]);
  if (type != DcepType::ack && type != DcepType::open) return std::nullopt;
  return type;
}

std::optional<DataChannelParameters> parseDcepOpen(ByteView message) {
  if (message.size() < kOpenHeaderBytes || dcepTypeOf(message) != DcepType::open) return std::nullopt;
  const std::size_t labelBytes = readBigEndian(message.subspan(8, 2));
  const std::size_t protocolBytes = readBigEndian(message.subspan(10, 2));
  if (message.size() - kOpenHeaderBytes < labelBytes + protocolBytes) return std::nullopt;

  DataChannelParameters parameters;
  const auto channelType = std::to_integer<std::uint8_t>(message[1]);
  if (!setReliability(parameters, channelType, readBigEndian(message.subspan(4, 4)))) return std::nullopt;
  parameters.priority = static_cast<std::uint16_t>(readBigEndian(message.subspan(2, 2)));
  parameters.label = sanitizedUtf8(asText(message.subspan(kOpenHeaderBytes, labelBytes)));
  parameters.protocol = sanitizedUtf8(asText(message.subspan(kOpenHeaderBytes + labelBytes, protocolBytes)));
  return parameters;
}

ByteVector writeDcepOpen(const DataChannelParameters& parameters) {
  assert(parameters.label.size() <= 0xFFFF && parameters.protocol.size() <= 0xFFFF);
  std::uint8_t channelType = parameters.ordered ? kReliable : kUnorderedBit;
  std::uint32_t limit = 0;
  if (parameters.maxRetransmits) {
    channelType |= kLimitedRetransmits;
    limit = *parameters.maxRetransmits;
  } else if (parameters.maxPacketLifeTime) {
    channelType |= kLimitedLifetime;
    limit = *parameters.maxPacketLifeTime;
  }
  ByteVector out;
  out.reserve(kOpenHeaderBytes + parameters.label.size() + parameters.protocol.size());
  appendBigEndian(out, static_cast<std::uint8_t>(DcepType::open), 1);
  appendBigEndian(out, channelType, 1);
  appendBigEndian(out, parameters.priority, 2);
  appendBigEndian(out, limit, 4);
  appendBigEndian(out, static_cast<std::uint32_t>(parameters.label.size()), 2);
  appendBigEndian(out, static_cast<std::uint32_t>(parameters.protocol.size()), 2);
  append(out, parameters.label);
  append(out, parameters.protocol);
  return out;
}

}  // namespace portico::datachannel
