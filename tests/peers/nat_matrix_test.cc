// Through which pairs of NATs (RFC 4787) two peers meet, how, how soon, and what is said where they can't. A case is a
// cell of a matrix, which scripts/test prints. What is expected is derived from the RFCs. S is a peer's
// server-reflexive address.
// - A NAT with endpoint-independent mapping sends from S. Any other sends to the peer from an address that nobody has
//   heard of until a check from there arrives (RFC 8445 §7.3.1.3); then that side is peer-reflexive. It is one address
//   for the whole peer with address-dependent mapping, and one for each of its ports with address- and port-dependent.
// - A check to S arrives if the filter there asks nothing, or only the address (checks have gone out to ours), or asks
// the
//   port, too, and we send from our S, which is where those checks went.
// - Both map endpoint-independently: both send from S to S, and each opens its filter for the other.
// - One does: the other's checks arrive where the filter does not ask the port. If so, what goes back there finds its
//   filter open. If not, only checks to the other's S arrive, and they are answered from elsewhere (§7.2.5.2.1).
// - Neither does: each must hear a check from an address unheard of, so that neither filter may ask the port. One of
//   them must be address-dependent in its mapping: two others make a new address for every check, and never meet.
// - A NAT within another is in each respect what the worse of them is. Overloading of ports makes one S for all remote
//   endpoints, whatever the mapping, and the filter asks the port.
// - With TURN, what else fails is relayed by one side: the relay asks only the peer's address (RFC 8656 §9), which S
// tells,
//   and the peer opens its own filter. Which side is a tie. Seen from the relay, which is the STUN server's neighbour,
//   an address-dependent NAT is at S. Where UDP is dropped, the relay over TCP is the only candidate that works.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "tests/peers/peer.h"
#include "tests/sim/turn_server.h"

namespace portico::test {
namespace {

using sim::Machine;
using sim::Nat;
using sim::NatBehaviour;
using sim::NatOptions;
using sim::World;

constexpr NatBehaviour I = NatBehaviour::endpointIndependent;
constexpr NatBehaviour A = NatBehaviour::addressDependent;
constexpr NatBehaviour P = NatBehaviour::addressAndPortDependent;

constexpr Duration kOneWay = 10ms;       // of each cable to the internet
constexpr Duration kSignalling = 100ms;  // by which the answerer begins before the offerer
// Some pairs at 50 ms each, 200 ms for a better pair, and the handshakes: 510 ms where it takes longest.
constexpr Duration kConnectLimit = 600ms;
// RFC 8863: 39.5 s, and then until no check is under way, of which the last may have begun with the peer's last one.
constexpr Duration kLeastPatience = 39'500ms;
constexpr Duration kMostPatience = 2 * kLeastPatience + 1s;

struct Kind {
  std::string name;              // mapping/filtering
  std::vector<NatOptions> nats;  // from the internet to the peer
  bool udp = true;

