// The command line, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/ortc.h"
#include "portico/platform/time.h"

namespace portico::command {

/// Of CLI.md: "Exit status".
inline constexpr int kExitClean = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotConnected = 3;

struct PeerArguments {
  bool offer = false;
  bool ortc = false;
  bool trickle = true;
  std::vector<DataChannelParameters> channels;
  bool echo = false;
  std::string sendPath;
  std::string receivePath;
  std::optional<Duration> flood;
  std::optional<std::size_t> messageBytes;  ///< of --flood and --ping
  std::uint32_t pings = 0;
  IceGatherOptions ice;
  std::optional<std::string> certificatePem;
  std::optional<std::string> keyPem;
  std::string exitAfter;
  std::optional<Duration> timeout;
  bool stay = false;
  bool quiet = false;
};

struct SendArguments {
  std::string path;
  IceGatherOptions ice;
};

struct ReceiveArguments {
  std::string folder = ".";
  IceGatherOptions ice;
};

/// Of --bridge.
struct BridgeAddress {
  std::string url;  ///< ws:// or wss://, as it was given
  bool secure = false;
  std::string host;  ///< a name, or an IP literal without brackets
  std::uint16_t port = 0;
  std::string path;
  std::string token;  ///< may be empty
};

struct DoctorArguments {
  IceGatherOptions ice;
  std::optional<BridgeAddress> bridge;
  bool json = false;
  Duration timeout = std::chrono::seconds(15);
};

/// What main() is to do. Without a program there is only the status to leave with: help was printed, or an error.
struct Arguments {
  enum class Program { none, peer, send, receive, doctor };
  Program program = Program::none;
  int status = kExitClean;
  PeerArguments peer;
  SendArguments send;
  ReceiveArguments receive;
  DoctorArguments doctor;
};

Arguments parseArguments(int argc, const char* const* argv);

/// "label[,id=N][,negotiated][,unordered][,retransmits=N][,lifetime=MS][,protocol=P]". Errors: Syntax, Type.
Result<DataChannelParameters> parseChannelSpec(std::string_view spec);
/// "URL[,user,password]"; the password may have commas. Errors: Syntax.
Result<IceServer> parseIceServer(std::string_view text);
/// "ws://HOST:PORT[/PATH][,TOKEN]". Errors: Syntax.
Result<BridgeAddress> parseBridge(std::string_view text);
/// "LOW-HIGH", or one port. Errors: Syntax, Range.
Result<TcpCandidates> parseTcpCandidates(std::string_view text);
Result<void> parsePorts(std::string_view text, IceGatherOptions& options);

}  // namespace portico::command
