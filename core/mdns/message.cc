#include "core/mdns/message.h"

#include <array>

#include "core/wire/byte_reader.h"

namespace portico::mdns {
namespace {

constexpr std::uint16_t kResponse = 0x8000;
constexpr std::uint16_t kAuthoritative = 0x0400;
constexpr std::uint16_t kOpcodeAndResponseCode = 0x780F;
constexpr std::uint16_t kTopBitOfClass = 0x8000;  // QU in a question, cache-flush in a record
constexpr std::uint16_t kInternet = 1;
constexpr std::uint16_t kAnyClass = 255;
constexpr std::uint8_t kPointer = 0xC0;
constexpr std::size_t kMaxNameBytes = 255;  // RFC 1035 §2.3.4, with lengths
constexpr std::size_t kCountsOffset = 4;

/// A name as text, for comparison with those that matter.
class NameText {
 public:
  /// False where the name has become too long.
  bool append(ByteView label) {
    bytes_ += label.size() + 1;
    if (bytes_ >= kMaxNameBytes) return false;
    if (length_ > 0) text_[length_++] = '.';
    for (const std::byte byte : label) {
      const char c = static_cast<char>(std::to_integer<unsigned char>(byte));
      text_[length_++] = c == '.' ? '\0' : c;  // a dot in a label divides nothing
    }
    return true;
  }
  [[nodiscard]] std::optional<Name> name() const { return Name::parse({text_.data(), length_}); }

