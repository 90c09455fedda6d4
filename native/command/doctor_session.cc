#include "native/command/doctor_session.h"

#include <iostream>

#include "core/doctor/letter.h"
#include "core/json/nat_discovery.h"
#include "core/json/parameters.h"

namespace portico::command {
namespace {

/// What the last step leaves for the printing.
constexpr Duration kMargin = std::chrono::milliseconds(200);

Json toJson(const NetworkInterface& interface) {
  Json json;
  json["name"] = interface.name;
  json["address"] = interface.address.toString();
  json["loopback"] = interface.loopback;
  json["temporary"] = interface.temporary;
  json["deprecated"] = interface.deprecated;
  return json;
}

Json toJson(const SocketAddress& address) {
  Json json;
  json["address"] = address.ip.toString();
  json["port"] = address.port;
  return json;
}

void say(const char* sentence) {
  std::cerr << sentence << "\n" << std::flush;
}

}  // namespace

DoctorSession::DoctorSession(Loop& loop, DoctorArguments arguments)
    : loop_(loop), arguments_(std::move(arguments)), timer_(loop.createTimer([this](Time) { finish(); })) {
  facts_["via"] = arguments_.bridge ? "bridge" : "local";
  facts_["relayOnly"] = arguments_.ice.relayOnly;
  facts_["interfaces"] = Json::array();
  for (const NetworkInterface& interface : loop_.networkInterfaces()) {
    if (!interface.down) facts_["interfaces"].push_back(toJson(interface));
  }
  facts_["bridge"] = nullptr;
  facts_["servers"] = Json::array();
  for (const IceServer& server : *arguments_.ice.iceServers) {
    for (const std::string& url : server.urls) facts_["servers"].push_back(url);
  }
  facts_["gathering"] = {{"complete", false}, {"candidates", Json::array()}, {"errors", Json::array()}};
  facts_["nat"] = nullptr;
}

DoctorSession::~DoctorSession() = default;

int DoctorSession::run() {
  deadline_ = loop_.now() + arguments_.timeout;
  timer_->set(deadline_);
  begin();
  loop_.run();
  return status_;
}

void DoctorSession::begin() {
  begun_ = loop_.now();
  if (arguments_.bridge) {
    connectBridge();
  } else {
    gather(loop_);
  }
}

std::uint32_t DoctorSession::elapsedMs() const {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now() - begun_).count());
}

// The bridge ---------------------------------------------------------------------------------------------------------

void DoctorSession::connectBridge() {
  say("Connecting to the bridge ...");
  Json& bridge = facts_["bridge"];
  bridge = {{"url", arguments_.bridge->url},
            {"token", !arguments_.bridge->token.empty()},
            {"connected", false},
            {"error", "it did not answer in time"},
            {"refusals", Json::array()}};
  BridgeObserver observer;
  observer.onBound = [this] { onBridgeBound(); };
  observer.onRefused = [this](const SocketAddress& to, std::uint64_t reason) {
    Json refusal = toJson(to);
    refusal["reason"] = reason;
    facts_["bridge"]["refusals"].push_back(std::move(refusal));
  };
  observer.onEnded = [this](unsigned status, const std::string& why) {
    facts_["bridge"]["connected"] = false;
    facts_["bridge"]["status"] = status;
    facts_["bridge"]["error"] = why;
    finish();
  };
  auto connected = BridgeHost::connect(loop_, *arguments_.bridge, std::move(observer));
  if (connected) {
    bridge_ = std::move(*connected);
    return;
  }
  std::cerr << "portico: " << connected.error().message << "\n";
  over_ = true;
  status_ = kExitUsage;
  loop_.stop();
}

void DoctorSession::onBridgeBound() {
  Json& bridge = facts_["bridge"];
  const BridgeBound& bound = bridge_->bound();
  bridge["connected"] = true;
  bridge["milliseconds"] = elapsedMs();
  bridge["error"] = "";
  for (const BridgeBound::Port& port : bound.ports) {
    Json one = toJson(port.bound);
    one["public"] = port.seen ? toJson(*port.seen) : Json(nullptr);
    bridge["bound"].push_back(std::move(one));
  }
  bridge["largestPayload"] = bound.largestPayload;
  bridge["bytesPerSecond"] = bound.bytesPerSecond;
  bridge["packetsPerSecond"] = bound.packetsPerSecond;
  // Its addresses are its own affair.
  arguments_.ice.bindAddresses.clear();
  arguments_.ice.portLow = arguments_.ice.portHigh = 0;
  arguments_.ice.includeLoopback = true;
  gather(shared_.emplace(*bridge_));
}

// Gathering and the NAT ----------------------------------------------------------------------------------------------

void DoctorSession::gather(Host& host) {
  say("Gathering candidates ...");
  host_ = &host;
  begun_ = loop_.now();
  gatherer_.emplace(host, arguments_.ice);
  gatherer_->onIceCandidate([this](const std::optional<IceCandidate>& candidate) {
    if (!candidate) return;
    Json one = json::toJson(*candidate);
    one["milliseconds"] = elapsedMs();
    facts_["gathering"]["candidates"].push_back(std::move(one));
  });
  gatherer_->onIceCandidateError(
      [this](const IceCandidateError& error) { facts_["gathering"]["errors"].push_back(json::toJson(error)); });
  gatherer_->gather().then([this](const Result<void>& result) {
    if (over_) return;
    facts_["gathering"]["complete"] = result.has_value();
    if (result) return discoverNat();
    std::cerr << "portico: --ice-server: " << result.error().message << "\nRun with --help for more information.\n";
    over_ = true;
    status_ = kExitUsage;
    loop_.stop();
  });
}

void DoctorSession::discoverNat() {
  if (facts_["servers"].empty()) return finish();
  say("Asking the servers how the NAT behaves ...");
  NatDiscoveryOptions options;
  options.gather = arguments_.ice;
  options.filtering = !arguments_.bridge;  // the bridge has rules of its own
  options.timeout = std::max<Duration>(deadline_ - loop_.now() - kMargin, kMargin);
  discovery_.emplace(*host_, options);
  discovery_->discover().then([this](const Result<NatReport>& report) {
    if (over_) return;
    if (report) {
      facts_["nat"] = json::toJson(*report);
    } else {
      facts_["natError"] = report.error().message;
    }
    finish();
  });
}

void DoctorSession::finish() {
  if (std::exchange(over_, true)) return;
  print();
  if (discovery_) discovery_->close();
  if (gatherer_) gatherer_->close();
  loop_.defer([this] { loop_.stop(); });  // what closing sends leaves first
}

void DoctorSession::print() {
  const Json result = doctor::diagnose(facts_);
  status_ = result["healthy"].get<bool>() ? kExitClean : kExitFailed;
  if (arguments_.json) {
    facts_["healthy"] = result["healthy"];
    facts_["findings"] = result["findings"];
    std::cout << json::toLine(facts_) << "\n" << std::flush;
  } else {
    std::cout << result["letter"].get<std::string>() << std::flush;
  }
}

}  // namespace portico::command
