#include "core/mux/shared_udp.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>

#include "core/stun/message_builder.h"

namespace portico {
namespace {

SocketAddress at(std::uint32_t host, std::uint16_t port = 5'000) {
  return {IpAddress::fromV4(0xc6336400 + host), port};
}

stun::TransactionId idOf(std::uint32_t number) {
  stun::TransactionId id{};
  std::memcpy(id.data(), &number, sizeof number);
  return id;
}

ByteVector stunMessage(stun::MessageClass kind, std::uint32_t number, std::string_view username = {}) {
  std::array<std::byte, 600> room;
  stun::MessageBuilder builder(room, kind, stun::Method::binding, idOf(number));
  if (!username.empty()) builder.text(stun::Attribute::username, username);
  builder.fingerprint();
  return toVector(builder.finish());
}
ByteVector request(std::string_view username, std::uint32_t number = 1) {
  return stunMessage(stun::MessageClass::request, number, username);
}
ByteVector success(std::uint32_t number = 1) {
  return stunMessage(stun::MessageClass::success, number);
}
const ByteVector kRecord(100, std::byte{23});  // DTLS application data, to RFC 7983

/// The one socket; what goes out is forgotten.
struct Wire final : UdpSocket {
  explicit Wire(bool& open) : isOpen(open) { isOpen = true; }
  ~Wire() override { isOpen = false; }
  [[nodiscard]] SocketAddress localAddress() const override { return at(0, 3'478); }
  void send(std::span<const OutgoingDatagram>) override {}
  [[nodiscard]] std::uint64_t droppedDatagrams() const override { return 0; }
  bool& isOpen;
};

struct Receiver final : UdpReceiver {
  void onDatagrams(Time, std::span<Datagram> batch) override {
    batches.push_back(batch.size());
    if (onBatch) onBatch(batch);
  }
  void onSocketError(Time, const Error&) override {
    ++errors;
    if (onError) onError();
  }
  [[nodiscard]] bool holds(const SocketAddress& remote) const override {
    ++questions;
    return held == remote;
  }
  [[nodiscard]] bool authenticates(ByteView) const override {
    ++questions;
    return knowsPassword;
  }

  std::unique_ptr<UdpSocket> socket;
  std::vector<std::size_t> batches;
  std::function<void(std::span<Datagram>)> onBatch;
  std::function<void()> onError;
  SocketAddress held;
  bool knowsPassword = false;
  int errors = 0;
  mutable int questions = 0;

  void send(const SocketAddress& remote, ByteView payload) const {
    const OutgoingDatagram datagram{remote, payload};
    socket->send({&datagram, 1});
  }
};

struct SharedUdpTest : testing::Test {
  void SetUp() override { bind(); }
  void bind() {
    shared = *SharedUdp::create(
        [&](UdpReceiver&) -> Result<std::unique_ptr<UdpSocket>> { return std::unique_ptr<UdpSocket>(new Wire(open)); });
  }
  static Result<void> name(Receiver& receiver, const std::vector<std::string_view>& names) {
    return receiver.socket->setUsernameFragments(names);
  }
  Receiver& add(std::string_view given) {
    receivers.push_back(std::make_unique<Receiver>());
    Receiver& receiver = *receivers.back();
    receiver.socket = shared->attach(receiver);
    EXPECT_TRUE(name(receiver, {given}));
    return receiver;
  }

  void come(std::vector<std::pair<SocketAddress, ByteVector>> packets) {
    std::vector<Datagram> batch;
    for (auto& [from, payload] : packets) batch.push_back({from, payload});
    shared->onDatagrams(Time{}, batch);
  }
  void come(const SocketAddress& from, const ByteVector& payload) { come({{from, payload}}); }

  [[nodiscard]] int questions() const {
    int sum = 0;
    for (const auto& receiver : receivers) sum += receiver->questions;
    return sum;
  }
  [[nodiscard]] std::size_t deliveries() const {
    std::size_t sum = 0;
    for (const auto& receiver : receivers) sum += receiver->batches.size();
    return sum;
  }

  bool open = false;
  std::shared_ptr<SharedUdp> shared;
  std::vector<std::unique_ptr<Receiver>> receivers;
};

TEST_F(SharedUdpTest, ARequestGoesToTheMemberThatItNamesWhereverItComesFrom) {
  Receiver& first = add("first");
  Receiver& second = add("second");
  second.send(at(7), kRecord);
  come(at(7), request("first:theirs"));
  come(at(8), request("second:theirs"));
  EXPECT_EQ(first.batches.size(), 1U);
  EXPECT_EQ(second.batches.size(), 1U);
  EXPECT_EQ(questions(), 0);
}

TEST_F(SharedUdpTest, AfterARestartTheNewNameAndTheOldOneCountAsLongAsTheMemberSaysSo) {
  Receiver& receiver = add("old");
  ASSERT_TRUE(name(receiver, {"new", "old"}));
  come(at(1), request("old:theirs"));
  come(at(1), request("new:theirs"));
  ASSERT_TRUE(name(receiver, {"newest", "new"}));
  come(at(1), request("old:theirs"));
  EXPECT_EQ(receiver.batches.size(), 2U);
  EXPECT_EQ(shared->unclaimedDatagrams(), 1U);
}

TEST_F(SharedUdpTest, StrangersCostNoQuestionAndNoMemoryAmongTenThousandMembers) {
  for (int i = 0; i < 10'000; ++i) add("member" + std::to_string(i));
  receivers[77]->send(at(1), kRecord);
  std::vector<std::pair<SocketAddress, ByteVector>> flood;
  for (std::uint32_t i = 0; i < 3'000; ++i) {
    const SocketAddress from = at(1'000 + i);
    flood.emplace_back(from, request("nobody" + std::to_string(i) + ":x", i));
    flood.emplace_back(from, success(i));
    flood.emplace_back(from, kRecord);
    flood.emplace_back(from, ByteVector(i % 30));
  }
  come(flood);
  EXPECT_EQ(shared->unclaimedDatagrams(), flood.size());
  EXPECT_EQ(deliveries(), 0U);
  EXPECT_EQ(questions(), 0);
  EXPECT_EQ(shared->routes(), 1U);
}

TEST_F(SharedUdpTest, WhoKnowsANameAloneMakesNoRouteByItsErrors) {
  Receiver& victim = add("known");
  victim.onBatch = [&](std::span<Datagram> batch) {
    for (const Datagram& datagram : batch) {
      victim.send(datagram.remote, stunMessage(stun::MessageClass::error, 1));
    }
  };
  for (std::uint32_t i = 0; i < 1'000; ++i) come(at(i), request("known:x"));
  EXPECT_EQ(victim.batches.size(), 1'000U);
  EXPECT_EQ(shared->routes(), 0U);
}

TEST_F(SharedUdpTest, ARemoteThatAPeerHasMerelyNamedGoesToTheMemberThatAuthenticatesACheckFromThere) {
  Receiver& squatter = add("squatter");
  Receiver& rightful = add("rightful");
  squatter.send(at(1), request("remote:squatter"));
  rightful.send(at(1), success());
  come(at(1), kRecord);
  EXPECT_TRUE(squatter.batches.empty());
  EXPECT_EQ(rightful.batches.size(), 1U);
}

TEST_F(SharedUdpTest, ARemoteThatIsHeldIsNotTakenByAnotherPeerThatSaysToBeThere) {
  Receiver& victim = add("victim");
  Receiver& liar = add("liar");
  victim.send(at(1), success());
  victim.held = at(1);
  liar.send(at(1), success());
  liar.send(at(1), kRecord);
  come(at(1), kRecord);
  EXPECT_EQ(victim.batches.size(), 1U);
  EXPECT_TRUE(liar.batches.empty());

  victim.held = {};  // its peer is heard of no more
  liar.send(at(1), success());
  come(at(1), kRecord);
  EXPECT_EQ(liar.batches.size(), 1U);
}

TEST_F(SharedUdpTest, ALitePeerIsReachedByTheChecksOfTheMemberThatHoldsIt) {
  Receiver& stale = add("stale");
  Receiver& fresh = add("fresh");
  stale.send(at(1), request("lite:stale"));
  fresh.send(at(1), request("lite:fresh", 2));
  come(at(1), kRecord);
  EXPECT_EQ(stale.batches.size(), 1U);
  fresh.held = at(1);
  fresh.send(at(1), request("lite:fresh", 3));
  come(at(1), kRecord);
  EXPECT_EQ(fresh.batches.size(), 1U);
}

TEST_F(SharedUdpTest, TheAnswersOfAServerThatAllUseGoToWhoAsked) {
  for (int i = 0; i < 5; ++i) add("member" + std::to_string(i));
  const SocketAddress server = at(99, 3'478);
  for (std::uint32_t i = 0; i < 5; ++i) receivers[i]->send(server, request({}, i));
  receivers[4]->send(server, request({}, 4));  // sent again
  for (std::uint32_t i = 0; i < 5; ++i) come(server, success(i));
  for (const auto& receiver : receivers) EXPECT_EQ(receiver->batches.size(), 1U);
  receivers[3].reset();
  come(server, success(3));  // nobody's: to whom the server belongs, who knows that it did not ask
  EXPECT_EQ(receivers[0]->batches.size(), 2U);
}

TEST_F(SharedUdpTest, AnAnswerThatWasAskedForFromAnotherAddressGoesToWhoAsked) {
  Receiver& asking = add("asking");
  std::array<std::byte, 100> room;
  stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, idOf(1));
  builder.u32(stun::Attribute::changeRequest, stun::kChangePort);
  asking.send(at(99, 3'478), toVector(builder.finish()));
  come(at(98, 3'479), success(2));
  EXPECT_EQ(asking.batches.size(), 0U);
  come(at(98, 3'479), success(1));
  EXPECT_EQ(asking.batches.size(), 1U);
}

TEST_F(SharedUdpTest, AMemberKeepsItsLatestTransactionsOnly) {
  Receiver& owner = add("owner");
  Receiver& busy = add("busy");
  owner.send(at(1), request({}, 9'999));
  for (std::uint32_t i = 0; i <= kMaxTransactionsPerMember; ++i) busy.send(at(1), request({}, i));
  come(at(1), success(0));
  EXPECT_EQ(owner.batches.size(), 1U);
  come(at(1), success(1));
  EXPECT_EQ(busy.batches.size(), 1U);
}

TEST_F(SharedUdpTest, AMembersOldestRouteMakesRoomButATurnServersStays) {
  Receiver& member = add("member");
  Receiver& other = add("other");
  const SocketAddress server = at(99, 3'478);
  EXPECT_TRUE(member.socket->reserveServer(server));
  for (std::uint32_t i = 0; i < 2 * kMaxRoutesPerMember; ++i) member.send(at(i), success());
  EXPECT_EQ(shared->routes(), kMaxRoutesPerMember);
  EXPECT_FALSE(other.socket->reserveServer(server));
  other.send(server, success());
  other.send(server, kRecord);
  come(server, kRecord);
  come(at(2 * kMaxRoutesPerMember - 1), kRecord);
  EXPECT_EQ(member.batches.size(), 2U);
  come(at(0), kRecord);
  EXPECT_EQ(shared->unclaimedDatagrams(), 1U);
  member.socket.reset();
  EXPECT_EQ(shared->routes(), 0U);
  EXPECT_TRUE(other.socket->reserveServer(server));
}

TEST_F(SharedUdpTest, AServerThatAnotherOnlyAskedIsReservedAllTheSame) {
  Receiver& asks = add("asks");
  Receiver& relays = add("relays");
  asks.send(at(99), request({}, 1));
  EXPECT_TRUE(relays.socket->reserveServer(at(99)));
  EXPECT_TRUE(relays.socket->reserveServer(at(99)));
  come(at(99), ByteVector{std::byte{0x40}, std::byte{0}, std::byte{0}, std::byte{0}});
  EXPECT_EQ(relays.batches.size(), 1U);
  EXPECT_TRUE(asks.batches.empty());
}

TEST_F(SharedUdpTest, NamesakesAreToldApartByTheirPasswordsAndAreFew) {
  for (std::size_t i = 0; i < kMaxNamesakes; ++i) add("same");
  receivers[5]->knowsPassword = true;
  come(at(1), request("same:x"));
  EXPECT_EQ(receivers[5]->batches.size(), 1U);
  EXPECT_EQ(deliveries(), 1U);
  Receiver& another = add("another");
  const Result<void> refused = name(another, {"same"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Error::QuotaExceeded);
  come(at(1), request("another:x"));
  EXPECT_EQ(another.batches.size(), 1U);
}

TEST_F(SharedUdpTest, ABatchIsHandedOnInRunsWhereItLies) {
  Receiver& first = add("first");
  Receiver& second = add("second");
  first.send(at(1), kRecord);
  second.send(at(2), kRecord);
  std::vector<std::byte*> seen;
  first.onBatch = second.onBatch = [&](std::span<Datagram> batch) {
    for (const Datagram& datagram : batch) seen.push_back(datagram.payload.data());
  };
  std::vector<ByteVector> payloads(6, kRecord);
  std::vector<Datagram> batch;
  for (std::size_t i = 0; i < payloads.size(); ++i) batch.push_back({at(i < 3 || i == 5 ? 1 : 2), payloads[i]});
  shared->onDatagrams(Time{}, batch);
  EXPECT_EQ(first.batches, (std::vector<std::size_t>{3, 1}));
  EXPECT_EQ(second.batches, (std::vector<std::size_t>{2}));
  ASSERT_EQ(seen.size(), 6U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], payloads[i].data());
}

TEST_F(SharedUdpTest, TheRecordRightBehindAPeersFirstCheckIsItsMembers) {
  Receiver& member = add("member");
  member.onBatch = [&](std::span<Datagram> batch) {
    if (std::to_integer<int>(batch[0].payload[0]) <= 3) member.send(batch[0].remote, success());
  };
  come({{at(1), request("member:x")}, {at(1), kRecord}});
  EXPECT_EQ(member.batches, (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(shared->unclaimedDatagrams(), 0U);
}

TEST_F(SharedUdpTest, AMemberThatGoesWhileABatchIsDeliveredGetsNoMoreOfIt) {
  Receiver& first = add("first");
  Receiver& second = add("second");
  first.onBatch = [&](std::span<Datagram>) {
    first.socket.reset();
    second.socket.reset();
  };
  come({{at(1), request("first:x")}, {at(2), request("second:x")}, {at(1), request("first:x")}});
  EXPECT_EQ(first.batches.size(), 1U);
  EXPECT_TRUE(second.batches.empty());
  EXPECT_EQ(shared->unclaimedDatagrams(), 2U);
}

TEST_F(SharedUdpTest, TheLastMemberToGoClosesTheSocketAlsoFromInsideADelivery) {
  Receiver& only = add("only");
  only.onBatch = [&](std::span<Datagram>) { only.socket.reset(); };
  SharedUdp* udp = shared.get();
  shared.reset();
  ByteVector check = request("only:x");
  std::vector<Datagram> batch{{at(1), check}, {at(2), check}};
  udp->onDatagrams(Time{}, batch);
  EXPECT_FALSE(open);
}

TEST_F(SharedUdpTest, AnErrorOfTheSocketReachesEveryMemberOnceThePortIsFreeAgain) {
  for (const char* name : {"first", "second", "third"}) {
    add(name).onError = [&] { EXPECT_FALSE(open); };
  }
  shared->onSocketError(Time{}, Error(Error::Network, "gone"));
  for (const auto& receiver : receivers) EXPECT_EQ(receiver->errors, 1);
  EXPECT_TRUE(shared->failed());
  receivers[0]->send(at(1), kRecord);
  EXPECT_EQ(shared->routes(), 0U);
  EXPECT_EQ(receivers[0]->socket->localAddress(), at(0, 3'478));
}

TEST_F(SharedUdpTest, MembersThatGoWhileOneIsToldOfAnErrorHearNothing) {
  for (const char* name : {"first", "second", "third"}) {
    add(name).onError = [&] {
      for (const auto& receiver : receivers) receiver->socket.reset();
    };
  }
  shared->onSocketError(Time{}, Error(Error::Network, "gone"));
  EXPECT_EQ(receivers[0]->errors + receivers[1]->errors + receivers[2]->errors, 1);
}

}  // namespace
}  // namespace portico
