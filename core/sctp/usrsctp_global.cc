#include "core/sctp/usrsctp_global.h"

#include "core/sctp/usrsctp_api.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/sctp/usrsctp_memory.h"
#include "core/sctp/usrsctp_time.h"

extern "C" void portico_usrsctp_run_iterators();
extern "C" void portico_usrsctp_clear_timers();

namespace portico::sctp {
namespace {

// Tuning for one path of unknown delay that ICE watches over, in place of usrsctp's defaults for server links.
constexpr std::uint32_t kInitialRtoMs = 500;  ///< as ICE has it (RFC 8489 §6.2.1); RFC 9260 §16 has 1 s
constexpr std::uint32_t kMinRtoMs = 200;      ///< well over the delayed SACK; RFC 9260 §16 has 1 s
constexpr std::uint32_t kMaxRtoMs = 4'000;    ///< a path that comes back is used soon; RFC 9260 §16 has 60 s
/// Gives up after about a minute without any answer; long before, ICE's consent (30 s) has ended the connection.
constexpr std::uint32_t kMaxRetransmits = 16;
constexpr std::uint32_t kDelayedSackMs = 20;
constexpr std::uint32_t kHeartbeatMs = 30'000;
constexpr std::uint32_t kInitialCwndPackets = 10;  ///< RFC 6928's; RFC 9260 §7.2.1 has 4
/// Messages and fragments in a queue of one association, in each direction: bounds what tiny messages cost beyond their
/// bytes (about half a kilobyte each).
constexpr std::uint32_t kMaxQueuedChunks = 16'384;
/// usrsctp takes a time of zero for "never": start well after it.
constexpr Duration kEpoch = std::chrono::hours(24);

int sendPacket(void* address, void* buffer, std::size_t length, std::uint8_t, std::uint8_t) {
  if (Member* member = touchMember(reinterpret_cast<Handle>(address))) {
    member->onPacket({static_cast<const std::byte*>(buffer), length});
  }
  return 0;
}

void tune() {
  usrsctp_enable_crc32c_offload();       // computed in onPacket(); DTLS authenticates what comes in
  usrsctp_sysctl_set_sctp_blackhole(2);  // answers nothing to packets that belong to no association
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auto_asconf(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  usrsctp_sysctl_set_sctp_rto_initial_default(kInitialRtoMs);
  usrsctp_sysctl_set_sctp_rto_min_default(kMinRtoMs);
  usrsctp_sysctl_set_sctp_rto_max_default(kMaxRtoMs);
  usrsctp_sysctl_set_sctp_init_rto_max_default(kMaxRtoMs);
  usrsctp_sysctl_set_sctp_init_rtx_max_default(kMaxRetransmits);
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default(kMaxRetransmits);
  usrsctp_sysctl_set_sctp_path_rtx_max_default(kMaxRetransmits);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(kDelayedSackMs);
  usrsctp_sysctl_set_sctp_heartbeat_interval_default(kHeartbeatMs);
  usrsctp_sysctl_set_sctp_initial_cwnd(kInitialCwndPackets);
  usrsctp_sysctl_set_sctp_max_burst_default(0);  // no limit: a burst is one system call here
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(kMaxQueuedChunks);
  usrsctp_sysctl_set_sctp_vtag_time_wait(0);  // one association for each DTLS session: no tag comes back
}

struct Registered {
  Member* member;
  Host* host;
  bool touched;
};

class Global {
 public:
  /// Apart from the constructor, because usrsctp asks for the time and for randomness already.
  void start(Host& host) {
    current_ = &host;
    portico_usrsctp_clear_timers();
    usrsctp_init_nothreads(0, sendPacket, nullptr);
    tune();
  }

  Handle add(Time now, Host& host, Member& member) {
    if (members_.empty()) {
      // Another simulation's clock may be behind: usrsctp's own time only goes forward.
      offset_ = time_ - now.time_since_epoch();
      ticked_ = entered_ = trimmed_ = now;
    }
    const Handle handle = ++lastHandle_;
    members_.emplace(handle, Registered{&member, &host, false});
    if (!timer_) startTimer(now, host);
    return handle;
  }

  /// False: nobody is left, and usrsctp has ended.
  bool remove(Handle handle) {
    const auto found = members_.find(handle);
    const Host* host = found->second.host;
    members_.erase(found);
    const auto sameHost = [host](const auto& entry) { return entry.second.host == host; };
    if (host == timerHost_ && std::none_of(members_.begin(), members_.end(), sameHost)) {
      timer_.reset();
      if (!members_.empty()) startTimer(entered_, *members_.begin()->second.host);
    }
    if (!members_.empty() || usrsctp_finish() != 0) return true;
    releaseUsrsctpMemory();
    return false;
  }

  void enter(Time now, Host& host) {
    setTime(now, host);
    entered_ = now;
    if (now - ticked_ < 2 * kTickInterval) return;
    elapse(now);
    if (idle_) {
      idle_ = false;
      timer_->set(now + kTickInterval);
    }
  }

  Member* touch(Handle handle) {
    const auto found = members_.find(handle);
    if (found == members_.end()) return nullptr;
    if (!found->second.touched) {
      found->second.touched = true;
      touched_.push_back(handle);
    }
    return found->second.member;
  }

  /// Lets go of the list: what a member does when it is told may end all of this.
  std::vector<Handle> takeTouched() { return std::exchange(touched_, {}); }
  Member* forget(Handle handle) {
    const auto found = members_.find(handle);
    if (found == members_.end()) return nullptr;
    found->second.touched = false;
    return found->second.member;
  }

  void tick(Time now) {
    setTime(now, *timerHost_);
    elapse(now);
    if (now - trimmed_ >= kTrimInterval) {
      trimmed_ = now;
      portico_usrsctp_run_iterators();
      for (auto& [handle, entry] : members_) entry.member->trim(now);
    }
    idle_ = now - entered_ >= kIdleAfter;
    timer_->set(now + (idle_ ? kIdleTickInterval : kTickInterval));
  }

  [[nodiscard]] Duration time() const { return time_; }
  void useRandomnessOf(Host& host) { current_ = &host; }
  [[nodiscard]] Host& randomSource() const { return *current_; }

 private:
  void startTimer(Time now, Host& host);

  void setTime(Time now, Host& host) {
    current_ = &host;
    time_ = std::max(time_, now.time_since_epoch() + offset_);
  }

  void elapse(Time now) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - ticked_);
    if (elapsed.count() <= 0) return;
    ticked_ += elapsed;
    usrsctp_handle_timers(static_cast<std::uint32_t>(elapsed.count()));
  }

