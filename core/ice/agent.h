// The ICE agent (RFC 8445, 8838, 7675, 8863) for one component: gathering, connectivity checks, nomination, consent.
// Sans I/O: packets, time and requests go in; packets and events come out. It is the table of contents of this
// folder: the work is done in the files named for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/wire/random.h"
#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"
#include "portico/platform/time.h"

namespace portico::ice {

/// Names a local socket across the seam between agent and stack. Never reused within an agent.
using SocketId = std::uint32_t;

/// How packets leave a local candidate, and how a remote one takes them: UDP, or TCP (RFC 6544 §4.1) by a connection
/// that is made from there, or to there. Its simultaneous-open candidates are left out.
enum class Transport : std::uint8_t { udp, tcpActive, tcpPassive };

/// Credentials, transaction ids, tie-breaker and pacing jitter are made of it.
using portico::Random;

struct AgentOptions {
  IceParameters local;     ///< empty strings: made by the agent (4 and 22 characters, as browsers')
  bool lite = false;       ///< RFC 8445 §2.5: host candidates only, answers checks only, always controlled
  bool relayOnly = false;  ///< iceTransportPolicy "relay": no other candidate is offered, paired or used
  Duration checkInterval = std::chrono::milliseconds(50);  ///< Ta, RFC 8445 §14.2
  Duration consentInterval = std::chrono::seconds(5);      ///< RFC 7675 §5.1, randomized by ±20 %
  Duration consentTimeout = std::chrono::seconds(30);      ///< RFC 7675 §5.1
  Duration patience = std::chrono::milliseconds(39'500);   ///< RFC 8863 §4: the PAC timer
};

/// An address on a TURN server whose packets come and go by a socket id of its own.
struct RelayedAddress {
  SocketAddress address;
  SocketAddress mapped;  ///< how the server sees us
  SocketAddress server;
  std::string url;
};

struct Transmit {
  SocketId socket = 0;
  SocketAddress remote;
  ByteVector payload;
};

struct SelectedPair {
  SocketId socket = 0;
  SocketAddress remoteAddress;
  IceCandidate local;
  IceCandidate remote;

