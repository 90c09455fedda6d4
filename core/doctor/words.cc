#include "core/doctor/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/doctor/page.h"

namespace portico::doctor {

using nat::AddressKind;

AddressKind kindOf(const std::string& address) {
  const auto ip = IpAddress::parse(address);
  return ip ? nat::kindOf(*ip) : AddressKind::unusable;
}

bool isV6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

namespace {

std::string_view wordFor(AddressKind kind) {
  switch (kind) {
    case AddressKind::global:
      return "public";
    case AddressKind::privateUse:
      return "private";
    case AddressKind::sharedUse:
      return "shared (RFC 6598: a provider's NAT, or an overlay network)";
    case AddressKind::uniqueLocal:
      return "private (unique local)";
    case AddressKind::linkLocal:
      return "link-local: for the same cable only";
    case AddressKind::loopback:
      return "loopback: for programs on this machine only";
    case AddressKind::translation:
      return "464XLAT: the network itself has IPv6 only";
    case AddressKind::documentation:
      return "of a range for documentation (RFC 5737)";
    case AddressKind::unusable:
      break;
  }
  return "no address that can be used";
}

struct NameBegin {
  std::string_view begin;
  std::string_view maker;
};
constexpr std::array kMakers = {NameBegin{"tun", "VPN"},
                                NameBegin{"tap", "VPN"},
                                NameBegin{"utun", "VPN"},
                                NameBegin{"wg", "VPN"},
                                NameBegin{"ppp", "VPN or modem"},
                                NameBegin{"ipsec", "VPN"},
                                NameBegin{"tailscale", "VPN"},
                                NameBegin{"zt", "VPN"},
                                NameBegin{"nordlynx", "VPN"},
                                NameBegin{"proton", "VPN"},
                                NameBegin{"docker", "containers"},
                                NameBegin{"br-", "containers"},
                                NameBegin{"veth", "containers"},
                                NameBegin{"cni", "containers"},
                                NameBegin{"podman", "containers"},
                                NameBegin{"virbr", "virtual machines"},
                                NameBegin{"vmnet", "virtual machines"},
                                NameBegin{"vboxnet", "virtual machines"}};

struct CodeMeaning {
  std::uint32_t code;
  std::string_view means;
  std::string_view advice;
};
constexpr std::array kCodes = {
    CodeMeaning{300, "it sends its clients to another server, which did not help",
                "Name the server that it sends clients to, in place of it."},
    CodeMeaning{400, "it can't read the request", "Check that a TURN server listens there, and not something else."},
    CodeMeaning{
        401, "it does not know this user, or the password is wrong",
        "Check the user name and the password. Those that a service hands out expire: get new ones. Where they are "
        "made of a shared secret, compare the secret, and the clocks."},
    CodeMeaning{403, "it forbids this", "Ask whoever runs the server what it allows this user to do."},
    CodeMeaning{420, "it does not understand what a TURN client has to say", "Use a server of RFC 8656 or RFC 5766."},
    CodeMeaning{437, "it has an allocation for this port already", "Try again in ten minutes, when that one is over."},
    CodeMeaning{
        438, "it calls each nonce stale, also those that it gave just now",
        "Look at the server: at its clock, and at whether several servers that share no nonces stand behind one "
        "address."},
    CodeMeaning{440, "it has no relayed addresses of this family", ""},
    CodeMeaning{441, "it knows this port from another user", "Try again in ten minutes, when that allocation is over."},
    CodeMeaning{442, "it does not relay UDP", "Use a server that relays UDP."},
    CodeMeaning{486, "this user has as many relayed addresses as it may have",
                "Close other connections of this user, or have its quota raised (user-quota in coturn)."},
    CodeMeaning{500, "it has a fault of its own", "Look at the server's log."},
    CodeMeaning{508, "it has no relayed address left", "Give the server more relay ports, or use another one."}};

const CodeMeaning* meaningOf(std::uint32_t code) {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeMeaning& one) { return one.code == code; });
  return found == kCodes.end() ? nullptr : found;
}

