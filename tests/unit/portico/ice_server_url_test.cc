#include "core/portico/ice_server_url.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

using Scheme = IceServerUrl::Scheme;

struct Good {
  const char* text;
  IceServerUrl url;
};

class GoodUrl : public testing::TestWithParam<Good> {};

TEST_P(GoodUrl, IsParsed) {
  const Result<IceServerUrl> url = IceServerUrl::parse(GetParam().text);
  ASSERT_TRUE(url.has_value()) << url.error().message;
  EXPECT_EQ(*url, GetParam().url);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc7064And7065, GoodUrl,
    testing::Values(Good{"stun:example.org", {Scheme::stun, "example.org", 3478, false}},
                    Good{"stun:example.org:1234", {Scheme::stun, "example.org", 1234, false}},
                    Good{"stuns:example.org", {Scheme::stuns, "example.org", 5349, true}},
                    Good{"stuns:example.org:1234", {Scheme::stuns, "example.org", 1234, true}},
                    Good{"turn:example.org", {Scheme::turn, "example.org", 3478, false}},
                    Good{"turn:example.org?transport=udp", {Scheme::turn, "example.org", 3478, false}},
                    Good{"turn:example.org?transport=tcp", {Scheme::turn, "example.org", 3478, true}},
                    Good{"turn:example.org:1234?transport=tcp", {Scheme::turn, "example.org", 1234, true}},
                    Good{"turns:example.org", {Scheme::turns, "example.org", 5349, true}},
                    Good{"turns:example.org:1234?transport=tcp", {Scheme::turns, "example.org", 1234, true}},
                    Good{"turns:example.org?transport=udp", {Scheme::turns, "example.org", 5349, false}},
                    Good{"stun:192.0.2.1:3479", {Scheme::stun, "192.0.2.1", 3479, false}},
                    Good{"stun:[2001:db8::1]", {Scheme::stun, "2001:db8::1", 3478, false}},
                    Good{"stun:[2001:db8::1]:5000", {Scheme::stun, "2001:db8::1", 5000, false}}));

class BadUrl : public testing::TestWithParam<const char*> {};

TEST_P(BadUrl, IsASyntaxErrorThatNamesIt) {
  const Result<IceServerUrl> url = IceServerUrl::parse(GetParam());
  ASSERT_FALSE(url.has_value());
  EXPECT_EQ(url.error().code, Error::Syntax);
  EXPECT_NE(url.error().message.find(GetParam()), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Rfc7064And7065, BadUrl,
                         testing::Values("", "stun", "foo", "http:example.org", "stun:", "stun::3478",
                                         "stun:example.org:", "stun:example.org:0", "stun:example.org:65536",
                                         "stun:example.org:12x", "stun:example.org?transport=udp",
                                         "turn:example.org?transport=sctp", "turn:example.org?foo=bar",
                                         "stun:[2001:db8::1", "stun:[192.0.2.1]", "stun:[::1]3478",
                                         "stun:[::1]:", "stun:exa mple.org", "stun://example.org"));

}  // namespace
}  // namespace portico
