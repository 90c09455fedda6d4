#include "core/sctp/message_assembly.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace portico::sctp {
namespace {

using Added = MessageAssembly::Added;

Piece pieceOf(const std::string& text) {
  Piece piece{std::unique_ptr<std::byte, FreeDeleter>(static_cast<std::byte*>(allocateUsrsctpMemory(text.size()))),
              text.size()};
  std::memcpy(piece.data.get(), text.data(), text.size());
  return piece;
}

std::string textOf(const Piece& piece) {
  return {reinterpret_cast<const char*>(piece.data.get()), piece.bytes};
}

TEST(MessageAssembly, AWholeMessagePassesUncopied) {
  MessageAssembly assembly(10);
  Piece piece = pieceOf("0123456789");
  const std::byte* before = piece.data.get();
  EXPECT_EQ(assembly.add(1, piece, true), Added::whole);
  EXPECT_EQ(piece.data.get(), before);
}

TEST(MessageAssembly, PiecesOfEachStreamAreJoined) {
  MessageAssembly assembly(10);
  Piece one = pieceOf("abc");
  Piece other = pieceOf("123");
  EXPECT_EQ(assembly.add(1, one, false), Added::more);
  EXPECT_EQ(assembly.add(2, other, false), Added::more);
  one = pieceOf("def");
  other = pieceOf("456");
  EXPECT_EQ(assembly.add(1, one, true), Added::whole);
  EXPECT_EQ(textOf(one), "abcdef");
  EXPECT_EQ(assembly.add(2, other, true), Added::whole);
  EXPECT_EQ(textOf(other), "123456");
}

TEST(MessageAssembly, OneByteOverTheBoundIsTooLong) {
  MessageAssembly assembly(5);
  Piece piece = pieceOf("abcdef");
  EXPECT_EQ(assembly.add(1, piece, true), Added::tooLong);
  piece = pieceOf("abc");
  EXPECT_EQ(assembly.add(2, piece, false), Added::more);
  piece = pieceOf("def");
  EXPECT_EQ(assembly.add(2, piece, true), Added::tooLong);
}

TEST(MessageAssembly, UnfinishedMessagesOfManyStreamsShareABound) {
  MessageAssembly assembly(4);
  Piece piece = pieceOf("abcd");
  EXPECT_EQ(assembly.add(1, piece, false), Added::more);
  piece = pieceOf("abcd");
  EXPECT_EQ(assembly.add(2, piece, false), Added::more);
  piece = pieceOf("a");
  EXPECT_EQ(assembly.add(3, piece, false), Added::tooLong);
}

TEST(MessageAssembly, ADroppedBeginningIsForgotten) {
  MessageAssembly assembly(4);
  Piece piece = pieceOf("ab");
  EXPECT_EQ(assembly.add(1, piece, false), Added::more);
  assembly.drop(1);
  assembly.drop(9);
  piece = pieceOf("cd");
  EXPECT_EQ(assembly.add(1, piece, true), Added::whole);
  EXPECT_EQ(textOf(piece), "cd");
}

}  // namespace
}  // namespace portico::sctp