  /// As of one NAT.
  [[nodiscard]] NatBehaviour mapping() const {
    NatBehaviour worst = I;
    for (const NatOptions& nat : nats) worst = std::max(worst, nat.overloadPorts ? I : nat.mapping);
    return worst;
  }
  [[nodiscard]] NatBehaviour filtering() const {
    NatBehaviour worst = I;
    for (const NatOptions& nat : nats) worst = std::max(worst, nat.filtering);
    return worst;
  }
};

NatOptions nat(NatBehaviour mapping, NatBehaviour filtering) {
  return {.mapping = mapping, .filtering = filtering, .preservePorts = false};
}

const std::vector<Kind> kNats{{"I/I", {nat(I, I)}}, {"I/A", {nat(I, A)}}, {"I/P", {nat(I, P)}},
                              {"A/I", {nat(A, I)}}, {"A/A", {nat(A, A)}}, {"A/P", {nat(A, P)}},
                              {"P/I", {nat(P, I)}}, {"P/A", {nat(P, A)}}, {"P/P", {nat(P, P)}}};

std::vector<Kind> allKinds() {
  std::vector<Kind> all{{"public", {}}};
  all.insert(all.end(), kNats.begin(), kNats.end());
  all.push_back({"overload", {{.mapping = P, .filtering = P, .overloadPorts = true}}});
  all.push_back({"I/A in I/P", {nat(I, P), nat(I, A)}});
  all.push_back({"I/A in P/I", {nat(P, I), nat(I, A)}});
  all.push_back({"no UDP", {nat(I, I)}, false});
  return all;
}
const std::vector<Kind> kKinds = allKinds();

// The type of each side's candidate, the row's first: h host, s server-reflexive, p peer-reflexive; -- they don't meet.
const std::vector<std::vector<std::string>> kDirect{
    // public I/I  I/A   I/P   A/I   A/A   A/P   P/I   P/A   P/P   over  in I/P in P/I no UDP
    {"hh"},                                                                                // public
    {"sh", "ss"},                                                                          // I/I
    {"sh", "ss", "ss"},                                                                    // I/A
    {"sh", "ss", "ss", "ss"},                                                              // I/P
    {"ph", "ps", "ps", "--", "pp"},                                                        // A/I
    {"ph", "ps", "ps", "--", "pp", "pp"},                                                  // A/A
    {"ph", "ps", "ps", "--", "--", "--", "--"},                                            // A/P
    {"ph", "ps", "ps", "--", "pp", "pp", "--", "--"},                                      // P/I
    {"ph", "ps", "ps", "--", "pp", "pp", "--", "--", "--"},                                // P/A
    {"ph", "ps", "ps", "--", "--", "--", "--", "--", "--", "--"},                          // P/P
    {"sh", "ss", "ss", "ss", "--", "--", "--", "--", "--", "--", "ss"},                    // overload
    {"sh", "ss", "ss", "ss", "--", "--", "--", "--", "--", "--", "ss", "ss"},              // I/A in I/P
    {"ph", "ps", "ps", "--", "pp", "pp", "--", "--", "--", "--", "--", "--", "--"},        // I/A in P/I
    {"--", "--", "--", "--", "--", "--", "--", "--", "--", "--", "--", "--", "--", "--"},  // no UDP
};

char towardsRelay(const Kind& kind) {
  if (!kind.udp) return 'r';
  if (kind.nats.empty()) return 'h';
  return kind.mapping() == P ? 'p' : 's';
}

std::vector<std::string> withTurn(const std::string& direct, const Kind& row, const Kind& column) {
  if (direct != "--") return {direct};
  const std::string rowRelays{'r', towardsRelay(column)};
  const std::string columnRelays{towardsRelay(row), 'r'};
  if (row.udp && column.udp) return {rowRelays, columnRelays};
  return {row.udp ? columnRelays : rowRelays};
}

/// What `listener` says of a failure: whether checks of `speaker` arrived, and what may help.
std::vector<std::string> reasons(const Kind& listener, const Kind& speaker) {
  const bool arrive = listener.udp && speaker.udp && (listener.filtering() != P || speaker.mapping() == I);
  return {arrive ? "checks of the peer come in, but nothing answers ours" : "nothing has come from the peer",
          listener.udp ? "neither side has a relayed candidate" : "no STUN or TURN server has answered over UDP",
          "TURN"};
}

/// Two machines in such networks.
using Place = std::function<std::pair<Machine*, Machine*>(World&)>;

Nat& join(World& world, sim::Network& network, const std::string& external, const NatOptions& options,
          bool udp = true) {
  Nat& added = world.addNat(external, options, network);
  added.uplink().set({.delay = kOneWay, .connected = udp});  // simulated TCP needs no cable
  return added;
}

Machine* placeIn(World& world, const Kind& kind, const std::string& name, const std::string& outside,
                 const std::string& inside) {
  sim::Network* network = &world.internet();
  std::string address = outside;
  for (const NatOptions& options : kind.nats) {
    network = &join(world, *network, address, options, kind.udp).inside();
    address = "100.64.0.7";
  }
  Machine& machine = world.addMachine(name, kind.nats.empty() ? outside : inside, *network);
  if (kind.nats.empty()) machine.setLinks({.delay = kOneWay});
  return &machine;
}

Place apart(const Kind& row, const Kind& column) {
  return [=](World& world) {
    return std::pair(placeIn(world, row, "row", "198.51.100.1", "192.168.1.2"),
                     placeIn(world, column, "column", "198.51.100.2", "192.168.1.3"));
  };
}

/// The peers, and a STUN and TURN server.
struct Meeting {
  Meeting(const Place& place, bool turn) {
    server.listenTcp();
    PeerOptions options;
    std::vector<std::string> urls{"stun:203.0.113.10"};
    if (turn) urls = {"turn:203.0.113.10", "turn:203.0.113.10?transport=tcp"};
    options.gather.iceServers = std::vector<IceServer>{{.urls = urls, .username = "user", .credential = "password"}};
    const auto [rowMachine, columnMachine] = place(world);
    row = std::make_unique<Peer>(*rowMachine, options);
    column = std::make_unique<Peer>(*columnMachine, options);
  }

