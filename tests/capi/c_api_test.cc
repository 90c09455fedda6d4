// The C API as another language sees it: numbers, strings and events, through the shared library alone.
#include <gtest/gtest.h>
#include <portico/portico.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

extern "C" int header_in_c(void);

namespace {

using namespace std::chrono_literals;

struct Event {
  int32_t type;
  portico_object object;
  int32_t number;
  std::string data;
};

class CApi : public testing::Test {
 protected:
  CApi() {
    EXPECT_EQ(0, portico_init(
                     [](void* self, const portico_event* event) {
                       static_cast<CApi*>(self)->onEvent(
                           {event->type, event->object, event->number,
                            std::string(reinterpret_cast<const char*>(event->data), event->bytes)});
                     },
                     this));
  }
  ~CApi() override { portico_shutdown(); }

  void onEvent(Event event) {
    EXPECT_TRUE(running_) << "an event came from inside a call";
    events.push_back(std::move(event));
    if (handler) handler(events.back());
  }

  bool runUntil(const std::function<bool()>& done) {
    const auto limit = std::chrono::steady_clock::now() + 20s;
    running_ = true;
    while (!done() && std::chrono::steady_clock::now() < limit) portico_run(100);
    running_ = false;
    return done();
  }

  [[nodiscard]] const Event* find(int32_t type, portico_object object, const std::string& data = {}) const {
    for (const Event& event : events) {
      if (event.type == type && event.object == object && (data.empty() || event.data == data)) return &event;
    }
    return nullptr;
  }

  std::vector<Event> events;
  std::function<void(const Event&)> handler;

 private:
  bool running_ = false;
};

struct Peer {
  portico_object gatherer = portico_ice_gatherer_create(R"({"iceServers":[],"bindAddresses":["127.0.0.1"]})");
  portico_object ice = portico_ice_transport_create(gatherer);
  portico_object dtls = portico_dtls_transport_create(ice, 0);
  portico_object sctp = portico_sctp_transport_create(dtls, nullptr);

  void start(const Peer& remote, const char* role, portico_operation first) const {
    EXPECT_EQ(0, portico_ice_transport_start(
                     ice, std::string(portico_ice_gatherer_local_parameters(remote.gatherer)).c_str(), role, first));
    EXPECT_EQ(0, portico_dtls_transport_start(
                     dtls, std::string(portico_dtls_transport_local_parameters(remote.dtls)).c_str(), first + 1));
    EXPECT_EQ(0, portico_sctp_transport_start(sctp, portico_sctp_transport_capabilities(), 5000, first + 2));
  }
};

class TwoPeers : public CApi {
 protected:
  void connect() {
    ASSERT_EQ(0, portico_ice_gatherer_gather(a.gatherer, nullptr, 1));
    ASSERT_EQ(0, portico_ice_gatherer_gather(b.gatherer, nullptr, 2));
    ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPERATION, 1) && find(PORTICO_EVENT_OPERATION, 2); }));
    std::vector<std::pair<portico_object, std::string>> candidates;
    for (const Event& event : events) {
      if (event.type != PORTICO_EVENT_ICE_CANDIDATE || event.data.empty()) continue;
      candidates.emplace_back(event.object == a.gatherer ? b.ice : a.ice, event.data);
    }
    for (const auto& [ice, candidate] : candidates) {
      EXPECT_EQ(0, portico_ice_transport_add_remote_candidate(ice, candidate.c_str(), 3));
    }
    a.start(b, "controlling", 10);
    b.start(a, "controlled", 20);
    ASSERT_TRUE(runUntil([&] {
      return find(PORTICO_EVENT_STATE_CHANGE, a.sctp, "connected") &&
             find(PORTICO_EVENT_STATE_CHANGE, b.sctp, "connected");
    }));
  }

  Peer a;
  Peer b;
};

TEST_F(CApi, HeaderIsC) {
  EXPECT_TRUE(header_in_c());
  EXPECT_STREQ("InvalidStateError", portico_error_name(PORTICO_INVALID_STATE_ERROR));
  EXPECT_STREQ("AbortError", portico_error_name(PORTICO_ABORT_ERROR));
  EXPECT_STREQ("InvalidModificationError", portico_error_name(PORTICO_INVALID_MODIFICATION_ERROR));
  EXPECT_STREQ("", portico_error_name(0));
  EXPECT_STREQ("", portico_error_name(99));
}

TEST_F(CApi, IsInitialisedOnce) {
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_init(nullptr, nullptr));
}

