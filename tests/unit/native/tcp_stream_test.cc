#include "native/tcp_stream.h"

#include "tests/unit/native/stream_fixture.h"

namespace portico::test {
namespace {

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
