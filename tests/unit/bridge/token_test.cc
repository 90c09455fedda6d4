#include "native/bridge/token.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "native/bridge/base64url.h"

namespace portico::bridge {
namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef";
constexpr std::int64_t kNow = 1'000'000;

std::string encode(std::string_view bytes) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

std::string sign(const std::string& header, const std::string& claims, const EVP_MD* digest = ::EVP_sha256(),
                 const std::string& secret = kSecret) {
  const std::string text = encode(header) + "." + encode(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  ::HMAC(digest, secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), out.data(), &length);
  return text + "." + encode({reinterpret_cast<const char*>(out.data()), length});
}

std::string tokenOf(const std::string& claims) {
  return sign(R"({"alg":"HS256","typ":"JWT"})", claims);
}

std::string whyNot(const std::string& token) {
  const auto result = verifyToken(token, kSecret, kNow);
  return result ? "accepted" : result.error().message;
}

TEST(Token, WithAllItsClaimsIsUnderstood) {
  const auto token =
      verifyToken(tokenOf(R"({"exp":1000001,"max_sockets":3,"max_bps":8000000,"dst":["192.0.2.0/24","2001:db8::1"]})"),
                  kSecret, kNow);
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->maxSockets, 3u);
  EXPECT_EQ(token->maxBitsPerSecond, 8'000'000u);
  ASSERT_EQ(token->networks.size(), 2u);
  EXPECT_EQ(token->networks[0].bits, 24u);
  EXPECT_EQ(token->id.size(), 32u);
}

// RFC 7515 §A.1: the HMAC, the encoding, and a date that is long past.
TEST(Token, OfRfc7515IsSignedRightAndHasExpired) {
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLm"
      "NvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto secret =
      decodeBase64Url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  EXPECT_TRUE(verifyToken(token, *secret, 1'300'819'379));
  EXPECT_FALSE(verifyToken(token, *secret, 1'300'819'380));
}

TEST(Token, NeedsTheTimeOfItsEnd) {
  EXPECT_EQ(whyNot(tokenOf(R"({"exp":1000001})")), "accepted");
  EXPECT_EQ(whyNot(tokenOf(R"({"exp":1000000.5})")), "accepted");
  for (const char* claims : {R"({"exp":1000000})", R"({"exp":0})", R"({"exp":-1})", R"({})", R"({"exp":"1000001"})",
                             R"({"exp":null})", R"({"exp":1000001,"nbf":1000001})", R"({"exp":1000001,"nbf":"x"})"}) {
    EXPECT_NE(whyNot(tokenOf(claims)), "accepted") << claims;
  }
}

TEST(Token, OfAnotherAlgorithmIsRefusedWhateverItsSignature) {
  const std::string claims = R"({"exp":1000001})";
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS384"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})",
        R"({"alg":"hs256"})", R"({"alg":["HS256"]})", R"({})", R"([])", R"({"alg":"HS256","crit":["exp"]})"}) {
    EXPECT_NE(whyNot(sign(header, claims)), "accepted") << header;
  }
  EXPECT_NE(whyNot(sign(R"({"alg":"HS512"})", claims, ::EVP_sha512())), "accepted");
  EXPECT_NE(whyNot(encode(R"({"alg":"none"})") + "." + encode(claims) + "."), "accepted");
  EXPECT_NE(whyNot(encode(R"({"alg":"HS256"})") + "." + encode(claims) + "."), "accepted");
}

TEST(Token, WithAForgedSignatureOrClaimIsRefused) {
  const std::string good = tokenOf(R"({"exp":1000001})");
  ASSERT_EQ(whyNot(good), "accepted");
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string forged = good;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(whyNot(forged), "accepted") << at;
  }
  EXPECT_NE(whyNot(sign(R"({"alg":"HS256"})", R"({"exp":1000001})", ::EVP_sha256(), kSecret + "x")), "accepted");
}

TEST(Token, ThatIsNoJwtIsRefused) {
  for (const std::string& text : {std::string(), std::string("."), std::string(".."), std::string("a.b"),
                                  std::string("a.b.c.d"), std::string(5000, 'a'), tokenOf("[]"), tokenOf("{"),
                                  tokenOf(R"({"exp":1000001})") + "=", " " + tokenOf(R"({"exp":1000001})")}) {
    EXPECT_NE(whyNot(text), "accepted") << text;
  }
}

TEST(Token, WithLimitsThatAreNoneIsRefused) {
  for (const char* limit : {R"("max_sockets":-1)", R"("max_sockets":"3")", R"("max_bps":0)", R"("max_bps":-5)",
                            R"("dst":"10.0.0.0/8")", R"("dst":[])", R"("dst":[5])", R"("dst":["example.org"])"}) {
    EXPECT_NE(whyNot(tokenOf(std::string(R"({"exp":1000001,)") + limit + "}")), "accepted") << limit;
  }
}

TEST(Token, ErrorsHaveNothingOfTheTokenInThem) {
  const std::string token = tokenOf(R"({"exp":1})");
  const std::string why = whyNot(token);
  EXPECT_EQ(why, "the token is refused: it has expired");
}

TEST(Base64Url, IsStrict) {
  EXPECT_EQ(decodeBase64Url(""), "");
  EXPECT_EQ(decodeBase64Url("_-8"), "\xff\xef");
  for (const char* text : {"A", "AA=", "AA==", "A+", "A/", "A A", "AB", "AAB", "AAAAA"}) {
    EXPECT_FALSE(decodeBase64Url(text)) << text;
  }
}

}  // namespace
}  // namespace portico::bridge
