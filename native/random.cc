#include "native/random.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

#ifdef __linux__
#include <sys/random.h>
#endif

namespace portico {
namespace {

/// Bytes written, or -1 where the system call is missing or forbidden.
ssize_t fillSome(MutableByteView out) {
#ifdef __linux__
  return ::getrandom(out.data(), out.size(), 0);
#else
  constexpr std::size_t kMaxEntropyBytes = 256;  // POSIX.1-2024, getentropy
  const std::size_t size = std::min(out.size(), kMaxEntropyBytes);
  return ::getentropy(out.data(), size) == 0 ? static_cast<ssize_t>(size) : -1;
#endif
}

ssize_t fillSomeFromDevice(MutableByteView out) {
  const int fd = ::open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return -1;
  }
  const ssize_t size = ::read(fd, out.data(), out.size());
  ::close(fd);
  return size;
}

}  // namespace

void fillRandom(MutableByteView out) {
  while (!out.empty()) {
    ssize_t size = fillSome(out);
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      size = fillSomeFromDevice(out);
    }
    if (size <= 0 && errno != EINTR && errno != EMFILE && errno != ENFILE) {
      // A machine that forbids the system call and has no device: a key made of anything else would be a lie.
      std::terminate();
    }
    out = out.subspan(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
}

}  // namespace portico
