// Lines to a file descriptor, without holding up the loop for a reader that is slow.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "portico/native/loop.h"

namespace portico::command {

/// What may wait for the reader. Over it the loop waits, too: nothing is lost, and the peer is slowed down by SCTP's
/// own window, which is the back-pressure that the reader asks for.
inline constexpr std::size_t kMaxOutputBytes = 16 * 1024 * 1024;

/// The lines of one wake-up go out together, after it.
class LineWriter {
 public:
  /// `onBroken`: the reader is gone. Once, from the loop. The descriptor stays the caller's and is not made
  /// non-blocking: others may share it.
  LineWriter(Loop& loop, int fd, std::function<void()> onBroken);

  void write(std::string_view line);
  /// Waits until everything is written. For the end of the program.
  void finish();

 private:
  enum class Kind { file, pipe, socket };

  void flush();
  bool writeSome();
  void broken();
  static Kind kindOf(int fd);

  Loop& loop_;
  int fd_;
  Kind kind_;
  std::function<void()> onBroken_;
  std::unique_ptr<Watcher> watcher_;
  std::string waiting_;
  std::size_t written_ = 0;  ///< of waiting_
  bool flushAsked_ = false;
  bool broken_ = false;
};

}  // namespace portico::command
