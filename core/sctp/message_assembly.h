// Messages that usrsctp hands up in pieces: those over the point that usrsctp_socket.cc sets for it. Whole messages,
// nearly all, pass through without being copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "core/sctp/usrsctp_memory.h"

namespace portico::sctp {

/// Memory that usrsctp handed over.
struct FreeDeleter {
  void operator()(void* memory) const { freeUsrsctpMemory(memory); }
};

struct Piece {
  std::unique_ptr<std::byte, FreeDeleter> data;
  std::size_t bytes = 0;
};

class MessageAssembly {
 public:
  enum class Added : std::uint8_t { more, whole, tooLong };

  /// All unfinished messages together get room for two of the longest: the peer sends one message after the other (no
  /// I-DATA), and only loss lets a second one begin before the first is complete.
  explicit MessageAssembly(std::size_t maxMessageBytes) : maxMessageBytes_(maxMessageBytes) {}

  /// `whole`: `piece` is the message now.
  Added add(std::uint16_t stream, Piece& piece, bool last);
  /// The peer began the stream anew, or the rest was given up.
  void drop(std::uint16_t stream);

 private:
  [[nodiscard]] bool append(Piece& message, const Piece& piece) const;

  std::size_t maxMessageBytes_;
  std::size_t heldBytes_ = 0;
  std::unordered_map<std::uint16_t, Piece> unfinished_;
};

}  // namespace portico::sctp
