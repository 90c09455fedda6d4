#include "native/bridge/metrics.h"

#include <sstream>

namespace portico::bridge {
namespace {

class Page {
 public:
  void family(const char* name, const char* type, const char* help) {
    name_ = name;
    text_ << "# HELP portico_bridge_" << name << ' ' << help << "\n# TYPE portico_bridge_" << name << ' ' << type
          << '\n';
  }
  void value(std::uint64_t number, const std::string& labels = {}) {
    text_ << "portico_bridge_" << name_;
    if (!labels.empty()) text_ << '{' << labels << '}';
    text_ << ' ' << number << '\n';
  }
  void single(const char* name, const char* type, const char* help, std::uint64_t number) {
    family(name, type, help);
    value(number);
  }
  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  const char* name_ = "";
  std::ostringstream text_;
};

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

void addTraffic(Page& page, const Counters& counters) {
  page.family("datagrams_total", "counter", "Datagrams relayed.");
  page.value(counters.datagramsOut, label("direction", "out"));
  page.value(counters.datagramsIn, label("direction", "in"));
  page.family("bytes_total", "counter", "UDP payload relayed.");
  page.value(counters.bytesOut, label("direction", "out"));
  page.value(counters.bytesIn, label("direction", "in"));
  page.family("messages_total", "counter", "WebSocket messages.");
  page.value(counters.messagesOut, label("direction", "out"));
  page.value(counters.messagesIn, label("direction", "in"));
  page.family("drops_total", "counter", "Datagrams dropped.");
  for (std::size_t i = 0; i < kDropNames.size(); ++i) {
    page.value(counters.drops[i], label("reason", kDropNames[i]));
  }
  page.family("refusals_total", "counter", "REFUSED capsules sent.");
  for (std::size_t i = 0; i < kRefusalNames.size(); ++i) {
    page.value(counters.refusals[i], label("reason", kRefusalNames[i]));
  }
  page.single("skipped_capsules_total", "counter", "Capsules of unknown types.", counters.skippedCapsules);
}

}  // namespace

std::string renderMetrics(const MetricsSnapshot& snapshot) {
  Page page;
  page.single("sockets", "gauge", "Open sockets.", snapshot.sockets);
  page.single("sockets_opened_total", "counter", "Sockets opened.", snapshot.socketsOpened);
  page.single("handshakes", "gauge", "Connections that are no WebSocket yet.", snapshot.handshakes);
  page.family("handshakes_refused_total", "counter", "Handshakes refused, by HTTP status.");
  for (const auto& [status, count] : snapshot.refusedHandshakes) {
    page.value(count, label("status", std::to_string(status)));
  }
  page.single("queue_bytes", "gauge", "Bytes that wait for clients.", snapshot.queuedBytes);
  page.single("queue_longest_bytes", "gauge", "Bytes that wait for the slowest client.", snapshot.longestQueueBytes);
  page.single("destinations", "gauge", "Destinations known to open sockets.", snapshot.destinations);
  page.single("draining", "gauge", "1 while no new sockets are taken.", snapshot.draining ? 1 : 0);
  addTraffic(page, snapshot.counters);
  return page.text();
}

}  // namespace portico::bridge
