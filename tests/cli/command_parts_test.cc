// The parts of the command that two processes would test only by luck: digests, codecs, names, codes.
#include <gtest/gtest.h>

#include <string>

#include "core/wire/base64.h"
#include "native/command/arguments.h"
#include "native/command/file_name.h"
#include "native/command/file_protocol.h"
#include "native/command/json.h"
#include "native/command/ortc_parameters.h"
#include "native/command/sha256.h"

namespace portico::command {
namespace {

std::string sha256(Sha256::Engine engine, std::string_view text) {
  Sha256 hash(engine);
  hash.update(asBytes(text));
  return hash.finish();
}

class Sha256Test : public testing::TestWithParam<Sha256::Engine> {};

INSTANTIATE_TEST_SUITE_P(Engines, Sha256Test, testing::Values(Sha256::Engine::fastest, Sha256::Engine::portable));

TEST_P(Sha256Test, GivesTheDigestsOfFips180) {
  EXPECT_EQ(sha256(GetParam(), ""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256(GetParam(), "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(GetParam(), "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(GetParam(), std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameFromBothEnginesForEveryLengthAndEverySplit) {
  std::string text;
  for (int length = 0; length < 300; ++length) {
    const std::string expected = sha256(Sha256::Engine::portable, text);
    EXPECT_EQ(sha256(Sha256::Engine::fastest, text), expected) << length;
    Sha256 split;
    split.update(asBytes(text).first(text.size() / 3));
    split.update(asBytes(text).subspan(text.size() / 3));
    EXPECT_EQ(split.finish(), expected) << length;
    text.push_back(static_cast<char>(length * 7));
  }
}

TEST(Base64, GivesTheVectorsOfRfc4648) {
  EXPECT_EQ(toBase64(asBytes("")), "");
  EXPECT_EQ(toBase64(asBytes("f")), "Zg==");
  EXPECT_EQ(toBase64(asBytes("fo")), "Zm8=");
  EXPECT_EQ(toBase64(asBytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(toBase64(asBytes("\xff\xef\xbe")), "/+++");
  EXPECT_EQ(toBase64Url(asBytes("\xff\xef\xbe")), "_---");
  EXPECT_EQ(toBase64Url(asBytes("f")), "Zg");
}

TEST(Base64, ReadsWhatItWrites) {
  std::string text;
  for (int length = 0; length < 100; ++length) {
    EXPECT_EQ(fromBase64(toBase64(asBytes(text))), toVector(asBytes(text)));
    EXPECT_EQ(fromBase64(toBase64Url(asBytes(text))), toVector(asBytes(text)));
    text.push_back(static_cast<char>(length * 37));
  }
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"A", "AAAAA", "A===", "AA=", "AAA==", "=", "AB==", "Zg=A", "Zm 8=", "Zm8=\n", "Zé=="}) {
    EXPECT_FALSE(fromBase64(text)) << text;
  }
}

TEST(SafeFileName, NeverLeavesTheFolder) {
  EXPECT_EQ(safeFileName("photo.jpg"), "photo.jpg");
  EXPECT_EQ(safeFileName("../../etc/passwd"), "passwd");
  EXPECT_EQ(safeFileName("/etc/passwd"), "passwd");
  EXPECT_EQ(safeFileName("C:\\windows\\system.ini"), "system.ini");
  EXPECT_EQ(safeFileName(".bashrc"), "bashrc");
  EXPECT_EQ(safeFileName(std::string_view("a\0b\x1b[31m", 8)), "ab[31m");
  for (const char* nothing : {"", ".", "..", "/", "a/", "\\", "..."}) {
    EXPECT_EQ(safeFileName(nothing), "received-file") << nothing;
  }
}

TEST(SafeFileName, IsCutBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "ü";
  const std::string safe = safeFileName("a" + name);
  EXPECT_EQ(safe.size(), 199U);
  EXPECT_EQ(safe, "a" + name.substr(0, 198));
}

TEST(FileProtocol, ReadsWhatItWrites) {
  const auto header = parseFileMessage(toText(FileHeader{"naïve \"name\"\n", 1ULL << 60}));
  ASSERT_TRUE(header);
  EXPECT_EQ(std::get<FileHeader>(*header).name, "naïve \"name\"\n");
  EXPECT_EQ(std::get<FileHeader>(*header).size, 1ULL << 60);
  const auto refused = parseFileMessage(toText(FileRefused{"why"}));
  ASSERT_TRUE(refused);
  EXPECT_EQ(std::get<FileRefused>(*refused).why, "why");
}

TEST(FileProtocol, RefusesWhatItDoesNotKnow) {
  for (const char* text :
       {"", "7", "[]", "{}", R"({"file":{}})", R"({"file":{"name":7,"size":1}})", R"({"end":{}})",
        R"({"file":{"name":"x","size":1.5}})", R"({"received":{"bytes":-1,"sha256":""}})", R"({"refused":7})"}) {
    EXPECT_FALSE(parseFileMessage(text)) << text;
  }
  EXPECT_FALSE(parseFileMessage(toText(FileRefused{std::string(kMaxFileMessageBytes, 'x')})));
}

OrtcParameters someParameters(int candidates) {
  OrtcParameters parameters;
  parameters.ice = {"abcd", "0123456789012345678901", false};
  for (const char* algorithm : {"sha-256", "sha-384"}) {
    parameters.dtls.fingerprints.push_back(DtlsFingerprint{algorithm, "AB:CD"});
  }
  for (int i = 0; i < candidates; ++i) {
    parameters.candidates.push_back(
        IceCandidate::parse("candidate:1 1 udp 2130706431 2001:db8:1234:5678:9abc:def0:1234:" +
                            std::to_string(1000 + i) + " 65000 typ srflx raddr 192.0.2.1 rport 65000")
            .value());
  }
  parameters.sctp.maxMessageSize = 262'144;
  parameters.sctpPort = 5000;
  return parameters;
}

TEST(Code, HoldsWhatAPeerNeeds) {
  const OrtcParameters parameters = someParameters(2);
  const auto read = fromCode(" \t" + toCode(parameters) + "\r\n");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->ice, parameters.ice);
  EXPECT_EQ(read->candidates, parameters.candidates);
  EXPECT_EQ(read->dtls.fingerprints, std::vector<DtlsFingerprint>{parameters.dtls.fingerprints.front()});
  EXPECT_EQ(read->sctp, parameters.sctp);
}

TEST(Code, FitsALineOfATerminalWhateverTheMachineHas) {
  const std::string code = toCode(someParameters(100));
  EXPECT_LT(code.size(), 4'095U);
  ASSERT_TRUE(fromCode(code));
  EXPECT_EQ(fromCode(code)->candidates.size(), 16U);
}

TEST(Code, IsRefusedWhenAPieceIsMissing) {
  const std::string code = toCode(someParameters(2));
  for (std::size_t length = 0; length < code.size(); ++length) EXPECT_FALSE(fromCode(code.substr(0, length))) << length;
  EXPECT_FALSE(fromCode("hello there"));
  EXPECT_FALSE(fromCode(std::string(1'000'000, 'A')));
}

TEST(Json, IsBoundedInDepth) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(parseJson(nested(json::kMaxJsonDepth)));
  EXPECT_FALSE(parseJson(nested(json::kMaxJsonDepth + 2)));
  EXPECT_FALSE(parseJson(nested(400'000)));
}

TEST(Json, ReplacesWhatIsNoUtf8) {
  Json json;
  json["text"] = "a\xff";
  EXPECT_EQ(toLine(json), "{\"text\":\"a\xef\xbf\xbd\"}");
}

TEST(IceServerArgument, TakesAPasswordWithCommas) {
  const auto server = parseIceServer("turn:relay.example:3478?transport=tcp,user,a,b,c");
  ASSERT_TRUE(server);
  EXPECT_EQ(server->urls, std::vector<std::string>{"turn:relay.example:3478?transport=tcp"});
  EXPECT_EQ(server->username, "user");
  EXPECT_EQ(server->credential, "a,b,c");
}

}  // namespace
}  // namespace portico::command
