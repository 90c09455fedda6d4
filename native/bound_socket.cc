#include "native/bound_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include <system_error>

#include "native/random.h"
#include "native/system_address.h"

namespace portico {
namespace {

int bindTo(int fd, const SocketAddress& local) {
  SystemAddress address;
  const socklen_t length = toSystem(local, address);
  return ::bind(fd, &address.base, length) == 0 ? 0 : errno;
}

/// Tries every port of the range once, from a random one on: peers of one machine should not race for the first.
int bindInRange(int fd, SocketAddress local, std::uint16_t low, std::uint16_t high) {
  const std::uint32_t count = std::uint32_t{high} - low + 1;
  std::uint32_t start = 0;
  fillRandom(std::as_writable_bytes(std::span(&start, 1)));
  int error = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    local.port = static_cast<std::uint16_t>(low + (start % count + i) % count);
    error = bindTo(fd, local);
    if (error != EADDRINUSE && error != EACCES) {
      return error;
    }
  }
  return error;
}

}  // namespace

OwnedDescriptor::~OwnedDescriptor() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Error bindError(int error, const BindOptions& options) {
  const std::string what = "cannot open a " + std::string(options.protocol) + " socket on ";
  if (options.local.port != 0 || options.portLow == 0) {
    return {Error::Network, what + options.local.toString() + ": " + describeErrno(error)};
  }
  const std::string place = options.local.ip.toString() + ", ports " + std::to_string(options.portLow) + " to " +
                            std::to_string(options.portHigh);
  const bool full = error == EADDRINUSE;
  return {Error::Network, what + place + ": " + (full ? "every port of the range is in use" : describeErrno(error))};
}

std::string describeErrno(int error) {
  switch (error) {
    case EADDRNOTAVAIL:
      return "no interface of this machine has that address";
    case EADDRINUSE:
      return "the port is in use";
    case EACCES:
      return "not permitted, as ports below 1,024 often are";
    case EAFNOSUPPORT:
      return "this machine has no such address family";
    default:
      return std::generic_category().message(error);
  }
}

Result<SocketAddress> bindSocket(int fd, const BindOptions& options) {
  const int opening = errno;
  const bool inRange = options.local.port == 0 && options.portLow != 0;
  if (inRange && options.portHigh < options.portLow) {
    return Error(Error::Range, "the " + std::string(options.protocol) + " port range " +
                                   std::to_string(options.portLow) + " to " + std::to_string(options.portHigh) +
                                   " is empty: its end is below its start");
  }
  if (fd < 0) {
    const bool exhausted = opening == EMFILE || opening == ENFILE || opening == ENOBUFS || opening == ENOMEM;
    return Error(exhausted ? Error::QuotaExceeded : Error::Network,
                 "cannot open a " + std::string(options.protocol) + " socket: " + describeErrno(opening));
  }
  if (options.local.ip.isV6()) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const int error =
      inRange ? bindInRange(fd, options.local, options.portLow, options.portHigh) : bindTo(fd, options.local);
  if (error != 0) {
    return bindError(error, options);
  }
  SystemAddress bound;
  socklen_t length = sizeof bound;
  if (::getsockname(fd, &bound.base, &length) != 0) {
    return bindError(errno, options);
  }
  const auto local = fromSystem(&bound.base);
  if (!local) {
    return bindError(EAFNOSUPPORT, options);
  }
  return *local;
}

}  // namespace portico
