#include "native/resolver.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "native/loop_core.h"
#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

using Addresses = Result<std::vector<IpAddress>>;

// A system's resolver that the test holds back. It is called on threads, and is a plain function: its state is the
// file's.
std::mutex gateMutex;
std::condition_variable gateOpened;
bool gateOpen = true;
int inside = 0;
int mostInside = 0;

void setGate(bool open) {
  const std::lock_guard lock(gateMutex);
  gateOpen = open;
  mostInside = 0;
  gateOpened.notify_all();
}

Addresses gatedLookup(const std::string& name) {
  std::unique_lock lock(gateMutex);
  mostInside = std::max(mostInside, ++inside);
  gateOpened.notify_all();
  gateOpened.wait(lock, [] { return gateOpen; });
  --inside;
  gateOpened.notify_all();
  if (name == "nobody.test") {
    return Error(Error::Network, "nobody");
  }
  return std::vector<IpAddress>{IpAddress::fromV4(static_cast<std::uint32_t>(name.size()))};
}

void awaitInside(int count) {
  std::unique_lock lock(gateMutex);
  gateOpened.wait(lock, [count] { return inside == count; });
}

class ResolverTest : public EveryPoller {
 protected:
  std::optional<Addresses> resolve(const std::string& name) {
    std::optional<Addresses> outcome;
    const auto resolution = loop.resolve(name, [&](Addresses result) { outcome = std::move(result); });
    EXPECT_FALSE(outcome.has_value()) << "from inside the call";
    EXPECT_TRUE(runUntil([&] { return outcome.has_value(); }));
    return outcome;
  }
};
PORTICO_EVERY_POLLER(ResolverTest);

TEST_P(ResolverTest, LocalhostIsALoopbackAddress) {
  const auto outcome = resolve("localhost");
  ASSERT_TRUE(outcome && outcome->has_value());
  ASSERT_FALSE(outcome->value().empty());
  for (const IpAddress& address : outcome->value()) {
    EXPECT_TRUE(address.isLoopback()) << address.toString();
  }
}

TEST_P(ResolverTest, ALiteralIsItself) {
  for (const std::string literal : {"192.0.2.1", "2001:db8::1"}) {
    const auto outcome = resolve(literal);
    ASSERT_TRUE(outcome && outcome->has_value());
    EXPECT_EQ(outcome->value(), std::vector<IpAddress>{*IpAddress::parse(literal)});
  }
}

TEST_P(ResolverTest, ANameThatDoesNotExistIsANetworkErrorThatNamesIt) {
  // RFC 1035 §2.3.4: a label has 63 octets at most, so that no server needs to be asked.
  const std::string name = std::string(64, 'a') + ".invalid";
  const auto outcome = resolve(name);
  ASSERT_TRUE(outcome && !outcome->has_value());
  EXPECT_EQ(outcome->error().code, Error::Network);
  EXPECT_NE(outcome->error().message.find(name), std::string::npos);
}

TEST_P(ResolverTest, WhatCannotBeANameIsASyntaxError) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string("a\0b", 3), std::string(254, 'a'),
                                  std::string("caf\xC3\xA9.test"), std::string("a\nb")}) {
    const auto outcome = resolve(name);
    ASSERT_TRUE(outcome && !outcome->has_value());
    EXPECT_EQ(outcome->error().code, Error::Syntax);
  }
}

TEST_P(ResolverTest, AMulticastDnsNameIsNotSupportedYet) {
  for (const std::string name : {"3f2504e0.local", "PRINTER.LOCAL", "a.local."}) {
    const auto outcome = resolve(name);
    ASSERT_TRUE(outcome && !outcome->has_value());
    EXPECT_EQ(outcome->error().code, Error::NotSupported);
  }
}

class HeldResolver : public EveryPoller {
 protected:
  HeldResolver() {
    setGate(false);
    loop.core().resolver().setLookup(gatedLookup);
  }
  ~HeldResolver() override {
    setGate(true);
    awaitInside(0);
  }
};
PORTICO_EVERY_POLLER(HeldResolver);

TEST_P(HeldResolver, ACancelledNameIsSilentBeforeDuringAndAfterItsLookUp) {
  std::vector<std::unique_ptr<Cancellable>> resolutions;
  int calls = 0;
  for (std::size_t i = 0; i < kMaxResolverThreads + 2; ++i) {
    resolutions.push_back(loop.resolve("name.test", [&](Addresses) { ++calls; }));
  }
  awaitInside(static_cast<int>(kMaxResolverThreads));
  resolutions.back().reset();   // waits for a thread
  resolutions.front().reset();  // a thread has it
  setGate(true);
  EXPECT_TRUE(runUntil([&] { return calls > 0; }));
  EXPECT_TRUE(runUntil([&] { return calls == static_cast<int>(kMaxResolverThreads); }));
  resolutions.clear();
  loop.runOnce(Duration::zero());
  EXPECT_EQ(calls, static_cast<int>(kMaxResolverThreads));
}

TEST_P(HeldResolver, NoMoreThreadsThanItsBoundLookUpAtOnceAndEveryNameIsAnswered) {
  std::vector<std::unique_ptr<Cancellable>> resolutions;
  std::size_t right = 0;
  for (std::size_t i = 1; i <= 50; ++i) {
    resolutions.push_back(loop.resolve(std::string(i, 'a'), [&right, i](Addresses result) {
      right += result && result->front() == IpAddress::fromV4(static_cast<std::uint32_t>(i)) ? 1 : 0;
    }));
  }
  awaitInside(static_cast<int>(kMaxResolverThreads));
  setGate(true);
  EXPECT_TRUE(runUntil([&] { return right == 50; }));
  EXPECT_LE(mostInside, static_cast<int>(kMaxResolverThreads));
}

TEST_P(HeldResolver, ACallbackMayDestroyItsOwnResolution) {
  std::unique_ptr<Cancellable> resolution;
  bool failed = false;
  resolution = loop.resolve("nobody.test", [&](Addresses result) {
    resolution.reset();
    failed = !result.has_value();
  });
  setGate(true);
  EXPECT_TRUE(runUntil([&] { return failed; }));
}

TEST_P(HeldResolver, MoreNamesThanItsBoundAreRefused) {
  std::vector<std::unique_ptr<Cancellable>> resolutions;
  std::optional<Error> refusal;
  while (resolutions.size() < kMaxWaitingNames + kMaxResolverThreads + 1) {
    resolutions.push_back(loop.resolve("name.test", [&](Addresses result) {
      if (!result) {
        refusal = result.error();
      }
    }));
    if (resolutions.size() == kMaxResolverThreads) {
      awaitInside(static_cast<int>(kMaxResolverThreads));
    }
  }
  EXPECT_TRUE(runUntil([&] { return refusal.has_value(); }));
  EXPECT_EQ(refusal->code, Error::QuotaExceeded);
}

TEST(ResolverLifetime, ALoopGoesWithoutWaitingForANameThatHangs) {
  setGate(false);
  {
    Loop loop;
    loop.core().resolver().setLookup(gatedLookup);
    const auto resolution = loop.resolve("hangs.test", [](Addresses) { FAIL() << "its loop is gone"; });
    awaitInside(1);
  }
  awaitInside(1);  // the loop is gone, the look-up is not
  setGate(true);
  awaitInside(0);
}

}  // namespace
}  // namespace portico::test
