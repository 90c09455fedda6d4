// Errors come in two ways: as the result of the call that caused them, and as an event of the transport.
#include "native/examples/example.h"

using namespace portico;

Example handleErrors(Loop& loop) {
  IceGatherer gatherer(loop);
  IceTransport ice(gatherer);
  DtlsTransport dtls(ice);
  ice.onError([](const Error& error) { std::cout << "ICE error event: " << error.name() << "\n"; });
  dtls.onError([](const Error& error) { std::cout << "DTLS error event: " << error.name() << "\n"; });

  if (auto gathered = co_await gatherer.gather({}); !gathered) {
    std::cout << "Gathering failed: " << gathered.error().message << "\n";
  }

  IceParameters invalid;  // neither a username fragment nor a password
  if (auto started = co_await ice.start(invalid); !started) {
    std::cout << "Start failed: " << started.error().name() << ": " << started.error().message << "\n";
  }

  if (co_await dtls.stop()) std::cout << "DTLS stopped: " << toString(dtls.state()) << "\n";
  if (co_await ice.stop()) std::cout << "ICE stopped: " << toString(ice.state()) << "\n";
  loop.stop();
}

int main() {
  Loop loop;
  handleErrors(loop);
  loop.run();
}
