#include "native/idle_spin.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

constexpr Duration kWindow = std::chrono::microseconds(100);

TEST(IdleSpin, LooksOnlyAfterPackets) {
  IdleSpin spin(kWindow);
  EXPECT_EQ(spin.window(false), Duration::zero());
  EXPECT_EQ(spin.window(true), kWindow);
}

TEST(IdleSpin, GoesOnAsLongAsItFinds) {
  IdleSpin spin(kWindow);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(spin.window(true), kWindow);
    spin.tell(true);
  }
}

TEST(IdleSpin, IsTriedEverMoreRarelyWhereItFindsNothing) {
  IdleSpin spin(kWindow);
  int tries = 0;
  for (int turn = 0; turn < 10'000; ++turn) {
    if (spin.window(true) > Duration::zero()) {
      ++tries;
      spin.tell(false);
    }
  }
  EXPECT_LT(tries, 10'000 / 60 + 10);
  EXPECT_GT(tries, 100);
}

TEST(IdleSpin, ZeroIsNever) {
  IdleSpin spin(Duration::zero());
  EXPECT_EQ(spin.window(true), Duration::zero());
}

}  // namespace
}  // namespace portico
