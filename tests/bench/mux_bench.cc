// One port for any number of connections: what a server and its clients do in two processes on loopback.
//
//   mux_bench [--connections N] [--apart N] [--lite | --full] [--quick] [--json FILE]
//
// The child serves N connections (10,000) from one port, as an ICE-lite agent or with --full as a full one; the parent
// has a socket for each. Then the same without sharing for the N of --apart (1,000; 0: not), and a flood of strangers.
// It leaves with 1 if one connection does not open, one message stays unanswered, or there is more than one port; so
// it is a test, too, with --quick: without the times of rest that memory and idle CPU are measured in.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "core/stun/message_builder.h"
#include "tests/bench/endpoint.h"
#include "tests/bench/process.h"
#include "tests/bench/report.h"

namespace portico::bench {
namespace {

constexpr std::size_t kUnderWay = 32;                     ///< connects at a time
constexpr Duration kPatience = std::chrono::minutes(20);  ///< on a machine that has other things to do
constexpr int kFlood = 100'000;                           ///< datagrams of each kind

IceGatherOptions options(std::uint16_t port, bool lite) {
  IceGatherOptions result;
  result.iceServers.emplace();  // none
  result.bindAddresses = {IpAddress::loopback(IpFamily::v4)};
  result.portLow = result.portHigh = port;
  result.iceLite = lite;
  return result;
}

/// A port that is free now.
std::uint16_t freePort() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0) std::exit(1);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(fd);
  return ntohs(address.sin_port);
}

// The child: "offer NUMBER\n…" and questions ------------------------------------------------------------------------

[[noreturn]] void serve(int fd, std::uint16_t port, bool lite) {
  Loop loop;
  SharingHost shared(loop);
  Wire wire(loop, fd);
  std::map<std::string, Endpoint> endpoints;
  bool apart = false;
  const std::optional<Certificate> certificate = *Certificate::generate(loop);
  wire.onText = [&](const std::string& text) {
    if (text == "cpu") return wire.send(std::to_string(cpuSeconds()));
    if (text == "memory") return wire.send(std::to_string(residentKiB()));
    if (text == "unclaimed") return wire.send(std::to_string(shared.stats().unclaimedDatagrams));
    if (text == "sockets") return wire.send(std::to_string(shared.stats().sockets));
    if (text == "members") return wire.send(std::to_string(shared.stats().members));
    if (text == "a fragment") {
      const std::string described = endpoints.begin()->second.describe();
      return wire.send(described.substr(0, described.find('\n')));
    }
    if (text == "apart" || text == "clear") {
      for (auto& [number, endpoint] : endpoints) endpoint.stop();
      endpoints.clear();
      apart = text == "apart";
      return wire.send("done");
    }
    const std::string number = text.substr(0, text.find('\n') + 1);
    Host& host = apart ? static_cast<Host&>(loop) : shared;
    const auto made =
        endpoints.try_emplace(number, host, IceRole::controlled, certificate, options(apart ? 0 : port, lite));
    Endpoint& endpoint = made.first->second;
    endpoint.sctp().onDataChannel([](DataChannel channel) {
      channel.onMessage([channel](const DataChannelMessage& message) mutable { (void)channel.send(message.data); });
    });
    wire.send(number + endpoint.describe());
    endpoint.connect(text.substr(number.size()));
  };
  loop.run();
  std::exit(0);
}

// The parent ---------------------------------------------------------------------------------------------------------

class Clients {
 public:
  Clients(int fd, Report& report) : wire_(loop_, fd), report_(report), certificate_(*Certificate::generate(loop_)) {}

  /// Connects `count`, and exchanges a message with each.
  void connect(const std::string& name, std::size_t count) {
    const double memory = number("memory");
    const double cpu = number("cpu");
    const Time begin = loop_.now();
    wanted_ = count;
    wire_.onText = [this](const std::string& text) { onAnswer(text); };
    while (begun_ < std::min(kUnderWay, wanted_)) beginOne();
    wait([&] { return answered_ == wanted_; }, std::to_string(count) + " connections");
    const double seconds = std::chrono::duration<double>(loop_.now() - begin).count();
    const auto each = static_cast<double>(count);
    std::sort(times_.begin(), times_.end());
    report_.add(name + ": connects", each / seconds, "/s");
    report_.add(name + ": connect, median", times_[times_.size() / 2], "ms");
    report_.add(name + ": connect, 99 %", times_[times_.size() * 99 / 100], "ms");
    report_.add(name + ": CPU of the server for a connect", (number("cpu") - cpu) / each * 1e3, "ms");
    if (quick) return;
    rest(std::chrono::seconds(15));
    report_.add(name + ": memory of a connection at the server", (number("memory") - memory) / each, "KiB", "≤ 136");
    const double resting = number("cpu");
    rest(std::chrono::seconds(10));
    report_.add(name + ": CPU of the server at rest", (number("cpu") - resting) / 10 * 100, "%");
  }

