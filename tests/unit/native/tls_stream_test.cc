#include "native/tls_stream.h"

#include <optional>

#include "native/tcp_stream.h"
#include "tests/unit/native/stream_fixture.h"
#include "tests/unit/native/trust_fixture.h"

namespace portico::test {
namespace {

class TlsStreamTest : public EveryPoller {
 protected:
  std::unique_ptr<TcpStream> open(const std::string& name = "turn.example.org") {
    auto stream = loop.openTcp({listener.address, IpAddress::loopback(IpFamily::v4), name}, keeper);
    EXPECT_TRUE(stream.has_value()) << (stream ? "" : stream.error().message);
    return stream ? std::move(*stream) : nullptr;
  }
  /// The server's end, from now on.
  void serve() {
    listener.accept(loop);
    listener.onReceived = [this] {
      server->feed(std::exchange(listener.received, {}));
      flush();
    };
  }
  void flush() {
    const std::string bytes = server->takeOutput();
    if (!bytes.empty()) listener.send(bytes);
  }
  std::unique_ptr<TcpStream> connect() {
    auto stream = open();
    serve();
    EXPECT_TRUE(runUntil([&] { return keeper.opened == 1 && server->ready(); }));
    return stream;
  }
  void expectError(const std::string& part) {
    ASSERT_TRUE(runUntil([&] { return !keeper.errors.empty(); }));
    EXPECT_NE(keeper.errors[0].message.find(part), std::string::npos) << keeper.errors[0].message;
    loop.runOnce(Duration::zero());
    EXPECT_EQ(keeper.errors.size(), 1u);
  }

