// A UDP socket over a kernel that has no room, or no device any more.
#include <errno.h>

#include "native/loop_core.h"
#include "native/send_queue.h"
#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

/// A kernel whose answers the test chooses.
class ScriptedIo final : public DatagramIo {
 public:
  SendOutcome send(UdpDescriptor&, std::span<const OutgoingDatagram> batch) override {
    SendOutcome outcome;
    outcome.fatal = fatal;
    while (outcome.consumed < batch.size() && (room > 0 || fatal != 0)) {
      if (fatal == 0) {
        sent.emplace_back(asText(batch[outcome.consumed].payload));
        --room;
      } else {
        ++outcome.dropped;
      }
      ++outcome.consumed;
    }
    return outcome;
  }
  ReceiveOutcome receive(UdpDescriptor&, std::vector<Datagram>& batch) override {
    batch.clear();
    return {};
  }

  std::size_t room = 0;
  int fatal = 0;
  std::vector<std::string> sent;
};

class FullKernel : public EveryPoller {
 protected:
  FullKernel() {
    auto made = std::make_unique<ScriptedIo>();
    io = made.get();
    loop.core().setDatagramIo(std::move(made));
    socket = openLoopback(loop, keeper);
  }

  ScriptedIo* io = nullptr;
  Keeper keeper;
  std::unique_ptr<UdpSocket> socket;
};
PORTICO_EVERY_POLLER(FullKernel);

TEST_P(FullKernel, WhatItHasNoRoomForIsSentInOrderWhenItHas) {
  io->room = 2;
  std::string text = "abcde";
  std::vector<OutgoingDatagram> batch;
  for (std::size_t i = 0; i < text.size(); ++i) {
    batch.push_back({socket->localAddress(), asBytes(text).subspan(i, 1)});
  }
  socket->send(batch);
  text.assign("-----");  // what was sent is the socket's own by now
  EXPECT_EQ(io->sent, (std::vector<std::string>{"a", "b"}));
  loop.runOnce(kPatience);
  EXPECT_EQ(io->sent.size(), 2U);
  io->room = 1;
  sendText(*socket, socket->localAddress(), "f");
  EXPECT_EQ(io->sent.size(), 2U) << "what is new does not overtake what waits";
  loop.runOnce(kPatience);
  EXPECT_EQ(io->sent, (std::vector<std::string>{"a", "b", "c"}));
  io->room = 100;
  loop.runOnce(kPatience);
  EXPECT_EQ(io->sent, (std::vector<std::string>{"a", "b", "c", "d", "e", "f"}));
  sendText(*socket, socket->localAddress(), "g");
  EXPECT_EQ(io->sent.back(), "g");
  EXPECT_EQ(socket->droppedDatagrams(), 0U);
}

TEST_P(FullKernel, WhatGoesOverTheQueuesBoundIsDroppedAndCounted) {
  const ByteVector payload(1'024);
  const std::vector<OutgoingDatagram> batch(1'100, OutgoingDatagram{socket->localAddress(), payload});
  socket->send(batch);
  EXPECT_EQ(socket->droppedDatagrams(), 1'100U - kMaxQueuedSendBytes / 1'024);
  io->room = 2'000;
  EXPECT_TRUE(runUntil([&] { return io->sent.size() == kMaxQueuedSendBytes / 1'024; }));
}

TEST_P(FullKernel, AnErrorThatEndsTheSocketIsToldOnceAndFromTheLoop) {
  io->fatal = ENETDOWN;
  sendText(*socket, socket->localAddress(), "x");
  sendText(*socket, socket->localAddress(), "y");
  EXPECT_TRUE(keeper.errors.empty());
  loop.runOnce(kPatience);
  loop.runOnce(Duration::zero());
  ASSERT_EQ(keeper.errors.size(), 1U);
  EXPECT_EQ(keeper.errors[0].code, Error::Network);
  EXPECT_NE(keeper.errors[0].message.find(socket->localAddress().toString()), std::string::npos);
  EXPECT_EQ(socket->droppedDatagrams(), 2U);
}

TEST_P(FullKernel, ASocketDestroyedBeforeItsErrorIsToldIsSilent) {
  io->fatal = ENODEV;
  sendText(*socket, socket->localAddress(), "x");
  socket.reset();
  loop.runOnce(kPatience);
  EXPECT_TRUE(keeper.errors.empty());
}

}  // namespace
}  // namespace portico::test
