#include "core/sdp/session.h"

#include <gtest/gtest.h>

namespace portico::sdp {
namespace {

MediaSection section(std::string media, std::string protocol, std::vector<std::string> formats) {
  MediaSection out;
  out.media = std::move(media);
  out.protocol = std::move(protocol);
  out.formats = std::move(formats);
  return out;
}

TEST(SessionTest, SetupsHaveTheNamesOfTheRfc) {
  EXPECT_EQ(toString(Setup::actpass), "actpass");
  EXPECT_EQ(toString(Setup::active), "active");
  EXPECT_EQ(toString(Setup::passive), "passive");
  EXPECT_EQ(toString(Setup::holdconn), "holdconn");
}

TEST(SessionTest, KnowsASectionForDataChannels) {
  EXPECT_TRUE(section("application", "UDP/DTLS/SCTP", {"webrtc-datachannel"}).isDataChannel());
  EXPECT_TRUE(section("application", "TCP/DTLS/SCTP", {"webrtc-datachannel"}).isDataChannel());
  EXPECT_TRUE(section("application", "DTLS/SCTP", {"5000"}).isDataChannel());
  EXPECT_TRUE(section("application", "DTLS/SCTP", {"webrtc-datachannel"}).isDataChannel());
  EXPECT_TRUE(section("application", "UDP/DTLS/SCTP", {"bfcp", "webrtc-datachannel"}).isDataChannel());
}

TEST(SessionTest, KnowsASectionThatIsNotForDataChannels) {
  EXPECT_FALSE(MediaSection().isDataChannel());
  EXPECT_FALSE(section("audio", "UDP/TLS/RTP/SAVPF", {"111"}).isDataChannel());
  EXPECT_FALSE(section("video", "UDP/DTLS/SCTP", {"webrtc-datachannel"}).isDataChannel());
  EXPECT_FALSE(section("application", "UDP/DTLS/SCTP", {"5000"}).isDataChannel());
  EXPECT_FALSE(section("application", "UDP/DTLS/SCTP", {"bfcp"}).isDataChannel());
  EXPECT_FALSE(section("application", "UDP/TLS/BFCP", {"*"}).isDataChannel());
  EXPECT_FALSE(section("application", "SCTP", {"webrtc-datachannel"}).isDataChannel());
  EXPECT_FALSE(section("application", "DTLS/SCTP", {"bfcp"}).isDataChannel());
}

}  // namespace
}  // namespace portico::sdp
