#include "core/mux/shared_tcp.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "core/stun/message_builder.h"
#include "core/wire/packet_frame.h"

namespace portico {
namespace {

using Verdict = StreamAcceptor::Verdict;

ByteVector firstFrame(std::string_view username) {
  std::array<std::byte, 600> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, {});
  if (!username.empty()) builder.text(stun::Attribute::username, username);
  builder.fingerprint();
  ByteVector frame;
  appendFrame(frame, builder.finish());
  return frame;
}

struct Listener final : TcpListener {
  [[nodiscard]] SocketAddress localAddress() const override { return {IpAddress::fromV4(0xc6336401), 3'478}; }
};

struct Acceptor final : StreamAcceptor {
  [[nodiscard]] Verdict judge(ByteView bytes) const override {
    ++questions;
    const std::size_t frame = *frameBytes(bytes);
    if (frame == 0 || frame > bytes.size()) return Verdict::undecided;
    return knowsPassword ? Verdict::accept : Verdict::refuse;
  }
  StreamReceiver* onStreamAccepted(Time, const SocketAddress&, ByteView, std::unique_ptr<TcpStream>) override {
    ++accepted;
    return nullptr;
  }
  std::unique_ptr<TcpListener> listener;
  bool knowsPassword = true;
  int accepted = 0;
  mutable int questions = 0;
};

class SharedTcpTest : public testing::Test {
 protected:
  Acceptor& add(std::string_view name) {
    Acceptor& added = acceptors_.emplace_back();
    added.listener = shared_->attach(added);
    named_ = added.listener->setUsernameFragments(std::span(&name, 1));
    return added;
  }
  void connect(std::string_view username) {
    const ByteVector bytes = firstFrame(username);
    ASSERT_EQ(shared_->judge(bytes), Verdict::accept);
    shared_->onStreamAccepted({}, {}, bytes, nullptr);
  }
  int questions() const {
    int sum = 0;
    for (const Acceptor& acceptor : acceptors_) sum += acceptor.questions;
    return sum;
  }

  std::shared_ptr<SharedTcp> shared_ = *SharedTcp::create([](StreamAcceptor&) -> Result<std::unique_ptr<TcpListener>> {
    return std::unique_ptr<TcpListener>(std::make_unique<Listener>());
  });
  std::deque<Acceptor> acceptors_;
  Result<void> named_;
};

TEST_F(SharedTcpTest, AConnectionIsForWhoHasTheNameAndOnlyThatOneIsAsked) {
  for (int i = 0; i < 1'000; ++i) add("name" + std::to_string(i));
  connect("name700:peer");
  EXPECT_EQ(acceptors_[700].accepted, 1);
  EXPECT_EQ(questions(), 1);
}

TEST_F(SharedTcpTest, ANameThatNobodyHasIsRefusedAndNoneAtAllToo) {
  add("ours");
  EXPECT_EQ(shared_->judge(firstFrame("theirs:peer")), Verdict::refuse);
  EXPECT_EQ(shared_->judge(firstFrame("")), Verdict::refuse);
}

TEST_F(SharedTcpTest, WhatIsNotWholeWaitsForMore) {
  add("ours");
  const ByteVector frame = firstFrame("ours:peer");
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{2}, frame.size() - 1}) {
    EXPECT_EQ(shared_->judge(ByteView(frame).first(bytes)), Verdict::undecided) << bytes;
  }
}

TEST_F(SharedTcpTest, OfNamesakesTheOneWithThePasswordGetsIt) {
  add("same").knowsPassword = false;
  Acceptor& second = add("same");
  connect("same:peer");
  EXPECT_EQ(second.accepted, 1);
}

TEST_F(SharedTcpTest, ANinthNamesakeIsRefused) {
  for (std::size_t i = 0; i < kMaxNamesakes; ++i) {
    add("same");
    EXPECT_TRUE(named_);
  }
  add("same");
  ASSERT_FALSE(named_);
  EXPECT_EQ(named_.error().code, Error::QuotaExceeded);
}

TEST_F(SharedTcpTest, ANewNameTakesThePlaceOfTheOldOne) {
  Acceptor& acceptor = add("before");
  const std::string_view after = "after";
  ASSERT_TRUE(acceptor.listener->setUsernameFragments(std::span(&after, 1)));
  EXPECT_EQ(shared_->judge(firstFrame("before:peer")), Verdict::refuse);
  connect("after:peer");
}

TEST_F(SharedTcpTest, WhoIsGoneIsNotAsked) {
  Acceptor& acceptor = add("gone");
  acceptor.listener.reset();
  EXPECT_EQ(shared_->judge(firstFrame("gone:peer")), Verdict::refuse);
  EXPECT_EQ(acceptor.questions, 0);
}

}  // namespace
}  // namespace portico
