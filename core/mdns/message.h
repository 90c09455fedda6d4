// Multicast DNS messages (RFC 6762 §18, RFC 1035 §4), as far as names of candidates go: all else in them is passed
// over.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/mdns/name.h"
#include "core/wire/byte_writer.h"
#include "portico/platform/bytes.h"
#include "portico/platform/socket_address.h"

namespace portico::mdns {

inline constexpr std::size_t kMaxReadBytes = 9'000;   ///< RFC 6762 §17: no message is longer
inline constexpr std::size_t kMaxWrittenBytes = 512;  ///< ours has a question and a record or two
inline constexpr std::size_t kMaxQuestions = 32;      ///< of ours that one packet asks; what is more is passed over
inline constexpr std::size_t kMaxRecords = 32;        ///< the same for answers
inline constexpr std::size_t kMaxPointers = 16;       ///< compression pointers in one name; writers need one or two

enum class RecordType : std::uint16_t { a = 1, aaaa = 28, nsec = 47, any = 255 };
inline RecordType typeOf(IpFamily family) {
  return family == IpFamily::v4 ? RecordType::a : RecordType::aaaa;
}

struct Question {
  Name name;
  RecordType type = RecordType::any;  ///< or a number that has no name here
  bool unicast = false;               ///< RFC 6762 §5.4: the answer may come by unicast
};

struct AddressRecord {
  Name name;
  IpAddress address;
  std::uint32_t ttl = 0;  ///< seconds; 0: goodbye (RFC 6762 §10.1)
  bool flush = false;     ///< RFC 6762 §10.2: what was known before is void
};

struct Message {
  std::uint16_t id = 0;
  bool response = false;
  std::vector<Question> questions;
  /// Answers and additional records; of a query those that its sender knows (RFC 6762 §7.1).
  std::vector<AddressRecord> records;

  /// Nothing for what is malformed anywhere, or has an opcode or a response code (RFC 6762 §18.3, §18.11).
  static std::optional<Message> parse(ByteView packet);
};

/// Writes one message into `room`: first questions, then records.
class MessageWriter {
 public:
  MessageWriter(MutableByteView room, std::uint16_t id, bool response);

  void question(const Question& question);
  void address(const AddressRecord& record);
  /// RFC 6762 §6.1: `name` has a record of `present` and none of another type (NSEC).
  void onlyType(const Name& name, RecordType present, std::uint32_t ttl, bool flush);
  /// Empty where it did not fit.
  [[nodiscard]] ByteView finish();

 private:
  void name(const Name& name);
  void recordHeader(const Name& name, RecordType type, bool flush, std::uint32_t ttl);

  ByteWriter writer_;
  std::uint16_t questions_ = 0;
  std::uint16_t answers_ = 0;
};

}  // namespace portico::mdns
