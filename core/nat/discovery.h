// NAT behaviour discovery (RFC 5780 §4) from one local address. Sans I/O, in the shape of the other engines.
//
//   ask           Test I at each server, until one names its OTHER-ADDRESS
//   filtering     Tests II and III of §4.4, at once, while nothing has been sent to the other address (§4.5)
//   mapping       Tests II and III of §4.3, at once, and the servers that have not been asked
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/nat/mapping.h"
#include "core/stun/message.h"
#include "core/stun/retransmission.h"
#include "core/wire/random.h"
#include "portico/nat_discovery.h"

namespace portico::nat {

/// Servers beyond these tell nothing new; a hostile list gets no more packets from us.
inline constexpr std::size_t kMaxServers = 8;
/// At 0, 0.5, 1.5 and 3.5 s, the end at 4.5 s: four in a row are lost on a bad path once in a thousand times, and who
/// waits for two silent steps stays below ten seconds.
inline constexpr stun::RetransmissionPlan kPlan{std::chrono::milliseconds(500), 4, 2};
/// Between new requests: RFC 8445 §14.2's Ta. The WebSocket bridge asks for 20 ms (docs/bridge.md).
inline constexpr Duration kPace = std::chrono::milliseconds(50);
/// A server that has not answered by then does not keep the next one waiting.
inline constexpr Duration kPatience = std::chrono::milliseconds(500);

struct Transmit {
  SocketAddress remote;
  ByteVector payload;
};

class Discovery {
 public:
  /// `filtering` off: mapping only. `random` outlives it.
  Discovery(const SocketAddress& local, bool filtering, Random& random);

  /// One of the family of the local address. What is over kMaxServers is left out.
  void addServer(Time now, const SocketAddress& address, std::string url);
  void endOfServers(Time now);

  void handleInput(Time now, const SocketAddress& remote, ByteView packet);
  void handleTimeout(Time now);
  /// Nullopt: it waits for servers, or is done.
  [[nodiscard]] std::optional<Time> nextTimeout() const;
  std::vector<Transmit> takeOutput() { return std::exchange(output_, {}); }

  [[nodiscard]] bool done() const { return step_ == Step::done; }
  /// At any time: what is known by then.
  [[nodiscard]] NatBehaviour result() const;

 private:
  enum class Step : std::uint8_t { ask, filtering, mapping, done };
  enum class Purpose : std::uint8_t { ask, changeBoth, changePort, otherAddress, otherBoth };
  struct Request {
    Purpose purpose;
    std::size_t server;  ///< of answers_
    SocketAddress to;
    SocketAddress answerFrom;  ///< where its answer has to come from
    stun::TransactionId id{};
    Time sentAt{};
    stun::Retransmission retransmission;
    enum State : std::uint8_t { waiting, inFlight, answered, failed } state = waiting;
    std::optional<SocketAddress> mapped{};
  };

  void proceed(Time now);
  bool proceedOnce(Time now);
  void askNext(Time now);
  void beginFiltering(Time now);
  void beginMapping(Time now);
  void plan(Purpose purpose, std::size_t server, const SocketAddress& to, const SocketAddress& answerFrom);
  void sendPlanned(Time now);
  void transmit(const Request& request);
  void onAnswer(Time now, Request& request, const SocketAddress& remote, const stun::Message& message);
  void onAskAnswered(Time now, Request& request, const stun::Message& message);
  void noteOther(std::size_t server, const stun::Message& message);
  void fail(Request& request, int code, std::string text);
  [[nodiscard]] bool settled() const;
  [[nodiscard]] Request* find(Purpose purpose);
  [[nodiscard]] const Request* find(Purpose purpose) const;
  [[nodiscard]] std::vector<Observation> observed() const;
  void inferFiltering(NatBehaviour& behaviour) const;

  SocketAddress local_;
  bool filtering_;
  Random& random_;
  Step step_ = Step::ask;
  bool ended_ = false;
  std::vector<NatAnswer> answers_;     ///< one for each server
  std::size_t asked_ = 0;              ///< of answers_, from the front
  std::optional<std::size_t> tester_;  ///< the server that supports RFC 5780
  std::string filteringUnknown_;
  std::vector<Request> requests_;
  std::vector<Transmit> output_;
  Time nextSend_ = Time::min();
  Time nextAsk_ = Time::min();
};

}  // namespace portico::nat
