// Where the connections to a listener wait until its acceptor knows them: for a host's TcpListener.
//
// Who connects has proved nothing yet, so little is kept for it and not for long. When there are too many, the oldest
// of the address that has most of them goes: a flood from one place shuts nobody else out.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "portico/platform/host.h"

namespace portico {

/// At one listener. Each takes a descriptor; a check follows its connection at once, so that few wait at any time.
inline constexpr std::size_t kMaxUnprovenStreams = 64;
/// From the connection on: what proves it was sent before we knew, and TCP's first retransmissions fit in.
inline constexpr Duration kUnprovenStreamTime = std::chrono::seconds(10);
/// Bytes that tell nothing yet: a check with its longest names and its frame has fewer.
inline constexpr std::size_t kMaxUnprovenBytes = 2'048;

class StreamGate {
 public:
  StreamGate(Host& host, StreamAcceptor& acceptor);

  /// A connection: the receiver in its making, and then the stream itself, first for the gate and then for the
  /// acceptor.
  class Guest final : public TcpStream, public StreamReceiver {
   public:
    Guest(StreamGate& gate, const SocketAddress& remote, Time deadline)
        : gate_(&gate), remote_(remote), deadline_(deadline) {}

    bool send(ByteView bytes) override { return inner_->send(bytes); }
    void onStreamOpen(Time) override {}
    void onStreamBytes(Time now, ByteView bytes) override;
    void onStreamWritable(Time now) override;
    void onStreamClosed(Time now, const Error& why) override;

   private:
    friend class StreamGate;
    StreamGate* gate_;
    SocketAddress remote_;
    Time deadline_;
    ByteVector bytes_;
    StreamReceiver* receiver_ = nullptr;  ///< once accepted
    std::unique_ptr<TcpStream> inner_;
  };

  Guest& expect(const SocketAddress& remote);
  /// `stream` is the one that was made for the newest guest.
  void enter(std::unique_ptr<TcpStream> stream) { guests_.back()->inner_ = std::move(stream); }

  /// There is none: the newest guest goes.
  void leave() { guests_.pop_back(); }

  [[nodiscard]] std::size_t unproven() const { return guests_.size(); }

 private:
  void judge(Time now, Guest& guest, ByteView bytes);
  std::unique_ptr<Guest> take(const Guest& guest);
  void makeRoom();
  void onTimeout(Time now);
  void armTimer();

  Host& host_;
  StreamAcceptor& acceptor_;
  std::unique_ptr<Timer> timer_;
  std::vector<std::unique_ptr<Guest>> guests_;  ///< in the order in which they came
};

}  // namespace portico
