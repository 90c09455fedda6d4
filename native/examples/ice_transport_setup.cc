// Gathers candidates and makes an ICE transport, without a peer to start it with.
//
//     ice_transport_setup [stun:stun.example.org …]
#include "native/examples/example.h"

using namespace portico;

Example setUpIce(Loop& loop, std::vector<IceServer> servers) {
  std::cout << "Default ICE servers:\n";
  for (const IceServer& server : IceGatherer::getDefaultIceServers()) {
    for (const std::string& url : server.urls) std::cout << "  " << url << "\n";
  }

  IceGatherer gatherer(loop);
  if (auto gathered = co_await gatherer.gather(std::move(servers)); !gathered) {
    std::cout << "Gathering failed: " << gathered.error().message << "\n";
  }

  const IceParameters parameters = gatherer.getLocalParameters();
  std::cout << "Local parameters: " << parameters.usernameFragment << " " << parameters.password << "\n";
  for (const IceCandidate& candidate : gatherer.getLocalCandidates()) {
    std::cout << "Local candidate: " << candidate.candidate() << "\n";
  }

  IceTransport ice(gatherer);
  std::cout << "Gatherer state: " << toString(gatherer.state()) << "\n"
            << "ICE role: " << toString(ice.role()) << "\n"
            << "ICE state: " << toString(ice.state()) << "\n";
  ice.stop().ignore();
  loop.stop();
}

int main(int argc, char** argv) {
  Loop loop;
  setUpIce(loop, serversOf(argc, argv));
  loop.run();
}
