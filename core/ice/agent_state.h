// What the files of this folder share: an agent's memory, and the few things that all of them do with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ice/agent.h"
#include "core/ice/checklist.h"
#include "core/ice/credentials.h"
#include "core/ice/fifo.h"
#include "core/ice/local_candidates.h"
#include "core/ice/pacer.h"
#include "core/ice/remote_candidates.h"
#include "core/ice/transactions.h"

namespace portico::ice {

inline constexpr std::size_t kMaxQueuedTransmits = 512;  ///< packets: an owner that drains after each call sees a few
inline constexpr std::size_t kMaxMessageBytes = 1'200;   ///< of what we send: two names of 256, and little else

struct StunServer {
  SocketAddress address;
  std::string url;
  bool turn = false;  ///< one that is asked for an allocation as well; what fails is told by who asks for that
};

struct Gathering {
  struct Task {
    SocketId socket;
    std::uint32_t server;  ///< index in servers
  };
  std::vector<StunServer> servers;
  std::vector<Task> waiting;  ///< those under way are in the transactions
  bool anyAnswer = false;     ///< of a server over UDP
  bool anySilence = false;    ///< likewise
  bool sourcesEnded = false;
  bool announced = false;
};

/// A check that came before the peer's parameters (RFC 8445 §7.3: answered at once, acted upon later).
struct EarlyCheck {
  SocketId socket = 0;
  SocketAddress from;
  std::uint32_t priority = 0;
  bool useCandidate = false;
  std::uint32_t nomination = 0;  ///< draft-thatcher-ice-renomination: the latest one counts; 0: it says none
  std::string remoteUfrag;
};

/// The pair that was nominated and is in use. It outlives its checklist when ICE restarts.
struct Selection {
  SelectedPair pair;
  PairId id = 0;
  std::uint64_t priority = 0;
  bool previousSession = false;  ///< its credentials are AgentState::previous
  bool unchecked = false;        ///< the peer had sent no check on it when it answered our nomination
  PairStats stats;
};

/// RFC 7675's view of the selected pair; it goes on when the pair's socket is lost, until the time is up.
struct Consent {
  Time lastConfirmed{};
  Time nextCheck{};
  int unanswered = 0;
};

struct AgentState {
  AgentState(AgentOptions agentOptions, Random& randomSource);

  AgentOptions options;
  Random& random;

  // Who we are.
  IceParameters localParameters;
  Credentials current;                  ///< its remote half holds while remoteKnown
  std::optional<Credentials> previous;  ///< of the session before the last restart
  bool remoteKnown = false;
  bool remoteLite = false;
  bool everStarted = false;
  bool roleExpected = false;  ///< before start(), by Agent::expectRole()
  bool stayConnectedOnRestart = false;
  bool peerFollows = false;    ///< a nomination that comes after another
  bool pathsExpected = false;  ///< a network has come
  bool heard = false;          ///< a check of the peer has come in this session, whatever was answered
  bool gaveWay = false;        ///< a 487 before start() has told the peer to control
  IceRole role = IceRole::controlled;
  std::uint64_t tieBreaker = 0;
  IceTransportState state = IceTransportState::fresh;

  // What we know.
  LocalCandidates locals;
  std::string socketsLost;    ///< why there is no socket any more
  std::string selectionLost;  ///< why the socket of the selected pair is gone
  std::string foundLost;      ///< why that of a pair that worked is, before a nomination: there is no other
  RemoteCandidates remotes;
  std::string nameFailure;  ///< why a name of the peer's has no address
  bool remoteEnded = false;
  Gathering gathering;
  std::vector<EarlyCheck> early;

  // What we do.
  Checklist checklist;
  Transactions transactions;
  Pacer pacer;
  std::optional<Time> firstValidAt;   ///< of this session
  std::optional<Time> nominationDue;  ///< until then a better pair may still come
  std::optional<Time> completionDue;
  std::optional<Time> patienceEnd;  ///< RFC 8863's PAC timer, while it runs
  bool patienceExtended = false;
  std::uint32_t nominations = 0;  ///< controlling: made in this session; controlled: the number of the one followed

  bool nominated = false;  ///< a pair was selected in this session

  // What we have.
  std::optional<Selection> selection;
  std::optional<Consent> consent;
  std::optional<SelectedPair> found;  ///< without a selection: the best that works
  PairId foundId = 0;

  AgentCounters counters;
  Fifo<Transmit> transmits;
  Fifo<Event> events;

  [[nodiscard]] bool over() const { return state == IceTransportState::closed; }
  /// Checks may be sent: both sides' parameters are known, and the agent is neither closed nor failed.
  [[nodiscard]] bool active() const;
  [[nodiscard]] bool established() const {
    return state == IceTransportState::connected || state == IceTransportState::completed;
  }
  /// There is a socket that may be used; of a relay-only agent, a relayed address.
  [[nodiscard]] bool anyUsableBase() const;
  /// A pair of this session, not of the one before a restart, is in use.
  [[nodiscard]] bool concluded() const { return selection && !selection->previousSession; }
  [[nodiscard]] bool selected(SocketId socket, const SocketAddress& remote) const {
    return selection && selection->pair.socket == socket && selection->pair.remoteAddress == remote;
  }
  /// What data goes out on.
  [[nodiscard]] const SelectedPair* usable() const { return selection ? &selection->pair : found ? &*found : nullptr; }
  /// A session looks for a pair: its patience runs.
  [[nodiscard]] bool searching() const { return patienceEnd.has_value(); }
  /// API.md, *Sequential start*: who has not started gives way.
  [[nodiscard]] std::uint64_t effectiveTieBreaker() const { return everStarted || roleExpected ? tieBreaker : 0; }

  void transmit(SocketId socket, const SocketAddress& remote, ByteView packet);
  template <typename OneOfEvent>
  void emit(OneOfEvent&& event) {
    events.push(std::forward<OneOfEvent>(event));
  }
  void changeState(IceTransportState next);
  void changeRole(IceRole next);
  void newTieBreaker();
  [[nodiscard]] stun::TransactionId newTransactionId();
  /// Uniform in [0, 1).
  [[nodiscard]] double randomFraction();
  [[nodiscard]] const Credentials& selectionCredentials() const;
};

}  // namespace portico::ice
