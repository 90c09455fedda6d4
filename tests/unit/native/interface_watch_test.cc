// Changes of real interfaces, in a network namespace of the test's own thread.
#include "native/interface_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

#include "portico/ortc.h"
#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

class InterfaceWatching : public ::testing::TestWithParam<LoopOptions::Polling> {
 protected:
  /// Runs `test` where interfaces may be changed at will.
  void inNamespace(const std::function<void(Loop&)>& test) {
    bool ran = false;
    std::thread([&] {
#ifdef __linux__
      if (::unshare(CLONE_NEWNET) != 0) return;
      ran = true;
      ip("link set lo up");
      Loop loop(withPolling(GetParam()));
      test(loop);
#endif
    }).join();
    if (!ran) {
      GTEST_SKIP() << "NOT TESTED: changes of real network interfaces. It takes root, and Linux's network namespaces.";
    }
  }
  static void ip(const std::string& arguments) {
    ASSERT_EQ(std::system(("ip " + arguments).c_str()), 0) << arguments;  // NOLINT(cert-env33-c)
  }
};
PORTICO_EVERY_POLLER(InterfaceWatching);

TEST_P(InterfaceWatching, AnAddressThatComesOrGoesIsToldOnceEach) {
  inNamespace([](Loop& loop) {
    int told = 0;
    const auto watch = loop.watchNetworkInterfaces([&] { ++told; });
    ip("addr add 10.9.9.1/24 dev lo && ip addr add 10.9.9.2/24 dev lo");
    ASSERT_TRUE(loop.runUntil([&] { return told == 1; }, kPatience));
    const auto has = [&](std::string_view address) {
      const auto all = loop.networkInterfaces();
      return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.address.toString() == address; });
    };
    EXPECT_TRUE(has("10.9.9.1") && has("10.9.9.2"));
    ip("addr del 10.9.9.1/24 dev lo");
    ASSERT_TRUE(loop.runUntil([&] { return told == 2; }, kPatience));
    EXPECT_FALSE(has("10.9.9.1"));
    loop.runUntil([] { return false; }, 3 * kInterfaceCalm);
    EXPECT_EQ(told, 2);
  });
}

TEST_P(InterfaceWatching, AnInterfaceThatIsSwitchedOffKeepsItsAddressAndIsDown) {
  inNamespace([](Loop& loop) {
    ip("addr add 10.9.9.1/24 dev lo");
    int told = 0;
    const auto watch = loop.watchNetworkInterfaces([&] { ++told; });
    ip("link set lo down");
    ASSERT_TRUE(loop.runUntil([&] { return told > 0; }, kPatience));
    const auto all = loop.networkInterfaces();
    const auto found =
        std::find_if(all.begin(), all.end(), [](const auto& one) { return one.address.toString() == "10.9.9.1"; });
    ASSERT_NE(found, all.end());
    EXPECT_TRUE(found->down);
  });
}

TEST_P(InterfaceWatching, AStormIsToldTenTimesASecondAtMost) {
  inNamespace([](Loop& loop) {
    int told = 0;
    const auto watch = loop.watchNetworkInterfaces([&] { ++told; });
    const Time begin = loop.now();
    for (int round = 0; round < 30; ++round) {
      ip("addr add 10.9.9.1/24 dev lo && ip addr del 10.9.9.1/24 dev lo");
      loop.runOnce(Duration::zero());
    }
    loop.runUntil([] { return false; }, 2 * kInterfaceCalm);
    EXPECT_GE(told, 1);
    EXPECT_LE(told, (loop.now() - begin) / kInterfaceCalm + 1);
  });
}

TEST_P(InterfaceWatching, CostsNothingWhenNobodyWatches) {
  Loop loop(withPolling(GetParam()));
  const std::size_t before = countOpenDescriptors();
  auto first = loop.watchNetworkInterfaces([] {});
  auto second = loop.watchNetworkInterfaces([] {});
  EXPECT_LE(countOpenDescriptors(), before + 1) << "one for all";
  first.reset();
  EXPECT_LE(countOpenDescriptors(), before + 1);
  second.reset();
  EXPECT_EQ(countOpenDescriptors(), before);
}

TEST_P(InterfaceWatching, WhoWatchesMayStopAllInTheCallAndOutliveTheLoop) {
  inNamespace([](Loop&) {
    std::unique_ptr<Cancellable> first;
    std::unique_ptr<Cancellable> second;
    std::unique_ptr<Cancellable> survivor;
    int told = 0;
    {
      Loop loop(withPolling(GetParam()));
      const auto stop = [&] {
        ++told;
        first.reset();
        second.reset();
      };
      first = loop.watchNetworkInterfaces(stop);
      second = loop.watchNetworkInterfaces(stop);
      ip("addr add 10.9.9.1/24 dev lo");
      ASSERT_TRUE(loop.runUntil([&] { return told > 0; }, kPatience));
      EXPECT_EQ(told, 1);
      survivor = loop.watchNetworkInterfaces(stop);
    }
    survivor.reset();
  });
}

TEST_P(InterfaceWatching, AGathererTakesWhatComesAndLetsGoOfWhatGoes) {
  inNamespace([](Loop& loop) {
    ip("addr add 10.9.9.1/24 dev lo");
    IceGatherOptions options;
    options.iceServers.emplace();
    options.includeLoopback = true;
    options.networkChangePolicy = NetworkChangePolicy::gather;
    options.bindAddresses = {IpAddress::any(IpFamily::v4)};
    IceGatherer gatherer(loop, options);
    std::vector<NetworkChange> changes;
    gatherer.onNetworkChange([&](const NetworkChange& change) { changes.push_back(change); });
    gatherer.gather().ignore();
    const auto addresses = [&] {
      std::vector<std::string> all;
      for (const IceCandidate& candidate : gatherer.getLocalCandidates())
        all.push_back(candidate.protocol + ' ' + candidate.address);
      std::sort(all.begin(), all.end());
      return all;
    };
    const std::vector<std::string> before{"tcp 10.9.9.1", "tcp 127.0.0.1", "udp 10.9.9.1", "udp 127.0.0.1"};
    ASSERT_EQ(addresses(), before);
    ip("addr add 10.9.9.2/24 dev lo");
    ASSERT_TRUE(loop.runUntil([&] { return changes.size() == 1; }, kPatience));
    EXPECT_EQ(addresses(), (std::vector<std::string>{"tcp 10.9.9.1", "tcp 10.9.9.2", "tcp 127.0.0.1", "udp 10.9.9.1",
                                                     "udp 10.9.9.2", "udp 127.0.0.1"}));
    ip("addr del 10.9.9.2/24 dev lo");
    ASSERT_TRUE(loop.runUntil([&] { return changes.size() == 2; }, kPatience));
    EXPECT_EQ(addresses(), before);
    EXPECT_EQ(changes[1].removed, std::vector<IpAddress>{*IpAddress::parse("10.9.9.2")});
  });
}

}  // namespace
}  // namespace portico::test
