// All that the facts say of one server, put together.
#pragma once

#include <string>
#include <vector>

#include "core/doctor/facts.h"

namespace portico::doctor {

struct ServerView {
  const Server* server = nullptr;
  bool works = false;                     ///< it did what it is for: told an address, gave a relayed one
  bool answered = false;                  ///< something came from it, if only a refusal
  std::vector<const Answer*> seen;        ///< as a STUN server
  std::vector<const Candidate*> relayed;  ///< by it
  std::vector<CandidateError> errors;     ///< each code and text once
};

ServerView viewOf(const Facts& facts, const Server& server);
std::vector<ServerView> viewAll(const Facts& facts);

}  // namespace portico::doctor
