// What single facts are called in the letter, and what they mean.
#pragma once

#include <string>
#include <string_view>

#include "core/doctor/facts.h"
#include "core/nat/address_kind.h"

namespace portico::doctor {

/// Of an address in text form; a name is none, and unusable.
nat::AddressKind kindOf(const std::string& address);
bool isV6(const std::string& address);
/// "private IPv4", "global IPv6, temporary" …: what peers get of it.
std::string describe(const Interface& interface);
/// Of the interface's name: what made it, or nothing.
std::string_view guessMaker(const std::string& name);

/// What a STUN or TURN error, or W3C's 701, means at a server.
std::string describe(const CandidateError& error);
/// What to do about it; empty where there is nothing that helps.
std::string adviseOn(const CandidateError& error, const Server& server);

/// What a mapping (a filtering) means for peers; RFC 4787's words are those of portico/nat_discovery.h.
std::string describeMapping(const Behaviour& behaviour);
std::string describeFiltering(const Behaviour& behaviour);
/// Peers see a different address each, so that none can be told to them in advance.
bool isDependent(const std::string& mapping);

/// Why the bridge did not let us in.
std::string describeRefusal(const Bridge& bridge);
std::string adviseOn(const Bridge& bridge);
std::string describe(const Refusal& refusal);

}  // namespace portico::doctor