  friend bool operator==(const SelectedPair&, const SelectedPair&) = default;
};

// What poll() tells, in the order in which it happened.
struct LocalCandidateEvent {
  IceCandidate candidate;
};
struct CandidateErrorEvent {  ///< W3C RTCPeerConnectionIceErrorEvent
  std::string address;
  std::uint16_t port = 0;
  std::string url;
  int errorCode = 701;
  std::string errorText;
};
struct GatheringDoneEvent {
  std::string usernameFragment;  ///< of the session whose candidates these were
};
struct StateEvent {
  IceTransportState state;
};
struct RoleEvent {
  IceRole role;
};
struct SelectedPairEvent {  ///< usablePair() is another; or, before a nomination and by it, its candidates are known
                            ///< better
  SelectedPair pair;
  bool another = true;
};
struct FailureEvent {  ///< once, before StateEvent{failed}: why
  Error error;
};
using Event = std::variant<LocalCandidateEvent, CandidateErrorEvent, GatheringDoneEvent, StateEvent, RoleEvent,
                           SelectedPairEvent, FailureEvent>;

/// W3C webrtc-stats counters of the pair in use.
struct PairStats {
  std::uint64_t requestsSent = 0;
  std::uint64_t requestsReceived = 0;
  std::uint64_t responsesSent = 0;
  std::uint64_t responsesReceived = 0;
  std::uint64_t consentRequestsSent = 0;
  Duration currentRoundTripTime{0};
  Duration totalRoundTripTime{0};
};

/// A pair of the checklist, or the one that data goes out on.
struct PairReport {
  std::uint32_t id = 0;
  IceCandidate local;
  IceCandidate remote;
  enum State : std::uint8_t { frozen, waiting, inProgress, succeeded, failed } state = frozen;
  bool nominated = false;  ///< and in use
  bool usable = false;     ///< data goes out on it: usablePair()
  PairStats stats;
};

struct AgentCounters {
  std::uint64_t malformed = 0;        ///< not STUN, or STUN that does not parse
  std::uint64_t unauthenticated = 0;  ///< MESSAGE-INTEGRITY or FINGERPRINT missing or wrong, unknown user
  std::uint64_t unmatched = 0;        ///< a response to no transaction of ours, or from another address
  std::uint64_t overBound = 0;        ///< dropped at one of the bounds below
};

// Bounds on what a peer controls.
inline constexpr std::size_t kMaxRemoteCandidates = 128;  ///< RFC 8445 names no bound; browsers offer under 40
inline constexpr std::size_t kMaxLocalCandidates = 64;
inline constexpr std::size_t kMaxCandidatePairs = 100;  ///< RFC 8445 §6.1.2.5
inline constexpr std::size_t kMaxTransactions = 256;
inline constexpr std::size_t kMaxEarlyChecks = 32;  ///< checks kept that come before the remote parameters

struct AgentState;

class Agent {
 public:
  Agent(AgentOptions options, Random& random);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  // Gathering -----------------------------------------------------------------------------------------------------
  [[nodiscard]] const IceParameters& localParameters() const;
  /// A socket that the gatherer opened; makes a host candidate of it. `localPreference` (RFC 8421) orders interfaces.
  /// With a name the address is not told (draft-ietf-mmusic-mdns-ice-candidates). Over TCP it stands for all the
  /// connections that are made from its address, or to it: a path is one of them.
  void addSocket(Time now, SocketId id, const SocketAddress& local, std::uint16_t localPreference,
                 Transport transport = Transport::udp, std::string name = {});
  /// From the next restart() on, which tells it.
  void nameSocket(SocketId id, const std::string& name);
  /// What a socket was added with; empty: no name, or no such socket.
  [[nodiscard]] std::string nameOf(SocketId id) const;
  /// A TURN server has given an address: a base like a socket, with a relayed candidate.
  void addRelayedSocket(Time now, SocketId id, const RelayedAddress& relayed, std::uint16_t localPreference);
  /// That server has told how it sees `socket`, as a STUN server does (RFC 8445 §5.1.1.2).
  void addMappedAddress(SocketId socket, const RelayedAddress& relayed);
  /// A server over UDP that others have asked has answered, or has not: a failure says it where none has.
  void noteServer(bool answered);
  /// The socket is gone: its candidates, pairs and transactions go with it. `why` is what a failure says once none is
  /// left.
  void removeSocket(Time now, SocketId id, std::string why);
  /// Right before restart(): the next session goes by `replacement`, a socket like it. The selected pair stays on it,
  /// and it goes with that.
  void replaceSocket(SocketId id, SocketId replacement);
  /// The connection to `remote` could not be made, or is gone: the pair has failed. The socket stays.
  void onPathLost(Time now, SocketId socket, const SocketAddress& remote, std::string why);
  /// A connection there is of use: a pair that has not failed, or a check that waits for start(), is on it.
  [[nodiscard]] bool usesPath(SocketId socket, const SocketAddress& remote) const;
  /// Asks `server` for a server-reflexive candidate from every socket of its family, present or later (RFC 8489
  /// Binding). A TURN server answers that, too, and a round trip before it allocates; that it does not is no error.
  void addStunServer(Time now, const SocketAddress& server, std::string url, bool turn = false);
  /// Sockets and servers are to be given anew, after a restart on which none was left.
  void gatherAgain();
  /// Before a restart for which the configuration has changed: candidates, but for relayed ones, and servers are to be
  /// found anew.
  void renewCandidates(bool relayOnly);
  /// Nothing new is begun on that socket; the pair in use stays.
  void retireSocket(SocketId id);
  /// Nothing passes through that socket, as the machine says: if the pair in use does, it is "disconnected" at once.
  void doubt(Time now, SocketId id);
  /// Something may pass through that socket again: if the pair in use does, and is silent, its peer is asked at once.
  void askAgain(Time now, SocketId id);
  /// Something follows, although endOfSources() was called.
  void reopenSources();
  /// No socket and no server follows: once the outstanding requests have ended, GatheringDoneEvent comes.
  void endOfSources(Time now);
  [[nodiscard]] const std::vector<IceCandidate>& localCandidates() const;
  /// From now until a restart: what comes late, sockets and the peer's candidates, is paired and checked although a
  /// pair is in use, and that is left for a better one (moving.h).
  void expectPaths();

