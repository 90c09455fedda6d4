#include "portico/parameters.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(ParametersTest, RolesHaveTheNamesOfTheStandards) {
  EXPECT_EQ(toString(DtlsRole::automatic), "auto");
  EXPECT_EQ(toString(DtlsRole::client), "client");
  EXPECT_EQ(toString(DtlsRole::server), "server");
  EXPECT_EQ(toString(IceRole::controlling), "controlling");
  EXPECT_EQ(toString(IceRole::controlled), "controlled");
}

TEST(ParametersTest, StatesOfIceHaveTheNamesOfTheStandards) {
  EXPECT_EQ(toString(IceGathererState::fresh), "new");
  EXPECT_EQ(toString(IceGathererState::gathering), "gathering");
  EXPECT_EQ(toString(IceGathererState::complete), "complete");
  EXPECT_EQ(toString(IceGathererState::closed), "closed");
  EXPECT_EQ(toString(IceTransportState::fresh), "new");
  EXPECT_EQ(toString(IceTransportState::checking), "checking");
  EXPECT_EQ(toString(IceTransportState::connected), "connected");
  EXPECT_EQ(toString(IceTransportState::completed), "completed");
  EXPECT_EQ(toString(IceTransportState::disconnected), "disconnected");
  EXPECT_EQ(toString(IceTransportState::failed), "failed");
  EXPECT_EQ(toString(IceTransportState::closed), "closed");
}

TEST(ParametersTest, StatesAboveIceHaveTheNamesOfTheStandards) {
  EXPECT_EQ(toString(DtlsTransportState::fresh), "new");
  EXPECT_EQ(toString(DtlsTransportState::connecting), "connecting");
  EXPECT_EQ(toString(DtlsTransportState::connected), "connected");
  EXPECT_EQ(toString(DtlsTransportState::closed), "closed");
  EXPECT_EQ(toString(DtlsTransportState::failed), "failed");
  EXPECT_EQ(toString(SctpTransportState::connecting), "connecting");
  EXPECT_EQ(toString(SctpTransportState::connected), "connected");
  EXPECT_EQ(toString(SctpTransportState::closed), "closed");
  EXPECT_EQ(toString(DataChannelState::connecting), "connecting");
  EXPECT_EQ(toString(DataChannelState::open), "open");
  EXPECT_EQ(toString(DataChannelState::closing), "closing");
  EXPECT_EQ(toString(DataChannelState::closed), "closed");
}

TEST(ParametersTest, DefaultsAreThoseOfTheStandards) {
  EXPECT_EQ(SctpCapabilities().maxMessageSize, 262'144u);
  const DataChannelParameters channel;
  EXPECT_TRUE(channel.ordered);
  EXPECT_FALSE(channel.negotiated);
  EXPECT_FALSE(channel.id);
  const IceCandidate candidate;
  EXPECT_EQ(candidate.component, 1);
  EXPECT_EQ(candidate.protocol, "udp");
}

}  // namespace
}  // namespace portico