TEST_F(CApi, UnknownObjectsAndObjectsOfAnotherKindAreRefusedWithASentence) {
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_ice_gatherer_close(12345));
  EXPECT_STREQ("There is no object 12345: it was released, or never made.", portico_last_error());
  const portico_object certificate = portico_certificate_generate();
  ASSERT_GT(certificate, 0);
  EXPECT_EQ(nullptr, portico_ice_gatherer_state(certificate));
  EXPECT_NE(std::string::npos, std::string(portico_last_error()).find("of another kind"));
  EXPECT_EQ(0, portico_release(certificate));
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_release(certificate));
}

TEST_F(CApi, ErrorsThatAreKnownAtOnceAreTheCallsOwn) {
  const Peer peer;
  EXPECT_EQ(-PORTICO_SYNTAX_ERROR, portico_ice_gatherer_create("{"));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_ice_gatherer_create("[]"));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_ice_transport_start(peer.ice, nullptr, nullptr, 1));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_ice_transport_start(peer.ice, "{}", nullptr, 1));
  const char* parameters = R"({"usernameFragment":"abcd","password":"abcdefghijklmnopqrstuv"})";
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_ice_transport_start(peer.ice, parameters, "leading", 1));
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_ice_transport_start(peer.ice, parameters, nullptr, 1));
  EXPECT_STREQ("Local candidates gathering was not performed.", portico_last_error());
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_dtls_transport_start(peer.dtls, R"({"fingerprints":[]})", 1));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_data_channel_create(peer.sctp, R"({"label":"x","negotiated":true})"));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_data_channel_create(peer.sctp, R"({"label":"x","id":70000})"));
  EXPECT_EQ(nullptr, portico_ice_candidate(R"({"candidate":"candidate:nonsense"})"));
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_ice_transport_stop(peer.dtls, 1));
}

TEST_F(CApi, CandidatesGoThroughTextAndBack) {
  const std::string text = "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host";
  const std::string members = portico_ice_candidate(("{\"candidate\":\"" + text + "\"}").c_str());
  EXPECT_NE(std::string::npos, members.find("\"address\":\"192.0.2.1\""));
  EXPECT_EQ(members, portico_ice_candidate(members.c_str()));
}

TEST_F(CApi, CertificatesGoThroughPem) {
  const portico_object made = portico_certificate_generate();
  const std::string pem = portico_certificate_pem(made);
  const std::string key = portico_certificate_key_pem(made);
  const std::string fingerprints = portico_certificate_fingerprints(made);
  const portico_object loaded = portico_certificate_from_pem(pem.c_str(), key.c_str());
  ASSERT_GT(loaded, 0);
  EXPECT_EQ(fingerprints, portico_certificate_fingerprints(loaded));
  EXPECT_EQ(portico_certificate_expires(made), portico_certificate_expires(loaded));
  EXPECT_EQ(-PORTICO_DATA_ERROR, portico_certificate_from_pem("nonsense", key.c_str()));
}

TEST_F(TwoPeers, ConnectAndExchangeMessages) {
  const portico_object channel = portico_data_channel_create(a.sctp, R"({"label":"chat","protocol":"p"})");
  ASSERT_GT(channel, 0);
  connect();
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPEN, channel) && find(PORTICO_EVENT_DATA_CHANNEL, b.sctp); }));
  const Event* announced = find(PORTICO_EVENT_DATA_CHANNEL, b.sctp);
  EXPECT_NE(std::string::npos, announced->data.find("\"label\":\"chat\""));
  const portico_object remote = announced->number;

  EXPECT_EQ(0, portico_data_channel_send(channel, "hello", 5, 1));
  const std::string binary("\0\1\2", 3);
  EXPECT_EQ(0, portico_data_channel_send(channel, binary.data(), binary.size(), 0));
  EXPECT_EQ(0, portico_data_channel_send(channel, nullptr, 0, 1));
  std::vector<Event> messages;
  ASSERT_TRUE(runUntil([&] {
    messages.clear();
    for (const Event& event : events) {
      if (event.type == PORTICO_EVENT_MESSAGE && event.object == remote) messages.push_back(event);
    }
    return messages.size() == 3;
  }));
  EXPECT_EQ("hello", messages[0].data);
  EXPECT_EQ(1, messages[0].number);
  EXPECT_EQ(binary, messages[1].data);
  EXPECT_EQ(0, messages[1].number);
  EXPECT_EQ("", messages[2].data);
  EXPECT_EQ(1024, portico_sctp_transport_max_channels(a.sctp));
  EXPECT_EQ(1, portico_dtls_transport_remote_certificate_count(a.dtls));
  const uint8_t* der = nullptr;
  EXPECT_GT(portico_dtls_transport_remote_certificate(a.dtls, 0, &der), 100);
  EXPECT_EQ(0x30, der[0]);
  EXPECT_EQ(-PORTICO_RANGE_ERROR, portico_dtls_transport_remote_certificate(a.dtls, 1, &der));
  EXPECT_NE(std::string::npos, std::string(portico_ice_transport_selected_pair(a.ice)).find("127.0.0.1"));

  EXPECT_EQ(0, portico_data_channel_close(remote));
  EXPECT_TRUE(runUntil([&] { return find(PORTICO_EVENT_CLOSE, channel) && find(PORTICO_EVENT_CLOSE, remote); }));
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_data_channel_send(channel, "late", 4, 1));
}

