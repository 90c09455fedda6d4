#include "tests/sim/stun_server.h"

#include <gtest/gtest.h>

#include <array>

#include "core/stun/message_builder.h"
#include "tests/sim/test_socket.h"

namespace portico::sim {
namespace {

using namespace std::chrono_literals;

class StunServerTest : public testing::Test {
 protected:
  void ask() {
    std::array<std::byte, 64> room{};
    stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, transaction_);
    client_.send(server_.address(), asText(builder.finish()));
    world_.runFor(1s);
  }

  World world_;
  Nat& nat_ = world_.addNat("198.51.100.1");
  Machine& machine_ = world_.addMachine("alice", "192.168.1.2", nat_.inside());
  StunServer server_{world_.addMachine("stun", "203.0.113.9"), "203.0.113.9:3478"};
  TestSocket client_{machine_, "192.168.1.2:4000"};
  stun::TransactionId transaction_{std::byte{1}, std::byte{2}};
};

TEST_F(StunServerTest, TellsTheAddressThatItSees) {
  ask();
  ASSERT_EQ(client_.received.size(), 1u);
  const auto response = stun::Message::parse(asBytes(client_.received[0].text));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->messageClass(), stun::MessageClass::success);
  EXPECT_EQ(response->transactionId(), transaction_);
  EXPECT_EQ(response->mappedAddress(), endpoint("198.51.100.1:4000"));
  EXPECT_TRUE(response->verifyFingerprint());
}

TEST_F(StunServerTest, AnswersNothingWhenSilentAndAnErrorWhenTold) {
  server_.silent = true;
  ask();
  EXPECT_TRUE(client_.received.empty());
  EXPECT_EQ(server_.requests(), 1u);
  server_.silent = false;
  server_.errorCode = 500;
  ask();
  ASSERT_EQ(client_.received.size(), 1u);
  const auto response = stun::Message::parse(asBytes(client_.received[0].text));
  ASSERT_TRUE(response && response->errorCode());
  EXPECT_EQ(response->errorCode()->code, 500);
}

TEST_F(StunServerTest, IgnoresWhatIsNoBindingRequest) {
  client_.send(server_.address(), "not STUN at all");
  world_.runFor(1s);
  EXPECT_TRUE(client_.received.empty());
  EXPECT_EQ(server_.requests(), 0u);
}

}  // namespace
}  // namespace portico::sim
