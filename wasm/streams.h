// TCP and TLS connections that JavaScript makes, by numbers of ours.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "portico/platform/host.h"
#include "wasm/module.h"

namespace portico::wasm {

class Streams {
 public:
  /// `socket`: the number of the UDP socket that it stands beside, or 0.
  std::unique_ptr<TcpStream> open(const TcpOptions& options, std::int32_t socket, StreamReceiver& receiver);
  /// Null: closed since.
  [[nodiscard]] StreamReceiver* receiver(std::int32_t number);
  /// JavaScript has closed it.
  void fail(Time now, std::int32_t number, const Error& why);

 private:
  class JsStream;
  std::unordered_map<std::int32_t, StreamReceiver*> open_;
  std::int32_t last_ = 0;
};

}  // namespace portico::wasm
