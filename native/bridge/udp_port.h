// The UDP socket of one family, in the bridge's event loop. native/datagram_io.h reads and writes it in batches.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>

#include "native/bridge/options.h"
#include "native/udp_open.h"

namespace portico::bridge {

class UdpPort {
 public:
  UdpPort(boost::asio::io_context& io, const BoundUdp& bound)
      : descriptor_(bound.descriptor), local_(bound.local), watched_(io, bound.descriptor.fd) {}

  [[nodiscard]] const SocketAddress& local() const { return local_; }
  [[nodiscard]] UdpDescriptor& descriptor() { return descriptor_; }
  /// Datagrams that came while the kernel's buffer was full.
  [[nodiscard]] std::uint64_t lostInKernel();

  /// Calls back once, when there is something to read, unless the port is closed before.
  template <typename Callback>
  void whenReadable(Callback callback) {
    watched_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        [callback = std::move(callback)](boost::system::error_code error) {
                          if (!error) callback();
                        });
  }
  void close() { watched_.close(); }

 private:
  UdpDescriptor descriptor_;
  SocketAddress local_;
  boost::asio::posix::stream_descriptor watched_;
};

/// A port for each address of `options`, or why not.
Result<std::vector<std::unique_ptr<UdpPort>>> openUdpPorts(boost::asio::io_context& io, const Options& options);

/// The addresses to bind where the options name none: the one to listen on, if it is one; else the first address of
/// each family that is not a loopback or link-local one; else loopback.
std::vector<IpAddress> chooseUdpAddresses(const Options& options);

}  // namespace portico::bridge
