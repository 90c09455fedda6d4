// The `portico` command. CLI.md is its contract.
#include <exception>
#include <iostream>
#include <memory>
#include <optional>

#include "native/command/arguments.h"
#include "native/command/doctor_session.h"
#include "native/command/file_handle.h"
#include "native/command/ortc_connection.h"
#include "native/command/peer_session.h"
#include "native/command/people_session.h"
#include "native/command/sdp_connection.h"
#include "native/command/stop_signals.h"

namespace portico::command {
namespace {

int complain(const Error& error) {
  std::cerr << "portico: " << error.message << "\n";
  return kExitUsage;
}

Result<std::unique_ptr<Connection>> makeConnection(Loop& loop, const PeerArguments& arguments,
                                                   std::optional<Certificate> certificate) {
  if (arguments.ortc) {
    OrtcConnection::Options options;
    options.ice = arguments.ice;
    options.controlling = arguments.offer;
    options.certificate = std::move(certificate);
    return std::unique_ptr<Connection>(std::make_unique<OrtcConnection>(loop, std::move(options)));
  }
  PeerConnectionConfiguration configuration;
  configuration.ice = arguments.ice;
  if (certificate) configuration.certificates.push_back(std::move(*certificate));
  auto connection = PeerConnection::create(loop, std::move(configuration));
  if (!connection) return connection.error();
  const SdpConnection::Options options{arguments.offer, arguments.trickle};
  return std::unique_ptr<Connection>(std::make_unique<SdpConnection>(loop, std::move(*connection), options));
}

int runPeer(PeerArguments arguments) {
  Loop loop;
  std::optional<Certificate> certificate;
  if (arguments.certificatePem) {
    auto loaded = Certificate::fromPem(*arguments.certificatePem, *arguments.keyPem, loop);
    if (!loaded) return complain(loaded.error());
    certificate = std::move(*loaded);
  }
  std::optional<FileHandle> file;
  if (!arguments.sendPath.empty()) {
    auto opened = FileHandle::openToRead(arguments.sendPath);
    if (!opened) return complain(opened.error());
    file = std::move(*opened);
  }
  auto connection = makeConnection(loop, arguments, std::move(certificate));
  if (!connection) return complain(connection.error());
  PeerSession session(loop, std::move(arguments), std::move(*connection), std::move(file));
  StopSignals signals(loop, [&session] { session.stop(kExitClean); });
  return session.run();
}

int runSend(const SendArguments& arguments) {
  Loop loop;
  auto file = FileHandle::openToRead(arguments.path);
  if (!file) return complain(file.error());
  PeopleSession session(loop, arguments, std::move(*file));
  StopSignals signals(loop, [&session] { session.stop(kExitFailed); });
  return session.run();
}

int runReceive(ReceiveArguments arguments) {
  Loop loop;
  PeopleSession session(loop, std::move(arguments));
  StopSignals signals(loop, [&session] { session.stop(kExitFailed); });
  return session.run();
}

int runDoctor(DoctorArguments arguments) {
  Loop loop;
  DoctorSession session(loop, std::move(arguments));
  StopSignals signals(loop, [&session] { session.finish(); });
  return session.run();
}

int run(int argc, const char* const* argv) {
  Arguments arguments = parseArguments(argc, argv);
  switch (arguments.program) {
    case Arguments::Program::peer:
      return runPeer(std::move(arguments.peer));
    case Arguments::Program::send:
      return runSend(arguments.send);
    case Arguments::Program::receive:
      return runReceive(std::move(arguments.receive));
    case Arguments::Program::doctor:
      return runDoctor(std::move(arguments.doctor));
    case Arguments::Program::none:
      break;
  }
  return arguments.status;
}

}  // namespace
}  // namespace portico::command

int main(int argc, char** argv) {
  try {
    return portico::command::run(argc, argv);
  } catch (const std::exception& error) {  // no memory, no descriptors for a loop
    std::cerr << "portico: " << error.what() << "\n";
    return portico::command::kExitFailed;
  }
}
