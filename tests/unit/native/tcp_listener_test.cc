#include "native/tcp_listener.h"

#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

class Ends final : public StreamReceiver {
 public:
  void onStreamOpen(Time) override { ++opened; }
  void onStreamBytes(Time, ByteView bytes) override { received.append(asText(bytes)); }
  void onStreamWritable(Time) override {}
  void onStreamClosed(Time, const Error& why) override { errors.push_back(why); }

  std::unique_ptr<TcpStream> stream;
  int opened = 0;
  std::string received;
  std::vector<Error> errors;
};

/// Accepts who begins with "hello".
class Doorman final : public StreamAcceptor {
 public:
  [[nodiscard]] Verdict judge(ByteView bytes) const override {
    const std::string_view text = asText(bytes);
    if (text.substr(0, 5) == "hello") return Verdict::accept;
    return std::string_view("hello").substr(0, text.size()) == text ? Verdict::undecided : Verdict::refuse;
  }
  StreamReceiver* onStreamAccepted(Time, const SocketAddress& remote, ByteView,
                                   std::unique_ptr<TcpStream> stream) override {
    from.push_back(remote);
    if (full) return nullptr;
    accepted.stream = std::move(stream);
    return &accepted;
  }

  Ends accepted;
  std::vector<SocketAddress> from;
  bool full = false;
};

class TcpListenerTest : public EveryPoller {
 protected:
  std::unique_ptr<TcpListener> listen(TcpListenOptions options = {}) {
    options.local.ip = IpAddress::loopback(IpFamily::v4);
    auto listener = loop.listenTcp(options, doorman);
    EXPECT_TRUE(listener.has_value());
    return listener ? std::move(*listener) : nullptr;
  }
  void connect(const TcpListener& listener) {
    client.stream = std::move(*loop.openTcp({listener.localAddress(), IpAddress::loopback(IpFamily::v4)}, client));
    EXPECT_TRUE(runUntil([&] { return client.opened == 1; }));
  }

  Doorman doorman;
  Ends client;
};
PORTICO_EVERY_POLLER(TcpListenerTest);

TEST_P(TcpListenerTest, HandsOverWhoIsAcceptedWithAllThatItHasSaid) {
  const auto listener = listen();
  connect(*listener);
  client.stream->send(asBytes("hel"));
  loop.runOnce(std::chrono::milliseconds(10));
  client.stream->send(asBytes("lo, and more"));
  ASSERT_TRUE(runUntil([&] { return doorman.accepted.received == "hello, and more"; }));
  EXPECT_EQ(doorman.from.size(), 1U);
  doorman.accepted.stream->send(asBytes("welcome"));
  EXPECT_TRUE(runUntil([&] { return client.received == "welcome"; }));
}

TEST_P(TcpListenerTest, ClosesWhoIsRefused) {
  const auto listener = listen();
  connect(*listener);
  client.stream->send(asBytes("GET / HTTP/1.1"));
  EXPECT_TRUE(runUntil([&] { return client.errors.size() == 1; }));
  EXPECT_TRUE(doorman.from.empty());
}

TEST_P(TcpListenerTest, ClosesWhomTheAcceptorHasNoRoomFor) {
  doorman.full = true;
  const auto listener = listen();
  connect(*listener);
  client.stream->send(asBytes("hello"));
  EXPECT_TRUE(runUntil([&] { return client.errors.size() == 1; }));
  EXPECT_EQ(doorman.from.size(), 1U);
}

TEST_P(TcpListenerTest, WhoWasAcceptedOutlivesTheListenerAndWhoWasNotDoesNot) {
  auto listener = listen();
  connect(*listener);
  client.stream->send(asBytes("hello"));
  ASSERT_TRUE(runUntil([&] { return doorman.accepted.received == "hello"; }));
  Ends silent;
  silent.stream = std::move(*loop.openTcp({listener->localAddress(), {}}, silent));
  ASSERT_TRUE(runUntil([&] { return silent.opened == 1; }));
  listener.reset();
  EXPECT_TRUE(runUntil([&] { return silent.errors.size() == 1; }));
  doorman.accepted.stream->send(asBytes("still here"));
  EXPECT_TRUE(runUntil([&] { return client.received == "still here"; }));
}

TEST_P(TcpListenerTest, TakesAPortOfTheRangeAndSaysWhereThereIsNone) {
  const auto first = listen();
  const std::uint16_t port = first->localAddress().port;
  EXPECT_NE(port, 0);
  const auto second = loop.listenTcp({{IpAddress::loopback(IpFamily::v4), 0}, port, port}, doorman);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Error::Network);
  EXPECT_NE(second.error().message.find("every port of the range is in use"), std::string::npos);
  const auto none = loop.listenTcp({{IpAddress::loopback(IpFamily::v4), 0}, 9, 8}, doorman);
  EXPECT_EQ(none.error().code, Error::Range);
}

TEST_P(TcpListenerTest, ManyConnectionsAtOnceAreTakenAndTheirNumberIsBounded) {
  const auto listener = listen();
  std::vector<std::unique_ptr<Ends>> flood;
  for (std::size_t i = 0; i < kMaxUnprovenStreams + 20; ++i) {
    flood.push_back(std::make_unique<Ends>());
    flood.back()->stream = std::move(*loop.openTcp({listener->localAddress(), {}}, *flood.back()));
  }
  EXPECT_TRUE(runUntil([&] {
    return std::count_if(flood.begin(), flood.end(), [](const auto& end) { return end->errors.size() == 1; }) == 20;
  }));
  connect(*listener);
  client.stream->send(asBytes("hello"));
  EXPECT_TRUE(runUntil([&] { return doorman.accepted.received == "hello"; }));
}

}  // namespace
}  // namespace portico::test
