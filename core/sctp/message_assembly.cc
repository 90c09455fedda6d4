#include "core/sctp/message_assembly.h"

#include <cstring>
#include <utility>

namespace portico::sctp {

MessageAssembly::Added MessageAssembly::add(std::uint16_t stream, Piece& piece, bool last) {
  const auto found = unfinished_.find(stream);
  const std::size_t before = found == unfinished_.end() ? 0 : found->second.bytes;
  if (piece.bytes > maxMessageBytes_ || before > maxMessageBytes_ - piece.bytes) return Added::tooLong;
  if (before == 0 && last) return Added::whole;
  if (heldBytes_ + piece.bytes > 2 * maxMessageBytes_) return Added::tooLong;

  heldBytes_ += piece.bytes;
  if (found == unfinished_.end()) {
    unfinished_.emplace(stream, std::move(piece));
    return Added::more;
  }
  if (!append(found->second, piece)) return Added::tooLong;
  if (!last) return Added::more;
  piece = std::move(found->second);
  heldBytes_ -= piece.bytes;
  unfinished_.erase(found);
  return Added::whole;
}

void MessageAssembly::drop(std::uint16_t stream) {
  const auto found = unfinished_.find(stream);
  if (found == unfinished_.end()) return;
  heldBytes_ -= found->second.bytes;
  unfinished_.erase(found);
}

bool MessageAssembly::append(Piece& message, const Piece& piece) const {
  // This grows large blocks by remapping pages, so that the pieces are not copied again and again.
  auto* grown = static_cast<std::byte*>(reallocateUsrsctpMemory(message.data.get(), message.bytes + piece.bytes));
  if (!grown) return false;
  static_cast<void>(message.data.release());
  message.data.reset(grown);
  std::memcpy(grown + message.bytes, piece.data.get(), piece.bytes);
  message.bytes += piece.bytes;
  return true;
}

}  // namespace portico::sctp
