#include "tests/sim/stream.h"

#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

class Keeper final : public StreamReceiver {
 public:
  void onStreamOpen(Time) override { ++opened; }
  void onStreamBytes(Time, ByteView bytes) override { received.append(asText(bytes)); }
  void onStreamWritable(Time) override { ++writable; }
  void onStreamClosed(Time, const Error& why) override { closed = why.message; }

  int opened = 0;
  int writable = 0;
  std::string received;
  std::string closed;
};

class StreamTest : public testing::Test, private StreamListener {
 protected:
  StreamTest() { server_.listenTcp(endpoint("203.0.113.9:80"), this); }
  StreamReceiver& acceptFrom(const SocketAddress&) override { return atServer_; }
  void accepted(const SocketAddress&, std::unique_ptr<TcpStream> stream) override { serverEnd_ = std::move(stream); }
  std::unique_ptr<TcpStream> connect(std::string_view to = "203.0.113.9:80") {
    return std::move(*client_.openTcp({endpoint(to), ip("203.0.113.1")}, atClient_));
  }

  World world_;
  Machine& client_ = world_.addMachine("client", "203.0.113.1");
  Machine& server_ = world_.addMachine("server", "203.0.113.9");
  Keeper atClient_;
  Keeper atServer_;
  std::unique_ptr<TcpStream> serverEnd_;
};

TEST_F(StreamTest, CarriesBytesBothWaysAfterSomeTime) {
  const auto stream = connect();
  EXPECT_TRUE(stream->send(asBytes("hello ")));
  EXPECT_TRUE(stream->send(asBytes("there")));
  EXPECT_TRUE(serverEnd_->send(asBytes("hi")));
  EXPECT_EQ(atClient_.opened, 0);
  world_.runFor(1s);
  EXPECT_EQ(atClient_.opened, 1);
  EXPECT_EQ(atServer_.received, "hello there");
  EXPECT_EQ(atClient_.received, "hi");
}

TEST_F(StreamTest, RefusesWhatIsTooMuchInFlightAndTellsWhenThereIsRoom) {
  const auto stream = connect();
  const ByteVector piece(64 * 1024);
  int taken = 0;
  while (stream->send(piece)) ++taken;
  EXPECT_EQ(taken, 4);
  world_.runFor(1s);
  EXPECT_EQ(atClient_.writable, 1);
  EXPECT_TRUE(stream->send(piece));
}

TEST_F(StreamTest, TellsThatNobodyListensAndThatTheOtherSideHasClosed) {
  const auto refused = connect("203.0.113.9:81");
  EXPECT_TRUE(atClient_.closed.empty());
  world_.runFor(1s);
  EXPECT_NE(atClient_.closed.find("nobody listens"), std::string::npos);
  const auto stream = connect();
  serverEnd_->send(asBytes("last words"));
  serverEnd_.reset();
  world_.runFor(1s);
  EXPECT_EQ(atClient_.received, "last words");
  EXPECT_NE(atClient_.closed.find("closed"), std::string::npos);
}

}  // namespace
}  // namespace portico::sim
