#include "native/bridge/handshake.h"

#include <gtest/gtest.h>

namespace portico::bridge {
namespace {

HandshakeRequest request(std::optional<std::string_view> origin = std::nullopt) {
  HandshakeRequest result;
  result.target = "/udp";
  result.isUpgrade = true;
  result.origin = origin;
  result.subprotocols = "portico.udp.v1";
  return result;
}

unsigned status(const HandshakeRequest& asked, const Options& options) {
  return judgeHandshake(asked, options, 1'000'000).status;
}

TEST(Handshake, AnOpenBridgeTakesPagesOfThisMachineOnly) {
  const Options open;
  EXPECT_EQ(status(request(), open), 0u);
  for (const char* origin :
       {"http://localhost:8080", "http://localhost", "https://127.0.0.1:8443", "http://[::1]:80"}) {
    EXPECT_EQ(status(request(origin), open), 0u) << origin;
  }
  for (const char* origin : {"https://example.org", "http://localhost.example.org", "http://127.0.0.1.example.org",
                             "null", "", "http://10.0.0.1", "http://[2001:db8::1]", "file://"}) {
    EXPECT_EQ(status(request(origin), open), 403u) << origin;
  }
}

TEST(Handshake, OriginsAreComparedWhole) {
  Options options;
  options.origins = {"https://example.org"};
  EXPECT_EQ(status(request("https://example.org"), options), 0u);
  for (const char* origin : {"https://example.org:8443", "http://example.org", "https://example.org.evil.example",
                             "https://EXAMPLE.org", "null", "", "http://localhost"}) {
    EXPECT_EQ(status(request(origin), options), 403u) << origin;
  }
  EXPECT_EQ(status(request(), options), 403u);
}

TEST(Handshake, WithASecretATokenIsNeeded) {
  Options options;
  options.tokenSecret = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(status(request(), options), 401u);
  HandshakeRequest forged = request();
  forged.subprotocols = "portico.udp.v1, portico.token.a.b.c";
  EXPECT_EQ(status(forged, options), 401u);
  HandshakeRequest basic = request();
  basic.authorization = "Basic abc";
  EXPECT_EQ(status(basic, options), 401u);
}

TEST(Handshake, AsksForItsPathProtocolAndSubprotocol) {
  const Options options;
  HandshakeRequest other = request();
  other.target = "/";
  EXPECT_EQ(status(other, options), 404u);
  other.target = "/udp/";
  EXPECT_EQ(status(other, options), 404u);
  other.target = "/udp?x=1";
  EXPECT_EQ(status(other, options), 0u);
  HandshakeRequest plain = request();
  plain.isUpgrade = false;
  EXPECT_EQ(status(plain, options), 426u);
  for (const char* protocols : {"", "portico.udp.v2", "portico.token.x", "portico.udp.v1x", ","}) {
    HandshakeRequest wrong = request();
    wrong.subprotocols = protocols;
    EXPECT_EQ(status(wrong, options), 400u) << protocols;
  }
}

TEST(Handshake, OnlyTrustedProxiesSayWhoTheClientIs) {
  Options options;
  const auto ip = [](const char* text) { return *IpAddress::parse(text); };
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "192.0.2.7", options), ip("10.0.0.1"));
  options.trustedProxies = {*Network::parse("10.0.0.0/8")};
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "192.0.2.7", options), ip("192.0.2.7"));
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "1.1.1.1, 192.0.2.7", options), ip("192.0.2.7"));
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "1.1.1.1, 192.0.2.7, 10.0.0.2", options), ip("192.0.2.7"));
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "", options), ip("10.0.0.1"));
  EXPECT_EQ(clientAddress(ip("10.0.0.1"), "unknown", options), ip("10.0.0.1"));
  EXPECT_EQ(clientAddress(ip("192.0.2.9"), "1.1.1.1", options), ip("192.0.2.9"));
  EXPECT_EQ(clientAddress(ip("::ffff:10.0.0.1"), "2001:db8::1", options), ip("2001:db8::1"));
}

}  // namespace
}  // namespace portico::bridge
