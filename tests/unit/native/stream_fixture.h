// What the tests of streams share: a receiver that keeps what it is told, and a server's end.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "native/system_address.h"
#include "tests/unit/native/loop_fixture.h"

namespace portico::test {

/// Keeps what a stream tells.
class StreamKeeper final : public StreamReceiver {
 public:
  void onStreamOpen(Time) override {
    ++opened;
    if (onOpen) onOpen();
  }
  void onStreamBytes(Time, ByteView bytes) override {
    received.append(asText(bytes));
    if (onBytes) onBytes();
  }
  void onStreamWritable(Time) override {
    ++writable;
    if (onWritable) onWritable();
  }
  void onStreamClosed(Time, const Error& why) override {
    errors.push_back(why);
    if (onClosed) onClosed();
  }

  int opened = 0;
  int writable = 0;
  std::string received;
  std::vector<Error> errors;
  std::function<void()> onOpen;
  std::function<void()> onBytes;
  std::function<void()> onWritable;
  std::function<void()> onClosed;
};

/// A listening socket on loopback, and the one connection that it takes.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    SystemAddress bound;
    socklen_t length = toSystem({IpAddress::loopback(IpFamily::v4), 0}, bound);
    ::bind(fd_, &bound.base, length);
    ::listen(fd_, 4);
    length = sizeof bound;
    ::getsockname(fd_, &bound.base, &length);
    address = *fromSystem(&bound.base);
  }
  ~Listener() {
    hangUp();
    close();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// From then on `received` has what comes.
  void accept(Loop& loop) {
    connection_ = ::accept(fd_, nullptr, nullptr);
    watcher_ = std::move(*loop.watch(connection_, [this] { receive(); }));
  }
  void hangUp() {
    watcher_.reset();
    if (connection_ >= 0) ::close(std::exchange(connection_, -1));
  }
  void send(std::string_view text) const {
    EXPECT_EQ(::send(connection_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  /// Leaves what comes in the kernel, until it is called with true.
  void setReading(bool wanted) { watcher_->setReadable(wanted); }
  std::string received;
  std::function<void()> onReceived;
  SocketAddress address;

 private:
  void receive() {
    std::string text(1'000'000, '\0');
    const ssize_t got = ::recv(connection_, text.data(), text.size(), MSG_DONTWAIT);
    if (got > 0) received.append(text, 0, static_cast<std::size_t>(got));
    if (onReceived) onReceived();
  }

  int fd_;
  int connection_ = -1;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace portico::test
