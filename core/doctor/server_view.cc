#include "core/doctor/server_view.h"

#include <algorithm>

namespace portico::doctor {

ServerView viewOf(const Facts& facts, const Server& server) {
  ServerView view;
  view.server = &server;
  const auto note = [&view](const CandidateError& error) {
    const bool known = std::any_of(view.errors.begin(), view.errors.end(), [&](const CandidateError& other) {
      return other.code == error.code && other.text == error.text;
    });
    if (!known) view.errors.push_back(error);
    view.answered = view.answered || error.code != 701;
  };
  for (const Candidate& candidate : facts.candidates) {
    if (candidate.url != server.url) continue;
    view.answered = true;
    if (candidate.type == "relay") view.relayed.push_back(&candidate);
    if (candidate.type == "relay" || !server.turn) view.works = true;
  }
  for (const CandidateError& error : facts.errors) {
    if (error.url == server.url && server.unresolved.empty()) note(error);
  }
  for (const Behaviour& behaviour : facts.behaviours) {
    for (const Answer& answer : behaviour.answers) {
      if (answer.url != server.url) continue;
      if (answer.mapped) {
        view.answered = true;
        view.works = view.works || !server.turn;
        view.seen.push_back(&answer);
      } else if (!server.turn) {
        note({behaviour.local.address, answer.url, answer.code, answer.text});
      }
    }
  }
  return view;
}

std::vector<ServerView> viewAll(const Facts& facts) {
  std::vector<ServerView> views;
  for (const Server& server : facts.servers) views.push_back(viewOf(facts, server));
  return views;
}

}  // namespace portico::doctor
