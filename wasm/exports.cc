// What JavaScript calls (module.h), beside the C API. One host in a module, made by portico_wasm_init().
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "core/capi/context.h"
#include "platform/host_name.h"
#include "wasm/host.h"
#include "wasm/module.h"
#include "wasm/sockets.h"
#include "wasm/streams.h"

using namespace portico;

namespace {

wasm::WasmHost& host() {
  static wasm::WasmHost the;
  return the;
}

std::vector<IpAddress> addressesIn(std::string_view list) {
  std::vector<IpAddress> addresses;
  while (!list.empty() && addresses.size() < kMaxResolvedAddresses) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (const auto address = IpAddress::parse(list.substr(0, end))) addresses.push_back(*address);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return addresses;
}

}  // namespace

int32_t portico_wasm_peer_connection_gather(int32_t connection) {
  auto* found = capi::find<PeerConnection>(connection);
  if (!found) return -PORTICO_INVALID_STATE_ERROR;
  found->gather();
  return 0;
}

int32_t portico_wasm_network_changed(int32_t object, const char* added, const char* removed) {
  NetworkChange change{addressesIn(added), addressesIn(removed)};
  if (auto* gatherer = capi::find<IceGatherer>(object)) {
    gatherer->networkChanged(std::move(change));
  } else if (auto* connection = capi::find<PeerConnection>(object)) {
    connection->networkChanged(std::move(change));
  } else {
    return -PORTICO_INVALID_STATE_ERROR;
  }
  return 0;
}

void portico_wasm_init(void) {
  const auto tell = [](void*, const portico_event* event) {
    portico_js_event(event->type, event->object, event->number, event->data, event->bytes);
  };
  (void)capi::open(host(), capi::Sockets::takeTime, tell, nullptr);
}

void portico_wasm_run(void) {
  host().run();
}

void* portico_wasm_allocate(size_t bytes) {
  void* memory = std::malloc(bytes > 0 ? bytes : 1);
  if (memory == nullptr) portico_js_out_of_memory(bytes);
  return memory;
}

void portico_wasm_free(void* memory) {
  std::free(memory);
}

void portico_wasm_offer_socket(int32_t socket, const char* address, int32_t port, int32_t loopback) {
  const auto ip = IpAddress::parse(address);
  if (ip) {
    host().sockets().offer(socket, SocketAddress{*ip, static_cast<std::uint16_t>(port)}, loopback != 0);
  } else {
    portico_js_udp_close(socket);
  }
}

void portico_wasm_withdraw_sockets(void) {
  host().sockets().withdraw();
  host().armTimer();
}

portico_wasm_datagram* portico_wasm_receive_area(size_t count, size_t bytes) {
  return host().sockets().receiveArea(count, bytes);
}

void portico_wasm_receive(int32_t socket, size_t count) {
  host().sockets().receive(host().now(), socket, count);
  host().armTimer();
}

void portico_wasm_socket_failed(int32_t socket, const char* message) {
  host().sockets().fail(host().now(), socket, Error(Error::Network, message));
  host().armTimer();
}

void portico_wasm_stream_opened(int32_t stream) {
  if (StreamReceiver* receiver = host().streams().receiver(stream)) receiver->onStreamOpen(host().now());
  host().armTimer();
}

void portico_wasm_stream_received(int32_t stream, size_t bytes) {
  const ByteView area = host().sockets().area();
  StreamReceiver* receiver = host().streams().receiver(stream);
  if (receiver != nullptr && bytes <= area.size()) receiver->onStreamBytes(host().now(), area.first(bytes));
  host().armTimer();
}

void portico_wasm_stream_writable(int32_t stream) {
  if (StreamReceiver* receiver = host().streams().receiver(stream)) receiver->onStreamWritable(host().now());
  host().armTimer();
}

void portico_wasm_stream_closed(int32_t stream, const char* message) {
  host().streams().fail(host().now(), stream, Error(Error::Network, message));
  host().armTimer();
}

void portico_wasm_resolved(int32_t query, const char* addresses, const char* message) {
  std::vector<IpAddress> found = addressesIn(addresses);
  if (found.empty()) {
    host().onResolved(query, Error(Error::Network, message));
  } else {
    host().onResolved(query, std::move(found));
  }
  host().armTimer();
}
