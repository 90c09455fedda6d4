// How long a connection takes, in round trips of virtual time: from the offer that is made to the channel that is open,
// at the offerer and at the answerer, and beside it the least that the protocols allow; and when the offerer's
// connectionState has become "connected".
//
//   connect_bench [--json FILE]
//
// A packet between any two of the peers and the server, and a line of signalling, takes half a round trip R; none is
// lost, and computing takes no time. The offerer trickles. What the protocols need at least, in R after the offer has
// left:
//
//   host    0.5 the answerer has the offer and sends a check, which the offerer answers: 1.5 a pair is usable. Seven
//   flights of
//           0.5 follow: DTLS 1.2's ClientHello, ServerHello, Finished (the offerer is connected, and does not wait for
//           its own Finished to arrive), SCTP's INIT, INIT ACK, COOKIE ECHO, COOKIE ACK: 5.
//   srflx   the offerer knows its candidate after 1: 6.
//   relay   it has one after 2 (the server asks for credentials), the answerer at 2.5; its check is at the relay at 3,
//   where the
//           permission was asked for at 2, and at the offerer at 3.5; the answer is there at 4.5. The seven flights
//           take 1 each, for all goes by the relay: 11.5.
//   mux     as host, with a server's port that many share. A lite answerer sends no checks, so the offerer's are the
//   first: 1
//           the answer, 2 usable there. It may be the DTLS client, and then INIT is the server's: 5 again.
//
// The answerer could have the channel one flight before the offerer, as DCEP's OPEN may go with the COOKIE ECHO.
#include <cmath>
#include <cstring>

#include "portico/sharing_host.h"
#include "tests/bench/report.h"
#include "tests/peers/sdp_peer.h"
#include "tests/sim/turn_server.h"

namespace portico::bench {
namespace {

using namespace std::chrono_literals;

enum class Kind : std::uint8_t { host, srflx, relay, mux, muxLite };

struct Path {
  const char* name;
  Kind kind;
  double least;   ///< in R, to the offerer's channel
  double flight;  ///< one way between the peers
};

constexpr Path kPaths[] = {
    {"host", Kind::host, 5, 0.5}, {"srflx", Kind::srflx, 6, 0.5},           {"relay", Kind::relay, 11.5, 1},
    {"mux", Kind::mux, 5, 0.5},   {"mux, ice-lite", Kind::muxLite, 5, 0.5},
};

class Meeting {
 public:
  Meeting(Kind kind, Duration roundTrip) : roundTrip_(roundTrip), server_(addMachine("server", "203.0.113.10")) {
    sim::Machine& a = addPeer("alice", "198.51.100.1", "192.168.1.2", kind);
    sim::Machine& b = addPeer("bob", "198.51.100.2", "192.168.2.2", kind);
    shared_ = std::make_unique<SharingHost>(b);
    PeerConnectionConfiguration forAlice;
    if (kind == Kind::srflx) forAlice.ice.iceServers->push_back({.urls = {"stun:203.0.113.10"}});
    if (kind == Kind::relay) {
      forAlice.ice.iceServers->push_back({.urls = {"turn:203.0.113.10"}, .username = "user", .credential = "password"});
    }
    PeerConnectionConfiguration forBob = forAlice;
    if (kind == Kind::relay) forAlice.ice.relayOnly = true;
    const bool mux = kind == Kind::mux || kind == Kind::muxLite;
    if (mux) forBob.ice.portLow = forBob.ice.portHigh = 3478;
    forBob.ice.iceLite = kind == Kind::muxLite;
    alice_ = std::make_unique<test::SdpPeer>(a, forAlice);
    bob_ = std::make_unique<test::SdpPeer>(mux ? static_cast<Host&>(*shared_) : b, forBob);
    bob_->polite = true;
    alice_->wire = [this, &a](test::SdpPeer::Line line) { carry(a, *bob_, std::move(line)); };
    bob_->wire = [this, &b](test::SdpPeer::Line line) { carry(b, *alice_, std::move(line)); };
    bob_->pc.onDataChannel([this](const DataChannel&) { atBob_ = world_.now(); });
  }

  struct Times {
    Duration offerer;
    Duration answerer;
    Duration state;
  };

  Times run() {
    DataChannel channel = alice_->open({.label = "data"});
    Time atAlice{};
    channel.onOpen([&] { atAlice = world_.now(); });
    std::optional<Time> connected;
    const auto done = [&] {
      if (!connected && alice_->pc.connectionState() == PeerConnectionState::connected) connected = world_.now();
      return offerMade_ && atAlice != Time{} && atBob_ != Time{} && connected;
    };
    if (!world_.runUntil(done, 60s)) return {};
    return {atAlice - *offerMade_, atBob_ - *offerMade_, *connected - *offerMade_};
  }

 private:
  sim::Machine& addMachine(const char* name, const char* address) {
    sim::Machine& machine = world_.addMachine(name, address);
    machine.setLinks({.delay = roundTrip_ / 4});
    return machine;
  }
  sim::Machine& addPeer(const char* name, const char* outer, const char* inner, Kind kind) {
    if (kind != Kind::srflx && kind != Kind::relay) return addMachine(name, outer);
    sim::Nat& nat = world_.addNat(outer);
    nat.uplink().set({.delay = roundTrip_ / 4});
    return world_.addMachine(name, inner, nat.inside());
  }
  void carry(Host& from, test::SdpPeer& to, test::SdpPeer::Line line) {
    if (!offerMade_) offerMade_ = world_.now();
    underWay_.push_back(from.createTimer([&to, line = std::move(line)](Time) { to.receive(line); }));
    underWay_.back()->set(from.now() + roundTrip_ / 2);
  }

  Duration roundTrip_;
  sim::World world_;
  std::vector<std::unique_ptr<Timer>> underWay_;
  sim::Machine& server_;
  sim::TurnServer turn_{server_, "203.0.113.10:3478"};
  std::unique_ptr<SharingHost> shared_;
  std::unique_ptr<test::SdpPeer> alice_;
  std::unique_ptr<test::SdpPeer> bob_;
  std::optional<Time> offerMade_;
  Time atBob_{};
};

std::string least(double ms) {
  return "least " + std::to_string(std::lround(ms));
}
double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

int run(int argc, char** argv) {
  Report report;
  for (const Path& path : kPaths) {
    for (const Duration roundTrip : {0ms, 50ms, 200ms}) {
      const Meeting::Times times = Meeting(path.kind, roundTrip).run();
      const double r = milliseconds(roundTrip);
      const std::string what = std::string(path.name) + ", R = " + std::to_string(roundTrip / 1ms) + " ms";
      report.add(what + ", offerer's channel", milliseconds(times.offerer), "ms", least(path.least * r));
      report.add(what + ", answerer's channel", milliseconds(times.answerer), "ms",
                 least((path.least - path.flight) * r));
      report.add(what + ", offerer's state", milliseconds(times.state), "ms");
    }
  }
  if (argc == 3 && std::strcmp(argv[1], "--json") == 0) report.writeJson(argv[2]);
  return 0;
}

}  // namespace
}  // namespace portico::bench

int main(int argc, char** argv) {
  return portico::bench::run(argc, argv);
}
