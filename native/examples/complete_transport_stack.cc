// The whole stack of one side: ICE, DTLS on it, SCTP on that; and the parameters that a peer needs for each.
//
//     complete_transport_stack [stun:stun.example.org …]
#include "native/examples/example.h"

using namespace portico;

Example setUpStack(Loop& loop, std::vector<IceServer> servers) {
  IceGatherer gatherer(loop);
  IceTransport ice(gatherer);
  DtlsTransport dtls(ice);
  SctpTransport sctp(dtls);

  if (auto gathered = co_await gatherer.gather(std::move(servers)); !gathered) {
    std::cout << "Gathering failed: " << gathered.error().message << "\n";
  }

  const IceParameters iceParameters = gatherer.getLocalParameters();
  std::cout << "ICE: " << iceParameters.usernameFragment << " " << iceParameters.password << "\n";
  for (const IceCandidate& candidate : gatherer.getLocalCandidates()) {
    std::cout << "  " << candidate.candidate() << "\n";
  }
  const DtlsParameters dtlsParameters = dtls.getLocalParameters();
  std::cout << "DTLS: role " << toString(dtlsParameters.role) << "\n";
  for (const DtlsFingerprint& fingerprint : dtlsParameters.fingerprints) {
    std::cout << "  " << fingerprint.algorithm << " " << fingerprint.value << "\n";
  }
  std::cout << "SCTP: port " << sctp.port() << ", messages of up to " << SctpTransport::getCapabilities().maxMessageSize
            << " bytes\n";

  std::cout << "ICE state: " << toString(ice.state()) << "\n"
            << "DTLS state: " << toString(dtls.state()) << "\n"
            << "SCTP state: " << toString(sctp.state()) << "\n";

  // With a peer, its parameters would go into ice.start(), dtls.start() and sctp.start() now, all three at once: each
  // waits for the one below.
  ice.stop().ignore();  // and with it what is on it
  loop.stop();
}

int main(int argc, char** argv) {
  Loop loop;
  setUpStack(loop, serversOf(argc, argv));
  loop.run();
}
