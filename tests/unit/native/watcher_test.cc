#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "tests/unit/native/loop_fixture.h"

namespace portico::test {
namespace {

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0); }
  ~Pipe() {
    closeEnd(0);
    closeEnd(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void closeEnd(std::size_t which) {
    if (ends[which] >= 0) {
      ::close(ends[which]);
      ends[which] = -1;
    }
  }
  void write(std::string_view text) {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string read() {
    std::array<char, 100> buffer{};
    const ssize_t size = ::read(ends[0], buffer.data(), buffer.size());
    return std::string(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }

  std::array<int, 2> ends{-1, -1};
};

class WatcherTest : public EveryPoller {};
PORTICO_EVERY_POLLER(WatcherTest);

TEST_P(WatcherTest, TellsWhenAPipeHasSomethingToRead) {
  Pipe pipe;
  std::string text;
  const auto watcher = loop.watch(pipe.ends[0], [&] { text += pipe.read(); });
  ASSERT_TRUE(watcher.has_value());
  loop.runOnce(Duration::zero());
  EXPECT_EQ(text, "");
  pipe.write("hello");
  EXPECT_TRUE(runUntil([&] { return text == "hello"; }));
}

TEST_P(WatcherTest, TellsOfAPipesEnd) {
  Pipe pipe;
  bool ended = false;
  const auto watcher = loop.watch(pipe.ends[0], [&] { ended = pipe.read().empty(); });
  ASSERT_TRUE(watcher.has_value());
  pipe.closeEnd(1);
  EXPECT_TRUE(runUntil([&] { return ended; }));
}

TEST_P(WatcherTest, AWatcherThatWantsNothingIsNotWokenByAnEndEither) {
  Pipe pipe;
  const auto watcher = loop.watch(pipe.ends[0], [] { FAIL() << "it was told not to"; });
  ASSERT_TRUE(watcher.has_value());
  (*watcher)->setReadable(false);
  pipe.closeEnd(1);
  const Time start = loop.now();
  loop.runOnce(Duration(2'000));
  EXPECT_GE(loop.now(), start + Duration(2'000));
}

TEST_P(WatcherTest, TellsWhenAFullPipeHasRoomAgain) {
  Pipe pipe;
  const std::string block(4096, 'x');
  while (::write(pipe.ends[1], block.data(), block.size()) > 0) {
  }
  int writable = 0;
  auto watcher = loop.watch(pipe.ends[1], {}, [&] { ++writable; });
  ASSERT_TRUE(watcher.has_value());
  loop.runOnce(Duration::zero());
  EXPECT_EQ(writable, 0);
  std::vector<char> drained(1 << 20);
  EXPECT_GT(::read(pipe.ends[0], drained.data(), drained.size()), 0);
  EXPECT_TRUE(runUntil([&] { return writable > 0; }));
  (*watcher)->setWritable(false);
  writable = 0;
  loop.runOnce(Duration::zero());
  EXPECT_EQ(writable, 0);
  (*watcher)->setWritable(true);
  EXPECT_TRUE(runUntil([&] { return writable > 0; }));
}

TEST_P(WatcherTest, ARegularFileIsReadyInEachTurnUntilItIsNotWanted) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  int calls = 0;
  {
    const auto watcher = loop.watch(::fileno(file), [&] { ++calls; });
    ASSERT_TRUE(watcher.has_value());
    EXPECT_TRUE(runUntil([&] { return calls == 3; }));
    (*watcher)->setReadable(false);
    loop.runOnce(Duration::zero());
    EXPECT_EQ(calls, 3);
    (*watcher)->setReadable(true);
    EXPECT_TRUE(runUntil([&] { return calls == 4; }));
  }
  loop.runOnce(Duration::zero());
  EXPECT_EQ(calls, 4);
  std::fclose(file);
}

TEST_P(WatcherTest, DestroyedInItsOwnCallbackItIsSilent) {
  Pipe pipe;
  pipe.write("x");
  int calls = 0;
  std::unique_ptr<Watcher> watcher;
  auto made = loop.watch(pipe.ends[0], [&calls, &watcher] {
    watcher.reset();
    ++calls;
  });
  ASSERT_TRUE(made.has_value());
  watcher = std::move(*made);
  EXPECT_TRUE(runUntil([&] { return calls == 1; }));
  loop.runOnce(Duration::zero());
  EXPECT_EQ(calls, 1);
}

TEST_P(WatcherTest, DestroyedByAnothersCallbackInTheSameTurnItIsSilent) {
  Pipe first;
  Pipe second;
  first.write("x");
  second.write("x");
  int calls = 0;
  std::array<std::unique_ptr<Watcher>, 2> watchers;
  for (std::size_t i = 0; i < 2; ++i) {
    auto made = loop.watch(i == 0 ? first.ends[0] : second.ends[0], [&calls, &watchers, i] {
      ++calls;
      watchers[1 - i].reset();
    });
    ASSERT_TRUE(made.has_value());
    watchers[i] = std::move(*made);
  }
  loop.runOnce(kPatience);
  EXPECT_EQ(calls, 1);
}

TEST_P(WatcherTest, RefusesADescriptorThatIsNotOpenOrIsWatchedAlready) {
  const auto bad = loop.watch(-1, [] {});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, Error::InvalidState);
  Pipe pipe;
  const auto first = loop.watch(pipe.ends[0], [] {});
  const auto second = loop.watch(pipe.ends[0], [] {});
  EXPECT_TRUE(first.has_value());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Error::InvalidState);
}

}  // namespace
}  // namespace portico::test
