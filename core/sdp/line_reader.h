// The lines of a session description: <type>=<value>, RFC 8866 §5.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "portico/platform/result.h"

namespace portico::sdp {

struct Line {
  char type = 0;
  std::string_view value{};
};

class LineReader {
 public:
  /// The text must outlive the reader and what it reads.
  explicit LineReader(std::string_view text);

  /// nullopt at the end. After an error there is nothing more to read.
  Result<std::optional<Line>> next();

  /// Of the line that was read last, from 1; at the end, of the one that would have come.
  [[nodiscard]] std::uint32_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace portico::sdp
