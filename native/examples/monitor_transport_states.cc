// Watches the states of all three transports. Without a peer nothing changes: what is printed is the initial and the
// final states.
#include "native/examples/example.h"

using namespace portico;

void print(const char* when, const IceTransport& ice, const DtlsTransport& dtls, const SctpTransport& sctp) {
  std::cout << when << ": ICE " << toString(ice.state()) << ", DTLS " << toString(dtls.state()) << ", SCTP "
            << toString(sctp.state()) << "\n";
}

int main() {
  Loop loop;
  IceGatherer gatherer(loop);
  IceTransport ice(gatherer);
  DtlsTransport dtls(ice);
  SctpTransport sctp(dtls);

  ice.onStateChange([](IceTransportState state) { std::cout << "ICE is " << toString(state) << "\n"; });
  dtls.onStateChange([](DtlsTransportState state) { std::cout << "DTLS is " << toString(state) << "\n"; });
  sctp.onStateChange([](SctpTransportState state) { std::cout << "SCTP is " << toString(state) << "\n"; });
  ice.onError([](const Error& error) { std::cout << "ICE: " << error.message << "\n"; });
  dtls.onError([](const Error& error) { std::cout << "DTLS: " << error.message << "\n"; });
  sctp.onError([](const Error& error) { std::cout << "SCTP: " << error.message << "\n"; });

  print("Initial", ice, dtls, sctp);
  const auto end = loop.createTimer([&](Time) {
    print("Final", ice, dtls, sctp);
    loop.stop();
  });
  end->set(loop.now() + std::chrono::milliseconds(100));
  loop.run();
}