  std::unordered_map<Handle, Registered> members_;
  std::vector<Handle> touched_;
  std::unique_ptr<Timer> timer_;
  Host* timerHost_ = nullptr;
  Host* current_ = nullptr;
  Handle lastHandle_ = 0;
  Duration time_ = kEpoch;
  Duration offset_{0};
  Time ticked_{};   ///< how far usrsctp's timers have come
  Time entered_{};  ///< the last call of an association
  Time trimmed_{};
  bool idle_ = false;
};

Global* global = nullptr;

void onTick(Time now) {
  global->tick(now);
  for (const Handle handle : global->takeTouched()) {
    Member* member = global->forget(handle);
    if (member) member->afterTick(now);
    if (!global) return;  // the last association went in its own callback
  }
}

void Global::startTimer(Time now, Host& host) {
  timerHost_ = &host;
  timer_ = host.createTimer(onTick);
  timer_->set(now + kTickInterval);
}

}  // namespace

Membership::Membership(Time now, Host& host, Member& member) : handle_(0), host_(host) {
  if (!global) {
    global = new Global;
    global->start(host);
  }
  handle_ = global->add(now, host, member);
}

Membership::~Membership() {
  if (global->remove(handle_)) return;
  delete global;
  global = nullptr;
}

void Membership::enter(Time now) const {
  global->enter(now, host_);
}

void Membership::enter() const {
  global->useRandomnessOf(host_);
}

Member* touchMember(Handle handle) {
  return global ? global->touch(handle) : nullptr;
}

}  // namespace portico::sctp

// What usrsctp asks the machine for; cmake/usrsctp.cmake gives it these names.
extern "C" {

int portico_usrsctp_gettimeofday(portico_usrsctp_timeval* out, void*) {
  const auto now = portico::sctp::global->time();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now);
  *out = {seconds.count(), (now - seconds).count()};
  return 0;
}

void portico_usrsctp_init_random() {}
void portico_usrsctp_finish_random() {}
void portico_usrsctp_read_random(void* out, std::size_t size) {
  portico::sctp::global->randomSource().randomBytes({static_cast<std::byte*>(out), size});
}

/// Only asked for addresses of interfaces; ours have none.
int portico_usrsctp_sctp_userspace_get_mtu_from_ifn(std::uint32_t, int) {
  return 0;
}

/// For usrsctp's walks over its endpoints; portico_usrsctp_run_iterators() does them without a thread.
int portico_usrsctp_sctp_userspace_thread_create(pthread_t*, void* (*)(void*)) {
  return EAGAIN;
}
}
