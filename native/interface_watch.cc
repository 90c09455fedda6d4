#include "native/interface_watch.h"

#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#endif
#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "native/loop_core.h"
#include "native/network_interfaces.h"

namespace portico {
namespace {

#ifdef __linux__
int openNetlink() {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}
#else
int openNetlink() {
  return -1;
}
#endif

bool same(const NetworkInterface& a, const NetworkInterface& b) {
  return a.name == b.name && a.address == b.address && a.down == b.down && a.deprecated == b.deprecated;
}

}  // namespace

class InterfaceWatch::Subscriber final : public Cancellable {
 public:
  Subscriber(std::shared_ptr<LoopCore> core, std::function<void()> call)
      : onChange(std::make_shared<std::function<void()>>(std::move(call))), core_(std::move(core)) {}
  ~Subscriber() override {
    InterfaceWatch& watch = core_->interfaceWatch();
    watch.subscribers_.erase(this);
    if (watch.subscribers_.empty()) watch.close();
  }
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  std::shared_ptr<std::function<void()>> onChange;

 private:
  std::shared_ptr<LoopCore> core_;
};

InterfaceWatch::InterfaceWatch(LoopCore& core) : core_(core), timer_(core.timers(), [this](Time) { onTimeout(); }) {}

InterfaceWatch::~InterfaceWatch() {
  close();
}

std::unique_ptr<Cancellable> InterfaceWatch::subscribe(const std::shared_ptr<LoopCore>& core,
                                                       std::function<void()> onChange) {
  InterfaceWatch& watch = core->interfaceWatch();
  auto subscriber = std::make_unique<Subscriber>(core, std::move(onChange));
  if (watch.subscribers_.empty() && !core->isClosed()) watch.open();
  watch.subscribers_.insert(subscriber.get());
  return subscriber;
}

void InterfaceWatch::open() {
  descriptor_ = openNetlink();
  int error = 0;
  if (descriptor_ >= 0) token_ = core_.sources().add(descriptor_, *this, {.readable = true}, error);
  if (token_ != 0) return;
  known_ = list();
  timer_.set(core_.timeAfter(kInterfacePoll));
}

void InterfaceWatch::close() {
  timer_.cancel();
  waiting_ = false;
  if (token_ != 0) core_.sources().remove(std::exchange(token_, 0));
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  known_.clear();
}

// What the messages say does not matter, nor that some were lost (ENOBUFS): the list is read anew.
void InterfaceWatch::onReady(Interest) {
  std::array<char, 4096> ignored;
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, ignored.data(), ignored.size());
  } while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
  if (!std::exchange(waiting_, true)) timer_.set(core_.timeAfter(kInterfaceCalm));
}

void InterfaceWatch::onTimeout() {
  if (std::exchange(waiting_, false)) return tell();
  std::vector<NetworkInterface> now = list();
  const bool changed = !std::equal(now.begin(), now.end(), known_.begin(), known_.end(), same);
  known_ = std::move(now);
  timer_.set(core_.timeAfter(kInterfacePoll));
  if (changed) tell();
}

// Any of them may destroy itself and others, and this watch's loop be closed by nobody meanwhile.
void InterfaceWatch::tell() {
  const std::vector<NetworkInterface> listed = list();
  std::vector<std::weak_ptr<std::function<void()>>> calls;
  for (const Subscriber* subscriber : subscribers_) calls.push_back(subscriber->onChange);
  told_ = &listed;
  struct End {
    const std::vector<NetworkInterface>*& told;
    ~End() { told = nullptr; }
  } const end{told_};
  for (const auto& call : calls) {
    if (const auto onChange = call.lock()) (*onChange)();
  }
}

std::vector<NetworkInterface> InterfaceWatch::list() {
  if (told_ != nullptr) return *told_;
  if (auto now = listNetworkInterfaces()) listed_ = std::move(*now);
  return listed_;
}

}  // namespace portico
