#include "native/tcp_stream.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native/system_address.h"
#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

/// Keeps what a stream tells.
class StreamKeeper final : public StreamReceiver {
 public:
  void onStreamOpen(Time) override { ++opened; }
  void onStreamBytes(Time, ByteView bytes) override {
    received.append(asText(bytes));
    if (onBytes) onBytes();
  }
  void onStreamWritable(Time) override { ++writable; }
  void onStreamClosed(Time, const Error& why) override { errors.push_back(why); }

  int opened = 0;
  int writable = 0;
  std::string received;
  std::vector<Error> errors;
  std::function<void()> onBytes;
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
  std::string received;
  SocketAddress address;

 private:
  void receive() {
    std::string text(1'000'000, '\0');
    const ssize_t got = ::recv(connection_, text.data(), text.size(), MSG_DONTWAIT);
    if (got > 0) received.append(text, 0, static_cast<std::size_t>(got));
  }

  int fd_;
  int connection_ = -1;
  std::unique_ptr<Watcher> watcher_;
};

class TcpStreamTest : public EveryPoller {
 protected:
  std::unique_ptr<TcpStream> open() {
    auto stream = loop.openTcp({listener.address, IpAddress::loopback(IpFamily::v4)}, keeper);
    EXPECT_TRUE(stream.has_value());
    return stream ? std::move(*stream) : nullptr;
  }
  std::unique_ptr<TcpStream> connect() {
    auto stream = open();
    EXPECT_TRUE(runUntil([&] { return keeper.opened == 1; }));
    listener.accept(loop);
    return stream;
  }

  Listener listener;
  StreamKeeper keeper;
};
PORTICO_EVERY_POLLER(TcpStreamTest);

TEST_P(TcpStreamTest, CarriesBytesBothWays) {
  const auto stream = connect();
  EXPECT_TRUE(stream->send(asBytes("to the server")));
  EXPECT_TRUE(runUntil([&] { return listener.received == "to the server"; }));
  listener.send("and back");
  EXPECT_TRUE(runUntil([&] { return keeper.received == "and back"; }));
}

TEST_P(TcpStreamTest, KeepsWhatIsSentBeforeItIsOpen) {
  const auto stream = open();
  EXPECT_TRUE(stream->send(asBytes("early")));
  ASSERT_TRUE(runUntil([&] { return keeper.opened == 1; }));
  listener.accept(loop);
  EXPECT_TRUE(runUntil([&] { return listener.received == "early"; }));
}

TEST_P(TcpStreamTest, RefusesWhenTooMuchWaitsAndTellsWhenThereIsRoom) {
  const auto stream = connect();
  const std::string piece(64 * 1024, 'x');
  std::size_t taken = 0;
  while (stream->send(asBytes(piece))) {
    taken += piece.size();
    ASSERT_LT(taken, 1U << 30);
  }
  EXPECT_EQ(keeper.writable, 0);
  EXPECT_TRUE(runUntil([&] { return listener.received.size() == taken && keeper.writable == 1; }));
  EXPECT_TRUE(stream->send(asBytes("more")));
}

TEST_P(TcpStreamTest, TellsThatNobodyListens) {
  listener.close();
  const auto stream = open();
  EXPECT_TRUE(keeper.errors.empty()) << "never from inside the call";
  ASSERT_TRUE(runUntil([&] { return !keeper.errors.empty(); }));
  EXPECT_NE(keeper.errors[0].message.find(listener.address.toString()), std::string::npos);
  EXPECT_EQ(keeper.opened, 0);
  EXPECT_TRUE(stream->send(asBytes("x")));
}

TEST_P(TcpStreamTest, TellsThatTheServerHasHungUp) {
  const auto stream = connect();
  listener.send("bye");
  listener.hangUp();
  ASSERT_TRUE(runUntil([&] { return !keeper.errors.empty(); }));
  EXPECT_EQ(keeper.received, "bye");
  loop.runOnce(Duration::zero());
  EXPECT_EQ(keeper.errors.size(), 1u);
}

TEST_P(TcpStreamTest, MayBeDestroyedByWhoReceives) {
  auto stream = connect();
  keeper.onBytes = [&] { stream.reset(); };
  listener.send("x");
  ASSERT_TRUE(runUntil([&] { return stream == nullptr; }));
  loop.runOnce(Duration::zero());
  EXPECT_TRUE(keeper.errors.empty());
}

TEST_P(TcpStreamTest, LeavesNoDescriptorBehind) {
  const std::size_t before = countOpenDescriptors();
  open().reset();
  EXPECT_EQ(countOpenDescriptors(), before);
}

TEST_P(TcpStreamTest, AnAddressThatTheMachineLacksIsAnErrorAtOnce) {
  const auto stream = loop.openTcp({listener.address, *IpAddress::parse("192.0.2.77")}, keeper);
  ASSERT_FALSE(stream.has_value());
  EXPECT_EQ(stream.error().code, Error::Network);
}

}  // namespace
}  // namespace portico::test
