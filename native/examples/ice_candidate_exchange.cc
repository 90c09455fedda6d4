// Two ICE transports in one program find a path to each other.
#include "native/examples/example.h"

using namespace portico;

/// In a real program candidates and parameters travel over a signalling channel of its own.
void giveCandidates(const IceGatherer& from, IceTransport& to) {
  for (const IceCandidate& candidate : from.getLocalCandidates()) to.addRemoteCandidate(candidate).ignore();
  to.addRemoteCandidate(std::nullopt).ignore();  // no more come
}

Example exchange(Loop& loop) {
  IceGatherer firstGatherer(loop);
  IceGatherer secondGatherer(loop);
  for (IceGatherer* gatherer : {&firstGatherer, &secondGatherer}) {
    const auto gathered = co_await gatherer->gather({});
    if (!gathered) std::cout << "Gathering failed: " << gathered.error().message << "\n";
  }

  IceTransport first(firstGatherer);
  IceTransport second(secondGatherer);
  giveCandidates(firstGatherer, second);
  giveCandidates(secondGatherer, first);

  // One after the other: the first one that starts controls, and completes with the second one's answers.
  const auto firstStarted = co_await first.start(secondGatherer.getLocalParameters());
  const auto secondStarted = co_await second.start(firstGatherer.getLocalParameters());
  for (const auto* started : {&firstStarted, &secondStarted}) {
    if (!*started) std::cout << "Not connected: " << started->error().message << "\n";
  }

  if (const auto pair = first.getSelectedCandidatePair()) {
    std::cout << "Path: " << pair->local.address << " to " << pair->remote.address << "\n";
  }
  std::cout << "First: " << toString(first.role()) << ", second: " << toString(second.role()) << "\n";
  first.stop().ignore();
  second.stop().ignore();
  if (firstStarted && secondStarted) std::cout << "ICE candidate exchange completed\n";
  loop.stop();
}

int main() {
  Loop loop;
  exchange(loop);
  loop.run();
}