  bool gather() {
    row->gatherer.gather().ignore();
    column->gatherer.gather().ignore();
    return world.runUntil(
        [&] {
          return row->gatherer.state() == IceGathererState::complete &&
                 column->gatherer.state() == IceGathererState::complete;
        },
        10s);
  }
  void start(bool rowControls, bool rowAnswers) {
    const IceRole roleOfRow = rowControls ? IceRole::controlling : IceRole::controlled;
    const IceRole roleOfColumn = rowControls ? IceRole::controlled : IceRole::controlling;
    if (rowAnswers) signal(*column, *row, roleOfRow);
    if (!rowAnswers) signal(*row, *column, roleOfColumn);
    world.runFor(kSignalling);
    if (rowAnswers) signal(*row, *column, roleOfColumn);
    if (!rowAnswers) signal(*column, *row, roleOfRow);
  }
  bool bothAre(IceTransportState state, Duration limit) {
    return world.runUntil([&] { return row->ice.state() == state && column->ice.state() == state; }, limit);
  }
  bool connected() {
    return world.runUntil(
        [&] {
          return row->ice.state() == IceTransportState::completed &&
                 column->ice.state() == IceTransportState::completed &&
                 row->sctp.state() == SctpTransportState::connected &&
                 column->sctp.state() == SctpTransportState::connected;
        },
        kConnectLimit);
  }
  std::string outcome() {
    const auto ofRow = row->ice.getSelectedCandidatePair();
    const auto ofColumn = column->ice.getSelectedCandidatePair();
    if (!ofRow || !ofColumn) return "--";
    EXPECT_EQ(ofRow->remote.type, ofColumn->local.type);
    EXPECT_EQ(ofColumn->remote.type, ofRow->local.type);
    return {ofRow->local.type.front(), ofColumn->local.type.front()};
  }

