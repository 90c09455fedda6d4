#include "native/loop_core.h"

#include <time.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "native/tls/trust_store.h"

namespace portico {
namespace {

Time readClock() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return Time(std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec / 1'000));
}

std::unique_ptr<Poller> createPoller(LoopOptions::Polling polling) {
  std::unique_ptr<Poller> poller;
  if (polling != LoopOptions::Polling::poll) {
    poller = createEpollPoller();
  }
  return poller ? std::move(poller) : createPollPoller();
}

}  // namespace

LoopCore::LoopCore(const LoopOptions& options)
    : options_(options),
      poller_(createPoller(options.polling)),
      spin_(options.idleSpin),
      sources_(*poller_),
      inbox_(std::make_shared<Inbox>()),
      resolver_(inbox_),
      interfaceWatch_(*this) {
  int error = 0;
  inboxToken_ = sources_.add(inbox_->descriptor(), *this, {.readable = true}, error);
  if (inboxToken_ == 0) {
    throw std::system_error(error, std::generic_category(), "an event loop cannot watch its own wake-up descriptor");
  }
}

LoopCore::~LoopCore() {
  close();
}

void LoopCore::close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  sources_.remove(inboxToken_);
  interfaceWatch_.close();
  resolver_.close();
  inbox_->close();
  // What a task owned may defer or cancel as it goes; both find the loop closed.
  const auto discarded = std::move(deferred_);
  deferred_.clear();
}

void LoopCore::turn(std::optional<Time> limit) {
  if (turning_ || closed_) {
    return;
  }
  struct Turning {
    explicit Turning(LoopCore& loop) : core(loop) { core.turning_ = true; }
    ~Turning() { core.turning_ = false; }
    Turning(const Turning&) = delete;
    Turning& operator=(const Turning&) = delete;
    LoopCore& core;
  } const turning(*this);

  wait(timeToWait(limit));
  for (const ReadyDescriptor& event : ready_) {
    refreshNow();
    sources_.dispatch(event);
  }
  refreshNow();
  timers_.fireDue(now_);
  runDeferred();
}

void LoopCore::wait(std::optional<Duration> timeout) {
  wasReady_ = wasReady_ || !ready_.empty();
  ready_.clear();
  if (!timeout || *timeout > Duration::zero()) {
    const Duration window = std::min(spin_.window(std::exchange(wasReady_, false)), timeout.value_or(Duration::max()));
    if (window > Duration::zero()) {
      const Time begin = readClock();
      Duration spent{0};
      do {
        poller_->wait(Duration::zero(), ready_);
        spent = readClock() - begin;
      } while (ready_.empty() && spent < window);
      spin_.tell(!ready_.empty());
      if (!ready_.empty()) {
        return;
      }
      if (timeout) {
        timeout = std::max(*timeout - spent, Duration::zero());
      }
    }
  }
  poller_->wait(timeout, ready_);
}

Time LoopCore::now() {
  if (!turning_) {
    refreshNow();
  }
  return now_;
}

Time LoopCore::timeAfter(Duration duration) {
  const Time current = now();
  return duration > Time::max() - current ? Time::max() : current + duration;
}

void LoopCore::defer(std::function<void()> task) {
  if (!closed_) {
    deferred_.push_back(std::move(task));
  }
}

Result<std::shared_ptr<tls::TrustStore>> LoopCore::trustStore() {
  if (!trustStore_) {
    auto loaded = tls::TrustStore::load();
    if (!loaded) {
      return loaded.error();
    }
    trustStore_ = std::move(*loaded);
  }
  return trustStore_;
}

DatagramIo& LoopCore::datagramIo() {
  if (!datagramIo_ && options_.udpBatchedCalls) {
    datagramIo_ = createBatchedDatagramIo();
  }
  if (!datagramIo_) {
    datagramIo_ = createSingleDatagramIo();
  }
  return *datagramIo_;
}

/// Other threads left tasks: they join the deferred ones, behind those that are there.
void LoopCore::onReady(Interest) {
  auto posted = inbox_->take();
  deferred_.insert(deferred_.end(), std::make_move_iterator(posted.begin()), std::make_move_iterator(posted.end()));
}

void LoopCore::refreshNow() {
  now_ = readClock();
}

std::optional<Duration> LoopCore::timeToWait(std::optional<Time> limit) {
  if (!deferred_.empty()) {
    return Duration::zero();
  }
  std::optional<Time> until = timers_.next();
  if (limit && (!until || *limit < *until)) {
    until = limit;
  }
  if (!until) {
    return std::nullopt;
  }
  const Time current = readClock();
  // Compared before it is subtracted: a caller's Time may be the least that there is.
  return *until <= current ? Duration::zero() : *until - current;
}

void LoopCore::runDeferred() {
  if (deferred_.empty()) {
    return;
  }
  refreshNow();
  std::vector<std::function<void()>> round;
  round.swap(deferred_);
  for (std::function<void()>& task : round) {
    std::exchange(task, nullptr)();
  }
  if (deferred_.empty()) {  // keep the memory for the next round
    round.clear();
    deferred_.swap(round);
  }
}

}  // namespace portico