TEST_F(CApi, PeerConnectionsNegotiateByDescriptions) {
  const char* configuration = R"({"iceServers":[],"bindAddresses":["127.0.0.1"]})";
  const portico_object a = portico_peer_connection_create(configuration);
  const portico_object b = portico_peer_connection_create(configuration);
  const portico_object channel = portico_peer_connection_create_data_channel(a, R"({"label":"data"})");
  ASSERT_GT(a, 0);
  ASSERT_GT(channel, 0);
  handler = [&](const Event& event) {
    if (event.type != PORTICO_EVENT_ICE_CANDIDATE || event.data.empty()) return;
    EXPECT_EQ(0, portico_peer_connection_add_ice_candidate(event.object == a ? b : a, event.data.c_str(), 9));
  };
  const auto step = [&](portico_operation operation) {
    ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPERATION, operation) != nullptr; }));
    ASSERT_EQ(0, find(PORTICO_EVENT_OPERATION, operation)->number) << find(PORTICO_EVENT_OPERATION, operation)->data;
  };
  EXPECT_EQ(0, portico_peer_connection_create_offer(a, nullptr, 1));
  step(1);
  const std::string offer = find(PORTICO_EVENT_OPERATION, 1)->data;
  // Bob first, so that no candidate comes before its description.
  EXPECT_EQ(0, portico_peer_connection_set_remote_description(b, offer.c_str(), 2));
  EXPECT_EQ(0, portico_peer_connection_set_local_description(a, offer.c_str(), 3));
  EXPECT_EQ(0, portico_peer_connection_create_answer(b, nullptr, 4));
  step(4);
  const std::string answer = find(PORTICO_EVENT_OPERATION, 4)->data;
  EXPECT_EQ(0, portico_peer_connection_set_remote_description(a, answer.c_str(), 5));
  EXPECT_EQ(0, portico_peer_connection_set_local_description(b, nullptr, 6));
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPEN, channel) && find(PORTICO_EVENT_DATA_CHANNEL, b); }));
  EXPECT_STREQ("connected", portico_peer_connection_connection_state(a));
  EXPECT_STREQ("stable", portico_peer_connection_signaling_state(b));
  const portico_object sctp = portico_peer_connection_sctp(a);
  EXPECT_GT(sctp, 0);
  EXPECT_EQ(sctp, portico_peer_connection_sctp(a));
  const portico_object dtls = portico_sctp_transport_dtls_transport(sctp);
  EXPECT_STREQ("connected", portico_dtls_transport_state(dtls));
  EXPECT_EQ(dtls, portico_sctp_transport_dtls_transport(sctp));
  EXPECT_GT(portico_ice_transport_gatherer(portico_dtls_transport_ice_transport(dtls)), 0);
  EXPECT_NE(nullptr, std::strstr(portico_peer_connection_stats(a), "\"type\":\"candidate-pair\""));
  EXPECT_EQ(0, portico_peer_connection_close(a));
  EXPECT_STREQ("closed", portico_data_channel_state(channel));
}

TEST_F(CApi, MalformedDescriptionsNameTheirLine) {
  const portico_object connection = portico_peer_connection_create(nullptr);
  EXPECT_EQ(0, portico_peer_connection_set_remote_description(connection,
                                                              R"({"type":"offer","sdp":"v=0\r\nnonsense\r\n"})", 1));
  int32_t line = 0;
  handler = [&](const Event& event) {
    if (event.type == PORTICO_EVENT_OPERATION) line = portico_error_line();
  };
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPERATION, 1) != nullptr; }));
  EXPECT_EQ(PORTICO_SYNTAX_ERROR, find(PORTICO_EVENT_OPERATION, 1)->number);
  EXPECT_EQ(2, line);
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_peer_connection_set_remote_description(connection, R"({"sdp":"v=0"})", 2));
  EXPECT_EQ(-PORTICO_TYPE_ERROR, portico_peer_connection_create(R"({"bundlePolicy":"other"})"));
  EXPECT_EQ(-PORTICO_INVALID_ACCESS_ERROR,
            portico_peer_connection_create(R"({"iceServers":[{"urls":"turn:example.org","username":"u"}]})"));
  EXPECT_GT(
      portico_peer_connection_create(R"({"iceServers":[{"urls":"turn:example.org","username":"","credential":""}]})"),
      0);
}

