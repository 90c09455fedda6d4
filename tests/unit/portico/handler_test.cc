#include "core/portico/handler.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace portico {
namespace {

TEST(Handler, IsSilentUntilItIsSetAndAfterItWasCleared) {
  Handler<int> handler;
  handler(1);
  int got = 0;
  handler.set([&](int value) { got = value; });
  handler(2);
  EXPECT_EQ(got, 2);
  handler.clear();
  handler(3);
  handler.set(nullptr);
  handler(4);
  EXPECT_EQ(got, 2);
}

TEST(Handler, MayReplaceClearAndDestroyItselfWhileItRuns) {
  auto handler = std::make_unique<Handler<>>();
  const auto alive = std::make_shared<int>(7);
  std::vector<int> seen;
  handler->set([&, alive] {
    handler->set([&] { seen.push_back(2); });
    handler->clear();
    handler.reset();
    seen.push_back(*alive);
  });
  (*handler)();
  EXPECT_EQ(seen, std::vector<int>{7});
}

}  // namespace
}  // namespace portico
