// Makes a DTLS transport and shows what the peer has to know of it.
#include "native/examples/example.h"

using namespace portico;

int main() {
  Loop loop;
  IceGatherer gatherer(loop);
  IceTransport ice(gatherer);
  DtlsTransport dtls(ice);  // with a new certificate

  const DtlsParameters parameters = dtls.getLocalParameters();
  std::cout << "DTLS state: " << toString(dtls.state()) << "\n"
            << "DTLS role: " << toString(parameters.role) << "\n"
            << "Fingerprints: " << parameters.fingerprints.size() << "\n";
  for (const DtlsFingerprint& fingerprint : parameters.fingerprints) {
    std::cout << "  " << fingerprint.algorithm << " " << fingerprint.value << "\n";
  }
}