TEST_F(TwoPeers, HandlersMayReleaseEverything) {
  const portico_object channel = portico_data_channel_create(a.sctp, R"({"label":"chat"})");
  connect();
  std::size_t atRelease = 0;
  handler = [&](const Event& event) {
    if (event.type != PORTICO_EVENT_MESSAGE || atRelease != 0) return;
    for (const portico_object object : {a.gatherer, a.ice, a.dtls, a.sctp, channel})
      EXPECT_EQ(0, portico_release(object));
    atRelease = events.size();
  };
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_DATA_CHANNEL, b.sctp) != nullptr; }));
  const portico_object remote = find(PORTICO_EVENT_DATA_CHANNEL, b.sctp)->number;
  ASSERT_EQ(0, portico_data_channel_send(remote, "go", 2, 1));
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_STATE_CHANGE, b.dtls, "closed") != nullptr; }));
  ASSERT_NE(0U, atRelease);
  for (std::size_t i = atRelease; i < events.size(); ++i) {
    for (const portico_object object : {a.gatherer, a.ice, a.dtls, a.sctp, channel})
      EXPECT_NE(object, events[i].object);
  }
}

TEST_F(TwoPeers, ShutdownInTheMiddleIsQuiet) {
  portico_data_channel_create(a.sctp, R"({"label":"chat"})");
  connect();
  const std::size_t before = events.size();
  portico_shutdown();
  EXPECT_EQ(before, events.size());
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_ice_gatherer_create(nullptr));
  EXPECT_EQ(-PORTICO_INVALID_STATE_ERROR, portico_run(0));
}

TEST_F(CApi, WakeEndsARunThatWaits) {
  std::thread other([] { portico_wake(); });
  portico_run(10'000);
  other.join();
}

TEST_F(CApi, DiscoversNatBehaviourWithWhateverAnswers) {
  const char* options = R"({"iceServers":[{"urls":"stun:127.0.0.1:9"}],"bindAddresses":["127.0.0.1"],"timeoutMs":50})";
  const portico_object discovery = portico_nat_discovery_create(options);
  ASSERT_GT(discovery, 0) << portico_last_error();
  ASSERT_EQ(0, portico_nat_discovery_discover(discovery, 7));
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPERATION, 7) != nullptr; }));
  const Event& done = *find(PORTICO_EVENT_OPERATION, 7);
  EXPECT_EQ(done.number, 0);
  EXPECT_NE(done.data.find(R"("mapping":"unknown")"), std::string::npos) << done.data;
  EXPECT_NE(done.data.find(R"("errorCode":701)"), std::string::npos) << done.data;
  EXPECT_EQ(portico_release(discovery), 0);
}

TEST_F(CApi, RefusesADiscoveryThatItCannotReadAndEndsOneThatIsReleased) {
  EXPECT_EQ(portico_nat_discovery_create("{"), -PORTICO_SYNTAX_ERROR);
  EXPECT_EQ(portico_nat_discovery_create(R"({"timeoutMs":"long"})"), -PORTICO_TYPE_ERROR);
  EXPECT_EQ(portico_nat_discovery_discover(99, 1), -PORTICO_INVALID_STATE_ERROR);
  const char* options = R"({"iceServers":[{"urls":"stun:127.0.0.1:9"}],"bindAddresses":["127.0.0.1"]})";
  const portico_object discovery = portico_nat_discovery_create(options);
  ASSERT_EQ(0, portico_nat_discovery_discover(discovery, 8));
  EXPECT_EQ(portico_release(discovery), 0);
  ASSERT_TRUE(runUntil([&] { return find(PORTICO_EVENT_OPERATION, 8) != nullptr; }));
  EXPECT_EQ(find(PORTICO_EVENT_OPERATION, 8)->number, PORTICO_ABORT_ERROR);
}

TEST_F(CApi, WritesTheDoctorsLetterOfAnyFacts) {
  const char* letter = portico_doctor_letter(R"({"interfaces":[]})");
  ASSERT_NE(letter, nullptr);
  EXPECT_NE(std::string(letter).find(R"("healthy":false)"), std::string::npos);
  EXPECT_EQ(portico_doctor_letter("nonsense"), nullptr);
}

}  // namespace
