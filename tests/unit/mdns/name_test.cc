#include "core/mdns/name.h"

#include <gtest/gtest.h>

#include <set>

namespace portico::mdns {
namespace {

/// Bytes that count up.
class Counting final : public Random {
 public:
  void randomBytes(MutableByteView out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 0xF0;
};

constexpr std::string_view kName = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

TEST(MdnsName, ANameIsReadAndWrittenAlike) {
  EXPECT_EQ(Name::parse(kName)->toString(), kName);
}

TEST(MdnsName, LettersOfEitherCaseAreTheSameName) {
  EXPECT_EQ(Name::parse("1F4712DB-EA17-4BCF-A596-105139DFD8BF.LOCAL"), Name::parse(kName));
}

TEST(MdnsName, WhatIsNoUuidInTheDomainLocalIsNoName) {
  for (const char* text : {"", ".local", "printer.local", "1f4712db-ea17-4bcf-a596-105139dfd8bf",
                           "1f4712db-ea17-4bcf-a596-105139dfd8bf.locaL.", "1f4712dbea17-4bcf-a596-105139dfd8bf0.local",
                           "1f4712db-ea17-4bcf-a596-105139dfd8bg.local", "1f4712db-ea17-4bcf-a596-105139dfd8bf.lokal",
                           "a.1f4712db-ea17-4bcf-a596-105139dfd8bf.local"}) {
    EXPECT_FALSE(Name::parse(text).has_value()) << text;
  }
}

TEST(MdnsName, ARandomNameIsAUuidOfVersionFour) {
  Counting random;
  std::set<std::string> names;
  for (int i = 0; i < 10; ++i) {
    const std::string text = Name::random(random).toString();
    EXPECT_EQ(text[14], '4') << text;
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
    EXPECT_TRUE(Name::parse(text).has_value()) << text;
    names.insert(text);
  }
  EXPECT_EQ(names.size(), 10U);
}

}  // namespace
}  // namespace portico::mdns
