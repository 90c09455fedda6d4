// Lines from a file descriptor, as the loop finds them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "portico/native/loop.h"

namespace portico::command {

/// A message of 256 KiB in base64 is 350 KB; candidates and certificates are far less. A longer line is dropped whole.
inline constexpr std::size_t kMaxLineBytes = 1024 * 1024;

class LineReader {
 public:
  struct Handlers {
    std::function<void(std::string_view line)> onLine;  ///< without its line break; never empty
    std::function<void()> onTooLong;                    ///< at once, when the line grew over the bound
    std::function<void()> onEnd;                        ///< once; also for a descriptor that can't be read
  };

  /// The descriptor stays the caller's and is not made non-blocking: others may share it.
  LineReader(Loop& loop, int fd, Handlers handlers);

 private:
  void read();
  void take(std::string_view bytes);
  void endLine();
  void end();

  int fd_;
  Handlers handlers_;
  std::unique_ptr<Watcher> watcher_;
  std::string line_;
  bool skipping_ = false;  ///< inside a line that was too long
  bool ended_ = false;
};

}  // namespace portico::command
