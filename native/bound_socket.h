// What sockets of all kinds have in common when they are opened.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"

namespace portico {

/// A descriptor that is closed unless it is kept.
class OwnedDescriptor {
 public:
  explicit OwnedDescriptor(int fd) : fd_(fd) {}
  ~OwnedDescriptor();
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct BindOptions {
  std::string_view protocol;  ///< for the sentence of an error: "UDP"
  SocketAddress local;        ///< port 0: any port of the range
  std::uint16_t portLow = 0;  ///< 0: the system chooses
  std::uint16_t portHigh = 0;
};

/// Binds `fd`, a non-blocking socket or the -1 of one that could not be made, and tells where. IPv6 sockets become IPv6
/// only. Error::Range for a port range that is empty, Error::QuotaExceeded for want of descriptors, else
/// Error::Network.
Result<SocketAddress> bindSocket(int fd, const BindOptions& options);
Error bindError(int error, const BindOptions& options);

/// "no interface of this machine has that address", and the like: a sentence for an errno.
std::string describeErrno(int error);

}  // namespace portico
