// Two processes of a benchmark: what they say to each other, and what they cost.
#pragma once

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>

#include "portico/native/loop.h"

namespace portico::bench {

inline double cpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline double residentKiB() {
  malloc_trim(0);
  long pages = 0;
  long resident = 0;
  if (FILE* statm = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(statm, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(statm);
  }
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024.0;
}

/// Strings over a socket pair, from and to the loop.
class Wire {
 public:
  Wire(Loop& loop, int fd) : fd_(fd) {
    watcher_ = *loop.watch(fd, [this] { read(); });
  }

  void send(const std::string& text) {
    const auto length = static_cast<std::uint32_t>(text.size());
    std::string frame(sizeof length, '\0');
    std::memcpy(frame.data(), &length, sizeof length);
    frame += text;
    for (std::size_t at = 0; at < frame.size();) {
      const ssize_t wrote = ::write(fd_, frame.data() + at, frame.size() - at);
      if (wrote <= 0) std::exit(1);
      at += static_cast<std::size_t>(wrote);
    }
  }

  std::function<void(const std::string&)> onText;

 private:
  void read() {
    char chunk[65'536];
    const ssize_t got = ::read(fd_, chunk, sizeof chunk);
    if (got <= 0) std::exit(0);  // the other process has gone
    pending_.append(chunk, static_cast<std::size_t>(got));
    std::uint32_t length = 0;
    while (pending_.size() >= sizeof length) {
      std::memcpy(&length, pending_.data(), sizeof length);
      if (pending_.size() < sizeof length + length) return;
      const std::string text = pending_.substr(sizeof length, length);
      pending_.erase(0, sizeof length + length);
      onText(text);
    }
  }

  int fd_;
  std::string pending_;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace portico::bench
