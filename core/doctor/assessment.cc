#include "core/doctor/assessment.h"

#include <algorithm>
#include <utility>

#include "core/doctor/page.h"
#include "core/doctor/server_view.h"
#include "core/doctor/words.h"

namespace portico::doctor {
namespace {

class Assessor {
 public:
  explicit Assessor(const Facts& facts) : facts_(facts), views_(viewAll(facts)) {}

  Assessment run();

 private:
  void add(const char* id, Finding::Severity severity, std::string means, std::string advice = {});
  void assessAddresses();
  void assessBridge();
  void assessServers();
  void addServer(const Server& server, const CandidateError& error);
  void assessUdp();
  void assessNat();
  void assessIpv6();
  void assessTheLot();
  void conclude();

  [[nodiscard]] bool anyTurn() const;
  [[nodiscard]] bool relayWorks() const;
  /// A NAT shows each peer another address, from every local address that was seen at all.
  [[nodiscard]] bool dependent() const;

  const Facts& facts_;
  std::vector<ServerView> views_;
  Assessment result_;
  bool reachesNobody_ = false;  ///< but this machine
  bool udpBlocked_ = false;
};

void Assessor::add(const char* id, Finding::Severity severity, std::string means, std::string advice) {
  if (severity == Finding::fault) result_.healthy = false;
  result_.findings.push_back({id, severity, std::move(means), std::move(advice)});
}

bool Assessor::anyTurn() const {
  return std::any_of(views_.begin(), views_.end(), [](const ServerView& view) { return view.server->turn; });
}

bool Assessor::relayWorks() const {
  return std::any_of(views_.begin(), views_.end(), [](const ServerView& view) { return !view.relayed.empty(); });
}

bool Assessor::dependent() const {
  bool seen = false;
  for (const Behaviour& behaviour : facts_.behaviours) {
    if (!behaviour.mapped) continue;
    if (!isDependent(behaviour.mapping)) return false;
    seen = true;
  }
  return seen;
}

// This machine, or the bridge in its place
// -----------------------------------------------------------------------------

void Assessor::assessAddresses() {
  const auto isOfUse = [](const Interface& interface) {
    const nat::AddressKind kind = kindOf(interface.address);
    return !interface.deprecated && kind != nat::AddressKind::loopback && kind != nat::AddressKind::linkLocal &&
           kind != nat::AddressKind::unusable;
  };
  if (std::any_of(facts_.interfaces.begin(), facts_.interfaces.end(), isOfUse)) return;
  reachesNobody_ = true;
  add("no-network", Finding::fault, "No interface has an address under which another machine could reach this one.",
      facts_.interfaces.empty()
          ? "Bring up a network interface."
          : "Connect this machine to a network: none but the loopback interface, or a link without "
            "an address of a router or DHCP server, is up.");
}

void Assessor::assessBridge() {
  const Bridge& bridge = *facts_.bridge;
  if (!bridge.connected) {
    reachesNobody_ = true;
    return add("bridge", Finding::fault, join({"Nothing goes through the bridge. ", describeRefusal(bridge)}),
               adviseOn(bridge));
  }
  const auto isLoopback = [](const Bound& bound) {
    return kindOf((bound.seen ? *bound.seen : bound.bound).address) == nat::AddressKind::loopback;
  };
  if (!bridge.bound.empty() && std::all_of(bridge.bound.begin(), bridge.bound.end(), isLoopback)) {
    add("bridge-loopback", Finding::warning, "The bridge's UDP ports are on loopback: they reach its own machine only.",
        "To reach others, start portico-bridge with --udp-address ADDRESS.");
  }
  for (const Refusal& refusal : bridge.refusals) {
    if (refusal.reason != 1) continue;
    const bool open = kindOf(refusal.to.address) == nat::AddressKind::global;
    add("bridge-policy", Finding::warning, join({"The bridge's policy lets nothing go to ", refusal.to.text(), "."}),
        open ? "If it should: the bridge takes ports below 1024 with --allow-port only, and a token's dst narrows it "
               "further."
             : join({"If it should: start portico-bridge with --allow ", refusal.to.address,
                     " or a network around it, and see that the token's dst has it."}));
  }
}

// Servers ------------------------------------------------------------------------------------------------------------

void Assessor::assessServers() {
  std::size_t unresolved = 0;
  for (const ServerView& view : views_) {
    const Server& server = *view.server;
    if (!server.unresolved.empty()) {
      ++unresolved;
      add("server-name", Finding::warning, join({server.url, " has a name without an address."}),
          join({"Check how the server of ", server.url, " is spelt, and whether this machine's DNS knows it."}));
    } else if (!view.works) {
      // A silent one may have been silenced: assessUdp() sees them all together.
      for (const CandidateError& error : view.errors) {
        if (error.code != 701 || view.answered || !server.udp) addServer(server, error);
      }
    }
  }
  if (unresolved > 1 && unresolved == views_.size()) {
    add("dns", Finding::warning, "None of the servers' names could be resolved.",
        "Check that this machine's DNS works at all; or give a server by its IP address.");
  }
}

/// Servers that say the same are one finding.
void Assessor::addServer(const Server& server, const CandidateError& error) {
  const std::string means = join({" fails: ", describe(error)});
  const std::string advice = adviseOn(error, server);
  for (Finding& finding : result_.findings) {
    const std::size_t before = finding.means.size() - std::min(means.size(), finding.means.size());
    if (finding.id != "server" || finding.means.compare(before, std::string::npos, means) != 0) continue;
    finding.means.insert(before, join({", and ", server.url}));
    if (!advice.empty()) finding.advice.insert(finding.advice.size() - advice.size() - 2, join({", ", server.url}));
    return;
  }
  add("server", Finding::warning, server.url + means, advice.empty() ? advice : join({server.url, ": ", advice}));
}

void Assessor::assessUdp() {
  std::string silent;
  std::size_t asked = 0;
  std::size_t answered = 0;
  bool otherwise = false;  // than over UDP
  for (const ServerView& view : views_) {
    if (!view.server->udp) {
      otherwise = otherwise || view.answered;
      continue;
    }
    if (!view.server->unresolved.empty()) continue;
    ++asked;
    if (view.answered) {
      ++answered;
    } else {
      silent += join({silent.empty() ? "" : ", ", view.server->url});
    }
  }
  if (asked == 0 || answered == asked) return;
  if (answered > 0) {
    return add("server-silent", Finding::warning, join({silent, " did not answer, while others did."}),
               join({"Check that ", silent,
                     " is up and that host and port are right, or leave it out: gathering waits for "
                     "it each time."}));
  }
  if (facts_.bridge && !facts_.bridge->refusals.empty()) return;  // that is why
  udpBlocked_ = asked > 1 || otherwise;
  const std::string means = udpBlocked_
                                ? join({"No server answers over UDP", otherwise ? ", while one does over TCP" : "",
                                        ": a firewall probably blocks UDP."})
                                : join({silent, " did not answer: it is down, or a firewall blocks UDP."});
  add("udp", relayWorks() ? Finding::warning : Finding::fault, means,
      udpBlocked_ || anyTurn()
          ? "Let UDP out of this network (a firewall's rule for outgoing UDP, and for its answers), or name a TURN "
            "server "
            "that is reached over TCP, best at port 443: --ice-server turn:HOST:443?transport=tcp,USER,PASSWORD."
          : join({"Check that ", silent, " is up. To tell the one from the other, name a second server."}));
}

// Address translation ------------------------------------------------------------------------------------------------

void Assessor::assessNat() {
  if (dependent()) {
    add("nat-dependent", relayWorks() ? Finding::note : Finding::fault,
        join({"The NAT shows each peer another address. Directly reachable are only peers without a NAT, or with one "
              "that "
              "filters by address at most",
              relayWorks() ? "; with all others the TURN server relays." : "; all others need a TURN server."}),
        anyTurn() ? ""
                  : "Name a TURN server (--ice-server turn:HOST,USER,PASSWORD), or have the router's NAT map "
                    "endpoint-independently (RFC 4787; often called \"full cone\" or \"static port\").");
  }
  for (const Behaviour& behaviour : facts_.behaviours) {
    if (!behaviour.mapped || !behaviour.translated) continue;
    const nat::AddressKind inner = kindOf(behaviour.local.address);
    const nat::AddressKind outer = kindOf(behaviour.mapped->address);
    if (inner == nat::AddressKind::sharedUse || outer == nat::AddressKind::sharedUse) {
      add("cgnat", Finding::note,
          "One of the addresses is of the range for providers' NATs: many customers share one.");
    } else if (outer == nat::AddressKind::privateUse) {
      add("private-server", Finding::note,
          "The servers see a private address: they are in a private network themselves, and peers elsewhere can't use "
          "it.",
          "Name a STUN server that is outside of every network that peers are in.");
    }
  }
  if (facts_.relayOnly && !relayWorks()) {
    add("relay-only", Finding::fault, "With --relay-only there is no path but through a TURN server, and none works.",
        "Repair the TURN server first, as said here.");
  } else if (anyTurn() && !relayWorks() && !reachesNobody_) {
    add("no-relay", Finding::fault,
        "No TURN server gives a relayed address: peers that can't be reached directly can't be reached at all.");
  }
}

/// Whatever the single reasons are: servers were named, and none is of use.
void Assessor::assessTheLot() {
  const bool any = std::any_of(views_.begin(), views_.end(), [](const ServerView& view) { return view.works; });
  if (views_.empty() || any || !result_.healthy) return;
  add("no-server", Finding::fault, "None of the servers is of use: only peers in this network can be reached.");
}

void Assessor::assessIpv6() {
  bool v6Tried = false;
  bool v6Works = false;
  bool v4Works = false;
  for (const Behaviour& behaviour : facts_.behaviours) {
    const bool v6 = isV6(behaviour.local.address);
    if (v6 && !behaviour.answers.empty()) v6Tried = true;
    if (behaviour.mapped) (v6 ? v6Works : v4Works) = true;
  }
  if (v6Tried && !v6Works && v4Works) {
    add("ipv6", Finding::warning,
        "Servers answer over IPv4 and not over IPv6, although this machine has IPv6 addresses.",
        "Repair the route to the internet over IPv6, or take the addresses off: each connection waits for it.");
  }
}

// The whole ----------------------------------------------------------------------------------------------------------

void Assessor::conclude() {
  const bool noNat = std::any_of(facts_.behaviours.begin(), facts_.behaviours.end(), [](const Behaviour& one) {
    return one.mapped && !one.translated && one.filtering == "endpoint-independent";
  });
  const bool anySeen = std::any_of(facts_.behaviours.begin(), facts_.behaviours.end(),
                                   [](const Behaviour& one) { return one.mapped.has_value(); });
  std::string& summary = result_.summary;
  if (reachesNobody_) {
    summary = "Connections will fail.";
  } else if (!result_.healthy) {
    summary = udpBlocked_ || !anySeen ? "Connections are likely to fail."
                                      : "Connections to some peers will work, to others they are likely to fail.";
  } else if (relayWorks()) {
    summary = "Connections should work with every peer: directly where both sides' networks allow it, else by TURN.";
  } else if (noNat) {
    summary = "Connections should work with every peer that may send UDP: this side can be reached by anyone.";
  } else if (anySeen) {
    summary =
        "Connections should work directly with most peers. With those whose NAT maps address-dependently they may "
        "fail: "
        "for them it takes a TURN server.";
  } else {
    summary = "Connections within this network should work. Without a server's answer nothing can be told of others.";
  }
}

Assessment Assessor::run() {
  if (facts_.bridge) {
    assessBridge();
  } else {
    assessAddresses();
  }
  if (!facts_.bridge || facts_.bridge->connected) {
    assessServers();
    assessUdp();
    assessNat();
    assessIpv6();
    assessTheLot();
  }
  conclude();
  // The worst first, and else in the order of the letter.
  std::vector<Finding> sorted;
  for (const auto severity : {Finding::fault, Finding::warning, Finding::note}) {
    for (Finding& finding : result_.findings) {
      if (finding.severity == severity) sorted.push_back(std::move(finding));
    }
  }
  result_.findings = std::move(sorted);
  return std::move(result_);
}

}  // namespace

Assessment assess(const Facts& facts) {
  return Assessor(facts).run();
}

}  // namespace portico::doctor
