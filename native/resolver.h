// Names to addresses, on threads of its own: getaddrinfo blocks, for many seconds at worst, and cannot be interrupted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "native/inbox.h"
#include "platform/host_name.h"
#include "portico/platform/host.h"

namespace portico {

/// Names that are looked up at once, each on a thread. A dead server holds one up for some seconds; four let the others
/// pass.
constexpr std::size_t kMaxResolverThreads = 4;
/// Names that wait for a thread. A session has some ten servers; this is a thousand sessions that start together.
constexpr std::size_t kMaxWaitingNames = 10'000;

class Resolver {
 public:
  using Callback = std::function<void(Result<std::vector<IpAddress>>)>;
  using Lookup = Result<std::vector<IpAddress>> (*)(const std::string& name);

  explicit Resolver(std::shared_ptr<Inbox> inbox);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Looks `name` up off the loop. `onResolved` runs as a task of the inbox. Returns what cancel() takes, never 0, or
  /// an error when it cannot even be tried.
  Result<std::uint64_t> start(const std::string& name, Callback onResolved);
  void cancel(std::uint64_t id);
  /// Ends the threads that wait. One that is inside the system's resolver is left to itself: it finds nobody to tell.
  void close();

  /// For tests: in place of the system's resolver, before the first start(). Runs on threads.
  void setLookup(Lookup lookup) { lookup_ = lookup; }

 private:
  struct Shared;
  void finish(std::uint64_t id, Result<std::vector<IpAddress>> result);
  static void work(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::map<std::uint64_t, Callback> callbacks_;
  std::uint64_t nextId_ = 1;
  Lookup lookup_;
};

}  // namespace portico
