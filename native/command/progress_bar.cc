#include "native/command/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

namespace portico::command {
namespace {

constexpr int kBarColumns = 30;

template <typename... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

}  // namespace

std::string formatBytes(double bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return print("%.0f bytes", bytes);
  std::size_t unit = 0;
  for (bytes /= 1000; bytes >= 999.95 && unit + 1 < kUnits.size(); ++unit) bytes /= 1000;
  return print("%.1f %s", bytes, kUnits[unit]);
}

std::string formatSeconds(double seconds) {
  if (seconds < 60) return print("%.1f s", seconds);
  const auto whole = static_cast<long>(std::lround(std::min(seconds, 1e9)));
  return print("%ld min %02ld s", whole / 60, whole % 60);
}

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) != 0) {}

void ProgressBar::draw(const TransferCount& count) {
  if (!terminal_) return;
  const auto bytes = static_cast<double>(count.bytes);
  const double part = count.total == 0 ? 0 : bytes / static_cast<double>(count.total);
  const double rate = count.seconds > 0 ? bytes / count.seconds : 0;
  const auto filled = static_cast<std::size_t>(std::lround(part * kBarColumns));
  std::string bar(filled, '#');
  bar.resize(kBarColumns, '.');
  const std::string left = rate > 0 ? formatSeconds((static_cast<double>(count.total) - bytes) / rate) + " left" : "";
  std::cerr << "\r\033[K[" << bar << print("] %3.0f %%  ", part * 100) << formatBytes(bytes) << "  "
            << formatBytes(rate) << "/s  " << left << std::flush;
  drawn_ = true;
}

void ProgressBar::clear() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace portico::command