  Trust trust;
  std::optional<TlsServer> server{std::in_place, std::vector<TestCertificate>{trust.issue()}};
  Listener listener;
  StreamKeeper keeper;
};
PORTICO_EVERY_POLLER(TlsStreamTest);

TEST_P(TlsStreamTest, CarriesBytesBothWays) {
  const auto stream = connect();
  EXPECT_TRUE(stream->send(asBytes("to the server")));
  EXPECT_TRUE(runUntil([&] { return server->received == "to the server"; }));
  server->send("and back");
  flush();
  EXPECT_TRUE(runUntil([&] { return keeper.received == "and back"; }));
}

TEST_P(TlsStreamTest, KeepsWhatIsSentBeforeItIsOpenWithinABound) {
  const auto stream = open();
  EXPECT_TRUE(stream->send(asBytes("early")));
  const std::string piece(64 * 1024, 'x');
  std::size_t taken = 5;
  while (stream->send(asBytes(piece))) taken += piece.size();
  EXPECT_LE(taken, kMaxQueuedStreamBytes + piece.size());
  serve();
  EXPECT_TRUE(runUntil([&] { return server->received.size() == taken && keeper.writable == 1; }));
  EXPECT_EQ(server->received.substr(0, 5), "early");
}

TEST_P(TlsStreamTest, WhatWasSentBeforeItIsOpenGoesFirst) {
  const auto stream = open();
  EXPECT_TRUE(stream->send(asBytes("early, ")));
  keeper.onOpen = [&] { EXPECT_TRUE(stream->send(asBytes("at once"))); };
  serve();
  EXPECT_TRUE(runUntil([&] { return server->received == "early, at once"; }));
}

TEST_P(TlsStreamTest, RefusesWhenTooMuchWaitsAndTellsWhenThereIsRoom) {
  const auto stream = connect();
  listener.setReading(false);
  const std::string piece(64 * 1024, 'x');
  std::size_t taken = 0;
  while (stream->send(asBytes(piece))) {
    taken += piece.size();
    ASSERT_LT(taken, 1U << 30);
  }
  EXPECT_FALSE(stream->send(asBytes("more")));
  EXPECT_EQ(keeper.writable, 0);
  listener.setReading(true);
  EXPECT_TRUE(runUntil([&] { return server->received.size() == taken && keeper.writable == 1; }));
  EXPECT_TRUE(stream->send(asBytes("more")));
  EXPECT_TRUE(runUntil([&] { return server->received.size() == taken + 4; }));
}

TEST_P(TlsStreamTest, TellsTheServerWhenItIsClosed) {
  auto stream = connect();
  EXPECT_TRUE(stream->send(asBytes("bye")));
  stream.reset();
  EXPECT_TRUE(runUntil([&] { return server->closed; }));
  EXPECT_EQ(server->received, "bye");
}

TEST_P(TlsStreamTest, TellsWhoseCertificateIsRefusedAndWhy) {
  const auto stream = open("other.example.org");
  serve();
  expectError("the TLS connection to other.example.org (" + listener.address.toString() +
              ") failed: its certificate is for turn.example.org, not other.example.org");
  EXPECT_EQ(keeper.opened, 0);
  EXPECT_TRUE(runUntil([&] { return !server->alert.empty(); })) << "the server is told";
  EXPECT_TRUE(stream->send(asBytes("x"))) << "lost";
}

TEST_P(TlsStreamTest, TellsThatTheServerHasClosedIt) {
  const auto stream = connect();
  server->send("bye");
  server->close();
  flush();
  expectError("the server has closed the connection");
  EXPECT_EQ(keeper.received, "bye");
}

TEST_P(TlsStreamTest, TellsThatTheServerHasHungUp) {
  const auto stream = connect();
  listener.hangUp();
  expectError("the other side has closed it");
}

TEST_P(TlsStreamTest, TellsThatTheServerHangsUpOnTheHandshake) {
  const auto stream = open();
  ASSERT_TRUE(stream != nullptr);
  listener.accept(loop);
  listener.onReceived = [&] { listener.hangUp(); };
  expectError("during the TLS handshake");
}

TEST_P(TlsStreamTest, TellsThatNobodyListens) {
  listener.close();
  const auto stream = open();
  EXPECT_TRUE(keeper.errors.empty()) << "never from inside the call";
  expectError(listener.address.toString());
}

TEST_P(TlsStreamTest, TellsThatThereIsNoStore) {
  const StoreVariables variables("/nowhere/ca.pem");
  const auto stream = loop.openTcp({listener.address, std::nullopt, "turn.example.org"}, keeper);
  ASSERT_FALSE(stream.has_value());
  EXPECT_NE(stream.error().message.find("/nowhere/ca.pem"), std::string::npos);
}

TEST_P(TlsStreamTest, MayBeDestroyedInEveryCallback) {
  std::unique_ptr<TcpStream> stream;
  const auto destroy = [&] { stream.reset(); };
  keeper.onOpen = destroy;
  stream = open();
  stream->send(asBytes("waits"));
  serve();
  ASSERT_TRUE(runUntil([&] { return stream == nullptr; }));

  for (auto StreamKeeper::*callback : {&StreamKeeper::onBytes, &StreamKeeper::onWritable, &StreamKeeper::onClosed}) {
    listener.hangUp();
    server.emplace(std::vector<TestCertificate>{trust.issue()});
    keeper.onOpen = nullptr;
    keeper.opened = 0;
    stream = connect();
    keeper.*callback = destroy;
    const std::string piece(64 * 1024, 'x');
    if (callback == &StreamKeeper::onWritable) {
      listener.setReading(false);
      while (stream->send(asBytes(piece))) {
      }
      listener.setReading(true);
    } else {
      server->send("bye");
      if (callback == &StreamKeeper::onClosed) server->close();
      flush();
    }
    ASSERT_TRUE(runUntil([&] { return stream == nullptr; }));
    keeper.*callback = nullptr;
    loop.runOnce(Duration::zero());
  }
}

TEST_P(TlsStreamTest, LeavesNoDescriptorBehind) {
  open().reset();
  const std::size_t before = countOpenDescriptors();
  open().reset();
  EXPECT_EQ(countOpenDescriptors(), before);
}

}  // namespace
}  // namespace portico::test
