#include "wasm/streams.h"

namespace portico::wasm {

class Streams::JsStream final : public TcpStream {
 public:
  JsStream(Streams& owner, std::int32_t number) : owner_(owner), number_(number) {}
  ~JsStream() override {
    if (owner_.open_.erase(number_) > 0) portico_js_tcp_close(number_);
  }
  bool send(ByteView bytes) override {
    if (!owner_.open_.contains(number_)) return true;  // lost with the connection
    return portico_js_tcp_send(number_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) != 0;
  }

 private:
  Streams& owner_;
  std::int32_t number_;
};

std::unique_ptr<TcpStream> Streams::open(const TcpOptions& options, std::int32_t socket, StreamReceiver& receiver) {
  const std::int32_t number = ++last_;
  open_.emplace(number, &receiver);
  portico_js_tcp_open(number, socket, options.remote.ip.toString().c_str(), options.remote.port,
                      options.tlsServerName ? options.tlsServerName->c_str() : nullptr);
  return std::make_unique<JsStream>(*this, number);
}

StreamReceiver* Streams::receiver(std::int32_t number) {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : found->second;
}

void Streams::fail(Time now, std::int32_t number, const Error& why) {
  StreamReceiver* told = receiver(number);
  if (told == nullptr) return;
  open_.erase(number);
  told->onStreamClosed(now, why);
}

}  // namespace portico::wasm
