// Two DTLS sessions, a network between them that a test can tamper with, and virtual time.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/dtls/session.h"

namespace portico::dtls {

using namespace std::chrono_literals;

/// Seeded randomness and a fixed date; nothing else of a host is used by DTLS.
class FakeHost final : public Host {
 public:
  explicit FakeHost(std::uint64_t seed = 1) : random_(seed) {}
  Time now() override { return {}; }
  std::int64_t unixSeconds() override { return 1'780'000'000; }  // 2026-05-28T20:26:40Z
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(random_() & 0xFF);
  }
  void defer(std::function<void()> task) override { task(); }
  std::unique_ptr<Timer> createTimer(std::function<void(Time)>) override { return nullptr; }
  std::vector<NetworkInterface> networkInterfaces() override { return {}; }
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions&, UdpReceiver&) override {
    return Error(Error::NotSupported, "no network");
  }
  std::unique_ptr<Cancellable> resolve(const std::string&,
                                       std::function<void(Result<std::vector<IpAddress>>)>) override {
    return nullptr;
  }

 private:
  std::mt19937_64 random_;
};

/// One end: a session, and what it received.
struct Peer final : PlaintextSink {
  Peer(Certificate own, Host& host)
      : certificate(std::move(own)), session(std::make_unique<Session>(certificate, host)) {}

  void onPlaintext(Time now, MutableByteView plaintext) override {
    received.emplace_back(asText(plaintext));
    if (onData) onData(now, received.back());
  }
  [[nodiscard]] DtlsTransportState state() const { return session->state(); }

  Certificate certificate;
  std::unique_ptr<Session> session;
  std::vector<std::string> received;
  std::function<void(Time, const std::string&)> onData;
};

/// What the network does to the datagrams that one side sends in one go: it gives back those that arrive.
using Tamper = std::function<std::vector<ByteVector>(std::vector<ByteVector>)>;

class DtlsPair {
 public:
  static constexpr Duration kOneWayDelay = 1ms;

  explicit DtlsPair(std::uint64_t seed = 1) : DtlsPair(std::make_unique<FakeHost>(seed)) {}
  DtlsPair(std::unique_ptr<FakeHost> machine, Certificate clientCertificate, Certificate serverCertificate)
      : host(std::move(machine)),
        client(std::move(clientCertificate), *host),
        server(std::move(serverCertificate), *host) {}

  Result<void> startClient() { return startClient(server.certificate.fingerprints()); }
  Result<void> startServer() { return startServer(client.certificate.fingerprints()); }
  Result<void> startClient(std::vector<DtlsFingerprint> fingerprints) {
    return client.session->start(now, DtlsRole::client, std::move(fingerprints), client);
  }
  Result<void> startServer(std::vector<DtlsFingerprint> fingerprints) {
    return server.session->start(now, DtlsRole::server, std::move(fingerprints), server);
  }
  /// Both started, and run until nothing is left to do.
  void connect() {
    (void)startServer();
    (void)startClient();
    run();
  }

  /// Advances time from event to event until there are none, or `limit` has passed.
  void run(Duration limit = 120s) {
    const Time end = now + limit;
    for (;;) {
      collect(client, clientTamper, toServer_);
      collect(server, serverTamper, toClient_);
      const std::optional<Time> next = nextEvent();
      if (!next || *next > end) break;
      now = std::max(now, *next);
      deliver(toServer_, server);
      deliver(toClient_, client);
      for (Peer* peer : {&client, &server}) {
        if (peer->session) peer->session->handleTimeout(now);
      }
    }
  }

  [[nodiscard]] bool bothAre(DtlsTransportState state) const {
    return client.state() == state && server.state() == state;
  }
  [[nodiscard]] bool connected() const { return bothAre(DtlsTransportState::connected); }

  std::unique_ptr<FakeHost> host;
  Time now{1s};
  Peer client;
  Peer server;
  Tamper clientTamper;  ///< of what the client sends
  Tamper serverTamper;

 private:
  struct InFlight {
    Time arrival;
    ByteVector datagram;
  };
  using Wire = std::deque<InFlight>;

  explicit DtlsPair(std::unique_ptr<FakeHost> machine) : DtlsPair(std::move(machine), nullptr) {}
  // The certificates are made with the host, which must exist first.
  DtlsPair(std::unique_ptr<FakeHost> machine, std::nullptr_t)
      : host(std::move(machine)),
        client(*Certificate::generate(*host), *host),
        server(*Certificate::generate(*host), *host) {}

  void collect(Peer& from, const Tamper& tamper, Wire& wire) const {
    if (!from.session) return;
    PacketQueue& output = from.session->output();
    if (output.empty()) return;
    std::vector<ByteVector> datagrams;
    for (std::size_t i = 0; i < output.size(); ++i) datagrams.push_back(toVector(output[i]));
    output.clear();
    if (tamper) datagrams = tamper(std::move(datagrams));
    for (ByteVector& datagram : datagrams) wire.push_back({now + kOneWayDelay, std::move(datagram)});
  }

  [[nodiscard]] std::optional<Time> nextEvent() const {
    std::optional<Time> next;
    const auto consider = [&next](std::optional<Time> candidate) {
      if (candidate && (!next || *candidate < *next)) next = candidate;
    };
    for (const Wire* wire : {&toServer_, &toClient_}) {
      if (!wire->empty()) consider(wire->front().arrival);
    }
    for (const Peer* peer : {&client, &server}) {
      if (peer->session) consider(peer->session->nextTimeout());
    }
    return next;
  }

  void deliver(Wire& wire, Peer& to) const {
    while (!wire.empty() && wire.front().arrival <= now) {
      ByteVector datagram = std::move(wire.front().datagram);
      wire.pop_front();
      if (to.session) to.session->handleInput(now, datagram);
    }
  }

  Wire toServer_;
  Wire toClient_;
};

}  // namespace portico::dtls
