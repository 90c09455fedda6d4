// Makes an SCTP transport and shows what it offers.
#include "native/examples/example.h"

using namespace portico;

int main() {
  Loop loop;
  IceGatherer gatherer(loop);
  IceTransport ice(gatherer);
  DtlsTransport dtls(ice);
  SctpTransport sctp(dtls);

  const std::optional<std::uint16_t> maxChannels = sctp.maxChannels();
  std::cout << std::boolalpha << "SCTP port: " << sctp.port() << "\n"
            << "SCTP state: " << toString(sctp.state()) << "\n"
            << "Is server: " << sctp.isServer() << "\n"
            << "Max channels: " << (maxChannels ? std::to_string(*maxChannels) : "not known before connected") << "\n"
            << "Max message size: " << SctpTransport::getCapabilities().maxMessageSize << "\n";
}
