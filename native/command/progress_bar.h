// A line that redraws itself, for people at a terminal. To anything else it says nothing.
#pragma once

#include <string>

#include "native/command/transfer.h"

namespace portico::command {

class ProgressBar {
 public:
  ProgressBar();

  void draw(const TransferCount& count);
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
};

/// "1.5 MB", "268.4 MB", "12 bytes".
std::string formatBytes(double bytes);
/// "1.2 s", "4 min 05 s".
std::string formatSeconds(double seconds);

}  // namespace portico::command
