// A TLS connection of a Loop to a server: native/tls over a LoopTcpStream.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "native/loop_core.h"
#include "native/tls/client.h"

namespace portico {

/// Plain text for one onStreamBytes(): four records, which is what one read of the TCP stream brings.
constexpr std::size_t kTlsReadBytes = 64 * 1024;

class LoopTlsStream final : public TcpStream, private StreamReceiver {
 public:
  /// `options.tlsServerName` is there.
  static Result<std::unique_ptr<TcpStream>> open(const std::shared_ptr<LoopCore>& core, const TcpOptions& options,
                                                 StreamReceiver& receiver);
  LoopTlsStream(std::shared_ptr<LoopCore> core, std::shared_ptr<tls::TrustStore> trust, const TcpOptions& options,
                StreamReceiver& receiver);
  ~LoopTlsStream() override;
  LoopTlsStream(const LoopTlsStream&) = delete;
  LoopTlsStream& operator=(const LoopTlsStream&) = delete;

  bool send(ByteView bytes) override;

 private:
  void onStreamOpen(Time now) override;
  void onStreamBytes(Time now, ByteView bytes) override;
  void onStreamWritable(Time now) override;
  void onStreamClosed(Time now, const Error& why) override;

  /// False: it is not over, or this has ended, or the receiver has destroyed it.
  bool shakeHands(Time now);
  void read(Time now);
  /// Hands what the client has to say to TCP. False: it is too much, and this has ended.
  bool flush(Time now);
  /// And says so to a receiver whose send() was refused.
  void flushAndTell(Time now);
  /// From a callback, so that the receiver may hear at once.
  void end(Time now, const std::string& why);

  std::shared_ptr<LoopCore> core_;
  StreamReceiver& receiver_;
  std::string name_;  ///< for sentences
  tls::Client client_;
  std::unique_ptr<TcpStream> tcp_;
  std::vector<std::byte> waiting_;  ///< plain text from before the handshake was over
  std::vector<std::byte> room_;
  bool connected_ = false;  ///< by TCP
  bool open_ = false;
  bool ended_ = false;
  bool blocked_ = false;  ///< TCP has refused what client_ has for it
  bool refused_ = false;  ///< a send; onStreamWritable() is due
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace portico
