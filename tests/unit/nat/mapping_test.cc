#include "core/nat/mapping.h"

#include <gtest/gtest.h>

namespace portico::nat {
namespace {

NatDependence infer(std::initializer_list<std::pair<const char*, const char*>> views) {
  std::vector<Observation> observations;
  for (const auto& [server, mapped] : views) {
    observations.push_back({*SocketAddress::parse(server), *SocketAddress::parse(mapped)});
  }
  return inferMapping(*SocketAddress::parse("192.168.1.2:5000"), observations);
}

TEST(InferMapping, IsUnknownWithoutAnAnswerOrWithOneServersAlone) {
  EXPECT_EQ(infer({}), NatDependence::unknown);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}}), NatDependence::unknown);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.1:1", "1.1.1.1:8"}}), NatDependence::unknown);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.1:2", "1.1.1.1:7"}}), NatDependence::unknown);
}

TEST(InferMapping, NeedsOneAnswerOnlyWhereThereIsNoNat) {
  EXPECT_EQ(infer({{"9.9.9.1:1", "192.168.1.2:5000"}}), NatDependence::endpointIndependent);
}

TEST(InferMapping, ComparesAddressesAndPorts) {
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.2:1", "1.1.1.1:7"}}), NatDependence::endpointIndependent);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.2:1", "1.1.1.1:8"}}), NatDependence::dependent);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.2:1", "1.1.1.1:8"}, {"9.9.9.2:2", "1.1.1.1:8"}}),
            NatDependence::addressDependent);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.2:1", "1.1.1.1:8"}, {"9.9.9.2:2", "1.1.1.1:9"}}),
            NatDependence::addressAndPortDependent);
  EXPECT_EQ(infer({{"9.9.9.1:1", "1.1.1.1:7"}, {"9.9.9.1:2", "1.1.1.1:8"}}), NatDependence::addressAndPortDependent);
}

}  // namespace
}  // namespace portico::nat
