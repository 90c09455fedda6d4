// Candidates with names in place of addresses (draft-ietf-mmusic-mdns-ice-candidates), on one simulated segment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/mdns/engine.h"
#include "core/mdns/message.h"
#include "core/portico/mdns_service.h"
#include "tests/peers/peer.h"
#include "tests/sim/stun_server.h"
#include "tests/sim/test_socket.h"
#include "tests/sim/turn_server.h"

namespace portico::test {
namespace {

using testing::HasSubstr;
using testing::Not;

PeerOptions hidden() {
  PeerOptions options;
  options.gather.mdns = MdnsPolicy::hide;
  return options;
}

bool isName(const std::string& text) {
  return mdns::Name::parse(text).has_value();
}

/// All multicast DNS packets of a run.
struct Wire {
  struct Packet {
    SocketAddress from;
    SocketAddress to;
    std::optional<mdns::Message> message;
    Time at;
  };
  explicit Wire(sim::World& world) {
    world.observe([this](const sim::PacketEvent& event) {
      if (event.fate != sim::Fate::sent || event.packet.from.port != mdns::kPort) return;
      packets.push_back({event.packet.from, event.packet.to, mdns::Message::parse(event.packet.payload), event.when});
    });
  }
  [[nodiscard]] std::size_t questions() const {
    return static_cast<std::size_t>(std::count_if(packets.begin(), packets.end(), [](const Packet& packet) {
      return packet.message && !packet.message->response;
    }));
  }
  std::vector<Packet> packets;
};

TEST(Mdns, TwoPeersThatHideTheirAddressesConnectByTheirNames) {
  Pair pair(1, hidden(), hidden());
  ASSERT_TRUE(pair.connect());
  for (Peer* peer : {pair.alice.get(), pair.bob.get()}) {
    for (const IceCandidate& candidate : peer->ice.getLocalCandidates()) {
      EXPECT_TRUE(isName(candidate.address)) << candidate.candidate();
      EXPECT_THAT(candidate.candidate(), Not(HasSubstr("203.0.113.")));
    }
    const auto selected = peer->ice.getSelectedCandidatePair();
    ASSERT_TRUE(selected.has_value());
    EXPECT_TRUE(isName(selected->local.address));
    EXPECT_TRUE(isName(selected->remote.address)) << selected->remote.candidate();
    for (const IceCandidate& candidate : peer->ice.getRemoteCandidates()) EXPECT_TRUE(isName(candidate.address));
  }
}

TEST(Mdns, APeerThatHidesMeetsOneThatDoesNot) {
  Pair pair(2, hidden());
  ASSERT_TRUE(pair.connect());
  EXPECT_TRUE(isName(pair.bob->ice.getRemoteCandidates()[0].address));
  EXPECT_FALSE(isName(pair.alice->ice.getRemoteCandidates()[0].address));
}

}  // namespace
}  // namespace portico::test
