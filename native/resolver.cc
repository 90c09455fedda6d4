#include "native/resolver.h"

#include <netdb.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "native/system_address.h"

namespace portico {
namespace {

Result<std::vector<IpAddress>> lookUpWithSystem(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;  // or each address comes once for each kind of socket
  addrinfo* list = nullptr;
  const int status = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (status != 0) {
    return Error(Error::Network, "the name \"" + name + "\" does not resolve: " + ::gai_strerror(status));
  }
  std::vector<IpAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr && addresses.size() < kMaxResolvedAddresses;
       entry = entry->ai_next) {
    const auto address = fromSystem(entry->ai_addr);
    if (address && std::find(addresses.begin(), addresses.end(), address->ip) == addresses.end()) {
      addresses.push_back(address->ip);
    }
  }
  ::freeaddrinfo(list);
  if (addresses.empty()) {
    return Error(Error::Network, "the name \"" + name + "\" has no IP address");
  }
  return addresses;
}

}  // namespace

/// What the threads see. It lives as long as the last of them.
struct Resolver::Shared {
  struct Job {
    std::string name;
    Lookup lookup = nullptr;
    Resolver* resolver = nullptr;  ///< for the task that ends the job, which runs only while the loop lives
  };

  explicit Shared(std::shared_ptr<Inbox> tasks) : inbox(std::move(tasks)) {}

  const std::shared_ptr<Inbox> inbox;
  std::mutex mutex;
  std::map<std::uint64_t, Job> waiting;  ///< by id, which is the order of asking
  std::size_t threads = 0;
};

Resolver::Resolver(std::shared_ptr<Inbox> inbox)
    : shared_(std::make_shared<Shared>(std::move(inbox))), lookup_(lookUpWithSystem) {}

Resolver::~Resolver() {
  close();
}

Result<std::uint64_t> Resolver::start(const std::string& name, Callback onResolved) {
  const std::uint64_t id = nextId_++;
  const std::lock_guard lock(shared_->mutex);
  if (shared_->waiting.size() >= kMaxWaitingNames) {
    return Error(Error::QuotaExceeded,
                 "more than " + std::to_string(kMaxWaitingNames) + " names wait to be resolved; try again later");
  }
  if (shared_->threads < kMaxResolverThreads) {
    // The program's signals are for the program's threads.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      std::thread(work, shared_).detach();
      ++shared_->threads;
    } catch (const std::system_error&) {
      // The threads that there are do it in time. Without any there is no hope.
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (shared_->threads == 0) {
      return Error(Error::QuotaExceeded, "no thread can be started to resolve the name \"" + name + "\"");
    }
  }
  shared_->waiting.emplace(id, Shared::Job{name, lookup_, this});
  callbacks_.emplace(id, std::move(onResolved));
  return id;
}

void Resolver::cancel(std::uint64_t id) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->waiting.erase(id);
  }
  const auto found = callbacks_.find(id);
  if (found != callbacks_.end()) {
    const Callback discarded = std::move(found->second);  // what it owned may cancel others as it goes
    callbacks_.erase(found);
  }
}

void Resolver::close() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->waiting.clear();
  }
  const auto discarded = std::move(callbacks_);
  callbacks_.clear();
}

void Resolver::finish(std::uint64_t id, Result<std::vector<IpAddress>> result) {
  const auto found = callbacks_.find(id);
  if (found == callbacks_.end()) {
    return;
  }
  const Callback callback = std::move(found->second);
  callbacks_.erase(found);
  callback(std::move(result));
}

void Resolver::work(const std::shared_ptr<Shared>& shared) {
  for (;;) {
    std::uint64_t id = 0;
    Shared::Job job;
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->waiting.empty()) {
        --shared->threads;
        return;
      }
      const auto first = shared->waiting.begin();
      id = first->first;
      job = std::move(first->second);
      shared->waiting.erase(first);
    }
    auto result = job.lookup(job.name);
    shared->inbox->post([resolver = job.resolver, id, result = std::move(result)] { resolver->finish(id, result); });
  }
}

}  // namespace portico