  /// One more message from each, all at once.
  void exchangeWithAll() {
    answered_ = 0;
    const Time begin = loop_.now();
    for (auto& [number, client] : clients_) (void)client->channel.send(std::string_view("again"));
    wait([&] { return answered_ == clients_.size(); }, "a message of each connection");
    const double seconds = std::chrono::duration<double>(loop_.now() - begin).count();
    report_.add("a message of each and its echo", static_cast<double>(clients_.size()) / seconds, "/s");
  }

  /// What nobody at the port awaits.
  void flood(std::uint16_t port) {
    const std::string known = ask("a fragment");
    std::array<std::byte, 200> room;
    const auto check = [&](const std::string& username) {
      stun::MessageBuilder builder(room, stun::MessageClass::request, stun::Method::binding, {});
      builder.text(stun::Attribute::username, username);
      builder.messageIntegrity(asBytes("not the password"));
      builder.fingerprint();
      return toVector(builder.finish());
    };
    floodWith("a stranger's check to nobody", port, check("no+body:else"));
    floodWith("a stranger's record", port, ByteVector(100, std::byte{23}));
    floodWith("a check with a wrong password", port, check(known + ":else"));
  }

  void clear(const std::string& how) {
    for (auto& [number, client] : clients_) client->endpoint.stop();
    clients_.clear();
    times_.clear();
    wanted_ = begun_ = answered_ = 0;
    ask(how);
  }

  double number(const std::string& question) { return std::stod(ask(question)); }
  /// Of the flood: the largest answer by what it answers.
  [[nodiscard]] double amplification() const { return largestAnswer_; }
  [[nodiscard]] std::size_t serverPorts() const { return ports_.size(); }
  bool quick = false;

 private:
  struct Client {
    Client(Loop& loop, const Certificate& certificate)
        : endpoint(loop, IceRole::controlling, certificate, options(0, false)),
          channel(*endpoint.sctp().createDataChannel({.label = "echo"})) {}
    Endpoint endpoint;
    DataChannel channel;
    Time begun{};
    bool opened = false;
  };

  void beginOne() {
    const std::size_t number = begun_++;
    auto client = std::make_unique<Client>(loop_, certificate_);
    client->begun = loop_.now();
    client->endpoint.ice().onError([number](const Error& error) {
      std::fprintf(stderr, "mux_bench: connection %zu failed: %s\n", number, error.message.c_str());
      std::exit(1);
    });
    client->channel.onOpen([channel = client->channel]() mutable { (void)channel.send(std::string_view("hello")); });
    client->channel.onMessage([this, one = client.get()](const DataChannelMessage&) { onEcho(*one); });
    wire_.send(std::to_string(number) + "\n" + client->endpoint.describe());
    clients_.emplace(number, std::move(client));
  }
  void onAnswer(const std::string& text) {
    const std::size_t end = text.find('\n') + 1;
    const std::string description = text.substr(end);
    std::istringstream lines(description);
    for (std::string line; std::getline(lines, line);) {
      const Result<IceCandidate> candidate = IceCandidate::parse(line);
      if (candidate && candidate->protocol == "udp") ports_.insert(candidate->port);
    }
    clients_.at(std::stoul(text))->endpoint.connect(description);
  }
  void onEcho(Client& client) {
    ++answered_;
    if (std::exchange(client.opened, true)) return;
    times_.push_back(std::chrono::duration<double, std::milli>(loop_.now() - client.begun).count());
    if (begun_ < wanted_) beginOne();
  }

