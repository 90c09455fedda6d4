#include "core/sctp/usrsctp_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace portico::sctp {
namespace {

TEST(UsrsctpMemory, GivesBlocksOfEverySizeThatDoNotOverlap) {
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  for (std::size_t size = 0; size < 5'000; size += 7) {
    auto* block = static_cast<unsigned char*>(allocateUsrsctpMemory(size));
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % alignof(std::max_align_t), 0u);
    std::memset(block, static_cast<int>(size % 251), size);
    blocks.emplace_back(block, size);
  }
  for (const auto& [block, size] : blocks) {
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(block[i], size % 251);
    freeUsrsctpMemory(block);
  }
  releaseUsrsctpMemory();
}

TEST(UsrsctpMemory, KeepsWhatStandsInABlockThatGrows) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{64}, std::size_t{2'048}, std::size_t{10'000}}) {
    auto* block = static_cast<unsigned char*>(allocateUsrsctpMemory(size));
    for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<unsigned char>(i);
    block = static_cast<unsigned char*>(reallocateUsrsctpMemory(block, 3 * size));
    ASSERT_NE(block, nullptr);
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(block[i], static_cast<unsigned char>(i));
    freeUsrsctpMemory(block);
  }
  releaseUsrsctpMemory();
}

TEST(UsrsctpMemory, TakesNullAndRefusesTheImpossible) {
  freeUsrsctpMemory(nullptr);
  void* block = reallocateUsrsctpMemory(nullptr, 10);
  EXPECT_NE(block, nullptr);
  freeUsrsctpMemory(block);
  volatile std::size_t impossible = SIZE_MAX;
  EXPECT_EQ(allocateUsrsctpMemory(impossible), nullptr);
}

}  // namespace
}  // namespace portico::sctp