 private:
  std::array<char, kMaxNameBytes> text_{};
  std::size_t length_ = 0;
  std::size_t bytes_ = 0;
};

/// RFC 1035 §4.1.4. A pointer leads to before the name that it is in, and so does the next: no loop is possible.
std::optional<NameText> readName(ByteView packet, ByteReader& reader) {
  NameText text;
  ByteReader elsewhere{ByteView()};
  ByteReader* at = &reader;
  std::size_t limit = packet.size() - reader.remaining();
  std::size_t pointers = 0;
  while (true) {
    const std::uint8_t length = at->u8();
    if (!at->ok()) return std::nullopt;
    if (length == 0) return text;
    if ((length & kPointer) == kPointer) {
      const std::size_t target = static_cast<std::size_t>(length & ~kPointer) << 8 | at->u8();
      if (!at->ok() || target >= limit || ++pointers > kMaxPointers) return std::nullopt;
      limit = target;
      elsewhere = ByteReader(packet.subspan(target));
      at = &elsewhere;
      continue;
    }
    if ((length & kPointer) != 0) return std::nullopt;  // reserved
    const ByteView label = at->bytes(length);
    if (!at->ok() || !text.append(label)) return std::nullopt;
  }
}

bool readQuestion(ByteView packet, ByteReader& reader, Message& message) {
  const auto text = readName(packet, reader);
  if (!text) return false;
  const auto type = static_cast<RecordType>(reader.u16());
  const std::uint16_t classBits = reader.u16();
  if (!reader.ok()) return false;
  const auto name = text->name();
  const auto plainClass = static_cast<std::uint16_t>(classBits & ~kTopBitOfClass);
  const bool concerns = name && (plainClass == kInternet || plainClass == kAnyClass);
  if (concerns && message.questions.size() < kMaxQuestions) {
    message.questions.push_back({*name, type, (classBits & kTopBitOfClass) != 0});
  }
  return true;
}

std::optional<IpAddress> readAddress(RecordType type, ByteView data) {
  if (type == RecordType::a && data.size() == 4) return IpAddress::fromV4(ByteReader(data).u32());
  if (type == RecordType::aaaa && data.size() == 16) return IpAddress::fromV6(data.first<16>());
  return std::nullopt;
}

bool readRecord(ByteView packet, ByteReader& reader, Message* message) {
  const auto text = readName(packet, reader);
  if (!text) return false;
  const auto type = static_cast<RecordType>(reader.u16());
  const std::uint16_t classBits = reader.u16();
  const std::uint32_t ttl = reader.u32();
  const ByteView data = reader.bytes(reader.u16());
  if (!reader.ok()) return false;
  const auto name = text->name();
  const auto address = readAddress(type, data);
  const bool concerns = name && address && (classBits & ~kTopBitOfClass) == kInternet;
  if (message != nullptr && concerns && message->records.size() < kMaxRecords) {
    message->records.push_back({*name, *address, ttl, (classBits & kTopBitOfClass) != 0});
  }
  return true;
}

}  // namespace

std::optional<Message> Message::parse(ByteView packet) {
  if (packet.size() > kMaxReadBytes) return std::nullopt;
  ByteReader reader(packet);
  Message message;
  message.id = reader.u16();
  const std::uint16_t flags = reader.u16();
  const std::uint16_t questions = reader.u16();
  const std::uint16_t answers = reader.u16();
  const std::uint16_t authorities = reader.u16();
  const std::uint16_t additional = reader.u16();
  if (!reader.ok() || (flags & kOpcodeAndResponseCode) != 0) return std::nullopt;
  message.response = (flags & kResponse) != 0;
  // The counts are believed only as far as there are bytes: an entry has five at least.
  for (std::size_t i = 0; i < questions; ++i) {
    if (!readQuestion(packet, reader, message)) return std::nullopt;
  }
  const std::size_t total = std::size_t{answers} + authorities + additional;
  for (std::size_t i = 0; i < total; ++i) {
    const bool authority = i >= answers && i < std::size_t{answers} + authorities;  // of probes, which are not ours
    if (!readRecord(packet, reader, authority ? nullptr : &message)) return std::nullopt;
  }
  return message;
}

MessageWriter::MessageWriter(MutableByteView room, std::uint16_t id, bool response) : writer_(room) {
  writer_.u16(id);
  writer_.u16(response ? kResponse | kAuthoritative : 0);  // RFC 6762 §18.4
  writer_.zeros(8);                                        // counts
}

void MessageWriter::name(const Name& name) {
  const std::string text = name.toString();
  writer_.u8(Name::kUuidCharacters);
  writer_.bytes(asBytes(std::string_view(text).substr(0, Name::kUuidCharacters)));
  const std::string_view domain = std::string_view(text).substr(Name::kUuidCharacters + 1);
  writer_.u8(static_cast<std::uint8_t>(domain.size()));
  writer_.bytes(asBytes(domain));
  writer_.u8(0);
}

void MessageWriter::question(const Question& question) {
  name(question.name);
  writer_.u16(static_cast<std::uint16_t>(question.type));
  writer_.u16(question.unicast ? kInternet | kTopBitOfClass : kInternet);
  ++questions_;
}

void MessageWriter::recordHeader(const Name& owner, RecordType type, bool flush, std::uint32_t ttl) {
  name(owner);
  writer_.u16(static_cast<std::uint16_t>(type));
  writer_.u16(flush ? kInternet | kTopBitOfClass : kInternet);
  writer_.u32(ttl);
  ++answers_;
}

void MessageWriter::address(const AddressRecord& record) {
  recordHeader(record.name, typeOf(record.address.family()), record.flush, record.ttl);
  const ByteView bytes = record.address.bytes();
  writer_.u16(static_cast<std::uint16_t>(bytes.size()));
  writer_.bytes(bytes);
}

void MessageWriter::onlyType(const Name& owner, RecordType present, std::uint32_t ttl, bool flush) {
  recordHeader(owner, RecordType::nsec, flush, ttl);
  const std::size_t lengthAt = writer_.size();
  writer_.u16(0);
  name(owner);  // RFC 6762 §6.1: the next name is the same
  const auto bit = static_cast<std::uint16_t>(present);
  const auto octets = static_cast<std::uint8_t>(bit / 8 + 1);
  writer_.u8(0);  // the window of types below 256
  writer_.u8(octets);
  writer_.zeros(octets - 1U);
  writer_.u8(static_cast<std::uint8_t>(0x80 >> bit % 8));
  writer_.patchU16(lengthAt, static_cast<std::uint16_t>(writer_.size() - lengthAt - 2));
}

ByteView MessageWriter::finish() {
  writer_.patchU16(kCountsOffset, questions_);
  writer_.patchU16(kCountsOffset + 2, answers_);
  return writer_.ok() ? writer_.written() : ByteView();
}

}  // namespace portico::mdns