  World world;
  sim::TurnServer server{world.addMachine("server", "203.0.113.10"), "203.0.113.10:3478"};
  std::unique_ptr<Peer> row;
  std::unique_ptr<Peer> column;
};

void expectReasons(const Peer& peer, const std::vector<std::string>& expected) {
  ASSERT_FALSE(peer.errors.empty());  // ICE is first, and DTLS and SCTP follow
  for (const std::string& part : expected) {
    EXPECT_NE(peer.errors.front().message.find(part), std::string::npos) << peer.errors.front().message;
  }
}

/// A cell of the printed matrix.
struct Cell {
  std::string table;
  std::string row;
  std::string column;
  bool turn = false;
  Place place;
  std::vector<std::string> expected;  // any of them
  std::vector<std::string> rowSays;   // where they don't meet
  std::vector<std::string> columnSays;
};

void PrintTo(const Cell& cell, std::ostream* out) {
  *out << cell.table << ", " << cell.row << " and " << cell.column << (cell.turn ? ", with TURN" : "");
}

class NatMatrix : public testing::TestWithParam<Cell> {};

TEST_P(NatMatrix, TheyMeetOrFailAsTheRfcsLetThem) {
  const Cell& cell = GetParam();
  const bool meet = cell.expected.front() != "--";
  std::string outcomes;
  for (const bool rowControls : {true, false}) {
    for (const bool rowAnswers : {true, false}) {
      SCOPED_TRACE(std::string(rowControls ? "the row" : "the column") + " controls, " +
                   (rowAnswers ? "the row" : "the column") + " answers");
      Meeting meeting(cell.place, cell.turn);
      ASSERT_TRUE(meeting.gather());
      const Time began = meeting.world.now();
      meeting.start(rowControls, rowAnswers);
      if (meet) {
        EXPECT_TRUE(meeting.connected());
      } else {
        EXPECT_TRUE(meeting.bothAre(IceTransportState::failed, kMostPatience));
        EXPECT_GE(meeting.world.now() - began, kLeastPatience);
        expectReasons(*meeting.row, cell.rowSays);
        expectReasons(*meeting.column, cell.columnSays);
      }
      const std::string outcome = meeting.outcome();
      const bool right = std::find(cell.expected.begin(), cell.expected.end(), outcome) != cell.expected.end();
      EXPECT_TRUE(right) << outcome << " instead of " << testing::PrintToString(cell.expected);
      if (outcomes.find(outcome) == std::string::npos) outcomes += (outcomes.empty() ? "" : " ") + outcome;
    }
  }
  RecordProperty("table", cell.table + (cell.turn ? ", with TURN" : ", without TURN"));
  RecordProperty("row", cell.row);
  RecordProperty("column", cell.column);
  RecordProperty("outcome", outcomes);
}

std::vector<Cell> eachWithEach() {
  std::vector<Cell> cells;
  for (std::size_t r = 0; r < kKinds.size(); ++r) {
    for (std::size_t c = 0; c <= r; ++c) {
      const Kind& row = kKinds[r];
      const Kind& column = kKinds[c];
      const std::string& direct = kDirect[r][c];
      for (const bool turn : {false, true}) {
        cells.push_back({"each with each", row.name, column.name, turn, apart(row, column),
                         turn ? withTurn(direct, row, column) : std::vector{direct}, reasons(row, column),
                         reasons(column, row)});
      }
    }
  }
  return cells;
}

/// Both in one network behind that NAT: it has no part in what they say to each other.
Place neighbours(const Kind& kind) {
  return [=](World& world) {
    sim::Network& home = join(world, world.internet(), "198.51.100.1", kind.nats.front()).inside();
    return std::pair(&world.addMachine("row", "192.168.1.2", home), &world.addMachine("column", "192.168.1.3", home));
  };
}

/// Each behind an open NAT at home, and both homes behind one NAT of their provider.
Place oneCarrier(const Kind& kind, bool hairpinning) {
  return [=](World& world) {
    NatOptions options = kind.nats.front();
    options.hairpinning = hairpinning;
    sim::Network& carrier = join(world, world.internet(), "198.51.100.1", options).inside();
    Nat& rows = join(world, carrier, "100.64.0.7", nat(I, I));
    Nat& columns = join(world, carrier, "100.64.0.8", nat(I, I));
    return std::pair(&world.addMachine("row", "192.168.1.2", rows.inside()),
                     &world.addMachine("column", "192.168.1.3", columns.inside()));
  };
}

std::vector<Cell> together() {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < kNats.size(); ++i) {
    const Kind& kind = kNats[i];
    const std::string& apart = kDirect[i + 1][i + 1];
    const std::vector<std::string> says = reasons(kind, kind);
    const std::vector<std::string> saysAsCut = reasons(kind, {"none", {}, false});
    for (const bool turn : {false, true}) {
      const auto add = [&](const std::string& row, const Place& place, const std::string& direct, const auto& why) {
        cells.push_back({"behind one NAT", row, kind.name, turn, place,
                         turn ? withTurn(direct, kind, kind) : std::vector{direct}, why, why});
      };
      add("one network", neighbours(kind), "hh", says);
      add("two homes, hairpinning", oneCarrier(kind, true), apart, says);
      add("two homes, none", oneCarrier(kind, false), "--", saysAsCut);
    }
  }
  return cells;
}

std::string nameOf(const testing::TestParamInfo<Cell>& info) {
  std::string name = info.param.row + "_and_" + info.param.column + (info.param.turn ? "_with_TURN" : "");
  std::replace_if(
      name.begin(), name.end(), [](unsigned char one) { return std::isalnum(one) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(EachWithEach, NatMatrix, testing::ValuesIn(eachWithEach()), nameOf);
INSTANTIATE_TEST_SUITE_P(Together, NatMatrix, testing::ValuesIn(together()), nameOf);

}  // namespace
}  // namespace portico::test
