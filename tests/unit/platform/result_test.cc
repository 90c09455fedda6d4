#include "portico/platform/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace portico {
namespace {

TEST(ErrorTest, HasTheNameThatW3cGivesIt) {
  const std::pair<Error::Code, std::string_view> names[] = {
      {Error::InvalidState, "InvalidStateError"},
      {Error::Syntax, "SyntaxError"},
      {Error::Type, "TypeError"},
      {Error::Range, "RangeError"},
      {Error::Operation, "OperationError"},
      {Error::NotSupported, "NotSupportedError"},
      {Error::Network, "NetworkError"},
      {Error::Timeout, "TimeoutError"},
      {Error::QuotaExceeded, "QuotaExceededError"},
      {Error::Data, "DataError"},
      {Error::Closed, "AbortError"},
  };
  for (const auto& [code, name] : names) EXPECT_EQ(Error(code, "a sentence").name(), name);
}

TEST(ErrorTest, EqualsOnlyTheSameCodeWithTheSameSentence) {
  EXPECT_EQ(Error(Error::Data, "a"), Error(Error::Data, "a"));
  EXPECT_NE(Error(Error::Data, "a"), Error(Error::Data, "b"));
  EXPECT_NE(Error(Error::Data, "a"), Error(Error::Type, "a"));
}

TEST(ResultTest, HoldsAValueThatCanBeMovedOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  ASSERT_TRUE(result.has_value());
  const std::unique_ptr<int> moved = *std::move(result);
  EXPECT_EQ(*moved, 7);
}

TEST(ResultTest, HoldsAnErrorInThePlaceOfAValue) {
  const Result<int> result = Error(Error::Range, "Too many.");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Error(Error::Range, "Too many."));
  EXPECT_EQ(result.value_or(3), 3);
}

TEST(ResultTest, OfVoidIsASuccessUnlessItHoldsAnError) {
  EXPECT_TRUE(Result<void>().has_value());
  const Result<void> failure = Error(Error::Closed, "Gone.");
  ASSERT_FALSE(failure);
  EXPECT_EQ(failure.error().code, Error::Closed);
}

}  // namespace
}  // namespace portico