std::string withoutStop(std::string text) {
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string describe(const Interface& interface) {
  const AddressKind kind = kindOf(interface.address);
  std::string text(wordFor(kind));
  const bool plain = kind == AddressKind::global || kind == AddressKind::privateUse || kind == AddressKind::uniqueLocal;
  if (plain) text += isV6(interface.address) ? " IPv6" : " IPv4";
  if (interface.temporary) text += ", temporary";
  if (interface.deprecated) text += ", deprecated: not used";
  const std::string_view maker = guessMaker(interface.name);
  if (!maker.empty()) text += join({" (by its name of a ", maker, ")"});
  return text;
}

std::string_view guessMaker(const std::string& name) {
  const auto* found =
      std::find_if(kMakers.begin(), kMakers.end(), [&](const NameBegin& one) { return name.rfind(one.begin, 0) == 0; });
  return found == kMakers.end() ? std::string_view() : found->maker;
}

std::string describe(const CandidateError& error) {
  if (const CodeMeaning* meaning = meaningOf(error.code)) {
    return join({std::to_string(error.code), error.text.empty() ? "" : " ", withoutStop(error.text), ": ",
                 meaning->means, "."});
  }
  return join({error.code == 701 ? "" : std::to_string(error.code) + " ", withoutStop(error.text), "."});
}

std::string adviseOn(const CandidateError& error, const Server& server) {
  if (const CodeMeaning* meaning = meaningOf(error.code)) return std::string(meaning->advice);
  if (error.code != 701 || server.udp || !server.turn) return {};
  if (error.text.find("certificate") != std::string::npos) {
    return "Give the server a certificate for its name, of an issuer that this machine trusts.";
  }
  return "Check that the server listens there, that host and port are right, and that no firewall is in between.";
}

bool isDependent(const std::string& mapping) {
  return mapping == "address-dependent" || mapping == "address-and-port-dependent" || mapping == "dependent";
}

std::string describeMapping(const Behaviour& behaviour) {
  const std::string& mapping = behaviour.mapping;
  if (mapping == "endpoint-independent") {
    return "endpoint-independent: every peer sees the same address, so the one that a STUN server tells works for all.";
  }
  if (mapping == "dependent") {
    return "address-dependent, perhaps on the port as well: each peer sees another address than the one that a STUN "
           "server "
           "tells.";
  }
  if (isDependent(mapping)) {
    return join({mapping, ": each peer sees another address than the one that a STUN server tells."});
  }
  return "not known: it takes a server that supports RFC 5780 (coturn with two addresses), or two servers.";
}

std::string describeFiltering(const Behaviour& behaviour) {
  const std::string& filtering = behaviour.filtering;
  if (filtering == "endpoint-independent") return "endpoint-independent: whoever sends to that address gets through.";
  if (filtering == "address-dependent") {
    return "address-dependent: who was sent to gets through, from any port. ICE sends first.";
  }
  if (filtering == "address-and-port-dependent") {
    return "address-and-port-dependent: only the very address and port that was sent to gets through. ICE sends first.";
  }
  return join({"not known: ", behaviour.filteringUnknown, "."});
}

std::string describeRefusal(const Bridge& bridge) {
  switch (bridge.status) {
    case 401:
      return bridge.token ? "It refuses the token (401): expired, or not signed with the bridge's secret."
                          : "It asks for a token (401), and none was given.";
    case 403:
      return "It does not allow this origin (403).";
    case 404:
      return "There is no bridge at this path (404).";
    case 429:
      return "It has given this client, or this token, as many sockets as it may have (429).";
    case 503:
      return "It takes nobody in (503): it is about to leave, or has no UDP port left.";
    case 0:
      return join({"It can't be reached: ", withoutStop(bridge.error), "."});
    default:
      return join({"What answers there is no bridge: HTTP status ", std::to_string(bridge.status), "."});
  }
}

std::string adviseOn(const Bridge& bridge) {
  switch (bridge.status) {
    case 401:
      return bridge.token ? "Get a new token for the bridge; its log says what is wrong with this one."
                          : "Give the bridge's token: --bridge URL,TOKEN.";
    case 403:
      return "Start portico-bridge with --origin and this page's origin; a program that has none needs a token.";
    case 404:
      return "A bridge answers at /udp: check the URL, and what a proxy before the bridge does with it.";
    case 429:
      return "Close other connections, or raise --max-sockets-per-address or --max-sockets-per-token at the bridge.";
    case 503:
      return "Try again in a while; if it stays so, look at the bridge's log.";
    case 0:
      return "Check that portico-bridge runs there, that host and port are right, and whether it is ws:// or wss://.";
    default:
      return "Check the URL of the bridge.";
  }
}

std::string describe(const Refusal& refusal) {
  const std::string to = refusal.to.text();
  switch (refusal.reason) {
    case 2:
      return join({"It drops what goes to ", to, " for now: too much, or too many requests without an answer."});
    case 3:
      return join({"It has no route to ", to, "."});
    case 4:
      return join({"What went to ", to, " was too large for it."});
    default:
      return join({"Its policy lets nothing go to ", to, "."});
  }
}

}  // namespace portico::doctor