  void floodWith(const std::string& what, std::uint16_t port, const ByteVector& packet) {
    const double memory = number("memory");
    const double cpu = number("cpu");
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    for (int i = 0; i < kFlood; ++i) {
      ::sendto(fd, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
      if (i % 100 == 99) ask("sockets");  // so that the server keeps up
    }
    // The socket holds the first answers, and none may be longer than what it answers.
    std::array<std::byte, 1'500> answer;
    for (ssize_t got = 0; (got = ::recv(fd, answer.data(), answer.size(), MSG_DONTWAIT)) > 0;) {
      largestAnswer_ = std::max(largestAnswer_, static_cast<double>(got) / static_cast<double>(packet.size()));
    }
    ::close(fd);
    report_.add(what + ": CPU of the server", (number("cpu") - cpu) / kFlood * 1e6, "µs", "with 1/100 of a question");
    report_.add(what + ": memory", number("memory") - memory, "KiB");
  }

  void rest(Duration duration) {
    loop_.runUntil([] { return false; }, duration);
  }
  void wait(const std::function<bool()>& done, const std::string& what) {
    if (loop_.runUntil(done, kPatience)) return;
    std::fprintf(stderr, "mux_bench: %s did not come about: %zu of %zu did.\n", what.c_str(), answered_, wanted_);
    std::exit(1);
  }
  std::string ask(const std::string& question) {
    std::optional<std::string> reply;
    wire_.onText = [&](const std::string& text) { reply = text; };
    wire_.send(question);
    wait([&] { return reply.has_value(); }, "an answer to " + question);
    return *reply;
  }

  Loop loop_;
  Wire wire_;
  Report& report_;
  Certificate certificate_;
  std::map<std::size_t, std::unique_ptr<Client>> clients_;
  std::vector<double> times_;
  std::set<std::uint16_t> ports_;
  std::size_t wanted_ = 0;
  std::size_t begun_ = 0;
  std::size_t answered_ = 0;
  double largestAnswer_ = 0;
};

/// A socket for each connection, and some more.
bool allowSockets(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needed = count + 64;
  if (limit.rlim_cur >= needed) return true;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == needed) return true;
  std::fprintf(stderr,
               "mux_bench: %zu connections need as many sockets in the clients' process, and the system allows "
               "it %zu files: raise the hard limit (ulimit -Hn).\n",
               count, static_cast<std::size_t>(limit.rlim_max));
  return false;
}

int run(int argc, char** argv) {
  std::size_t connections = 10'000;
  std::size_t apart = 1'000;
  bool lite = true;
  bool quick = false;
  std::string json;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--full") lite = false;
    if (name == "--quick") quick = true;
    if (i + 1 == argc) break;
    if (name == "--connections") connections = std::stoul(argv[i + 1]);
    if (name == "--apart") apart = std::stoul(argv[i + 1]);
    if (name == "--json") json = argv[i + 1];
  }
  if (!allowSockets(std::max(connections, apart))) return 1;

  const std::uint16_t port = freePort();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    ::close(ends[0]);
    serve(ends[1], port, lite);
  }
  ::close(ends[1]);

  Report report;
  bool right = false;
  {
    Clients clients(ends[0], report);
    clients.quick = quick;
    clients.connect("one port, " + std::to_string(connections) + (lite ? " ICE-lite" : " full"), connections);
    clients.exchangeWithAll();
    const bool onePort = clients.serverPorts() == 1 && clients.number("sockets") == 1;
    const bool allMembers = clients.number("members") == static_cast<double>(connections);
    clients.flood(port);
    report.add("largest answer to a stranger, by what it answers", clients.amplification(), "", "≤ 1");
    report.add("datagrams that nobody claimed", clients.number("unclaimed"), "");
    const bool allDropped = clients.number("unclaimed") == 2.0 * kFlood && clients.amplification() <= 1;
    clients.clear("apart");
    const bool allGone = clients.number("members") == 0;
    right = onePort && allMembers && allGone && allDropped;
    if (!right)
      std::fprintf(stderr, "mux_bench: not one port, not all its members came and went, or strangers were heard.\n");
    if (apart > 0) clients.connect("a port each, " + std::to_string(apart), apart);
  }
  ::close(ends[0]);
  waitpid(child, nullptr, 0);
  if (!json.empty()) report.writeJson(json);
  return right ? 0 : 1;
}

}  // namespace
}  // namespace portico::bench

int main(int argc, char** argv) {
  return portico::bench::run(argc, argv);
}
