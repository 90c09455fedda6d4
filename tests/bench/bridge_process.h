// A bridge in a process of its own, pinned to a core, and what it costs.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "portico/platform/socket_address.h"

namespace portico::bench {

inline void pinToCore(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

class BridgeProcess {
 public:
  BridgeProcess(const char* program, int core) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also where the benchmark fails
      pinToCore(core);
      ::dup2(pipe[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
      ::execl(program, program, "--listen", "127.0.0.1:0", "--allow", "127.0.0.0/8", "--socket-bytes", "0",
              "--socket-packets", "0", "--address-bytes", "0", "--address-packets", "0", nullptr);
      std::_Exit(127);
    }
    ::close(pipe[1]);
    std::string line;
    for (char c = 0; ::read(pipe[0], &c, 1) == 1 && c != '\n';) line += c;
    ::close(pipe[0]);
    const std::string url = nlohmann::json::parse(line).at("url");  // ws://127.0.0.1:PORT/udp
    const std::size_t from = url.find("//") + 2;
    address_ = *SocketAddress::parse(url.substr(from, url.rfind('/') - from));
  }
  ~BridgeProcess() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  BridgeProcess(const BridgeProcess&) = delete;
  BridgeProcess& operator=(const BridgeProcess&) = delete;

  [[nodiscard]] const SocketAddress& address() const { return address_; }

  /// User and system, since it started.
  [[nodiscard]] double cpuSeconds() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

 private:
  pid_t pid_ = -1;
  SocketAddress address_;
};

}  // namespace portico::bench