  // Connecting ----------------------------------------------------------------------------------------------------
  /// Until start(), an agent that has gathered answers checks and acts as tie-breaker 0: it answers 487 to
  /// ICE-CONTROLLED (API.md, *Sequential start*). Remote parameters are checked before (see validate()).
  void start(Time now, const IceParameters& remote, std::optional<IceRole> role);
  [[nodiscard]] bool started() const;
  /// The role is known before start(), as an offerer's is: checks that come earlier are answered in it.
  void expectRole(IceRole role);
  /// W3C webrtc-pc §5.6.4: a restart leaves a connection that works "connected". Without this, start() with other
  /// parameters is back in "new", as in ORTC and W3C webrtc-ice.
  void stayConnectedOnRestart();
  /// New local credentials and, with the next start(), new remote ones: RFC 8445 §9. The selected pair stays in use
  /// until a new one takes its place. Local sockets and candidates are kept and are announced again.
  void restart(Time now, IceParameters local);
  /// Also before start() (RFC 8838). A candidate that can't be used (active TCP, unknown type, wrong family, a name
  /// that nameResolved() has not come for) is kept for remoteCandidates() and not paired. QuotaExceeded over the bound;
  /// Operation for a bad address or port.
  Result<void> addRemoteCandidate(Time now, const IceCandidate& candidate);
  /// The outcome of asking for a name that the peer's candidates have for an address: they are paired, or why not.
  void nameResolved(Time now, const std::string& name, const Result<IpAddress>& address);
  void endOfRemoteCandidates(Time now);
  [[nodiscard]] std::vector<IceCandidate> remoteCandidates() const;
  /// Ends at once and for good; sends nothing more. StateEvent{closed} is the last event.
  void stop(Time now);

  [[nodiscard]] IceTransportState state() const;
  [[nodiscard]] IceRole role() const;  ///< controlled until start() or a conflict decided it
  /// The one that was nominated. Null: none is in use. Until the agent is called again.
  [[nodiscard]] const SelectedPair* selectedPair() const;
  /// What data goes out on: that one, or before a nomination the best that has passed a check (RFC 8445 §12.1).
  [[nodiscard]] const SelectedPair* usablePair() const;
  [[nodiscard]] PairStats usablePairStats() const;
  [[nodiscard]] std::vector<PairReport> pairs() const;
  [[nodiscard]] const AgentCounters& counters() const;

  // Sans I/O ------------------------------------------------------------------------------------------------------
  /// A datagram whose first byte is 0 to 3 (RFC 7983 §7).
  void handleInput(Time now, SocketId socket, const SocketAddress& from, ByteView datagram);
  /// The names that requests to this agent may bear: of this session, and of the one before a restart.
  [[nodiscard]] std::vector<std::string_view> usernameFragments() const;
  /// True if a request bears one of them and proves to know the password.
  [[nodiscard]] bool authenticates(ByteView request) const;
  /// The remote of the selected pair, while it is known to be alive (RFC 7675).
  [[nodiscard]] bool isAliveAt(SocketId socket, const SocketAddress& remote) const;
  /// True if other data from there may be believed: the address is one that a valid pair or remote candidate has.
  [[nodiscard]] bool isKnownRemote(SocketId socket, const SocketAddress& from) const;
  void handleTimeout(Time now);
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  [[nodiscard]] std::optional<Transmit> pollTransmit();
  [[nodiscard]] std::optional<Event> pollEvent();

 private:
  std::unique_ptr<AgentState> state_;
};

/// RFC 8839 §5.4: lengths and ice-chars. Errors: Type when empty, Syntax when malformed.
Result<void> validate(const IceParameters& parameters);

}  // namespace portico::ice
