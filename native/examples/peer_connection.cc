// Two peer connections in one program agree by session descriptions, and one says hello to the other.
#include "native/examples/example.h"

using namespace portico;

/// In a real program descriptions and candidates travel over a signalling channel of its own.
void giveCandidates(PeerConnection& from, PeerConnection& to) {
  from.onIceCandidate([&to](const std::optional<IceCandidate>& candidate) {
    if (!candidate) return;  // the end of gathering
    to.addIceCandidate(IceCandidateInit{candidate->candidate(), candidate->sdpMid, candidate->sdpMLineIndex,
                                        candidate->usernameFragment})
        .ignore();
  });
}

Example negotiate(PeerConnection& offerer, PeerConnection& answerer) {
  const auto offer = co_await offerer.createOffer();
  // The answerer first: candidates come as soon as the offerer has its local description.
  (void)co_await answerer.setRemoteDescription(*offer);
  (void)co_await offerer.setLocalDescription(*offer);
  const auto answer = co_await answerer.createAnswer();
  (void)co_await offerer.setRemoteDescription(*answer);
  (void)co_await answerer.setLocalDescription(*answer);
  std::cout << "Signaling: " << toString(offerer.signalingState()) << "\n";
}

int main() {
  Loop loop;
  PeerConnection offerer = *PeerConnection::create(loop);
  PeerConnection answerer = *PeerConnection::create(loop);
  giveCandidates(offerer, answerer);
  giveCandidates(answerer, offerer);

  DataChannel chat = *offerer.createDataChannel({.label = "chat"});
  chat.onOpen([&] { (void)chat.send("hello"); });
  chat.onMessage([&](const DataChannelMessage& message) {
    std::cout << "Answer: " << asText(message.data) << "\n";
    loop.stop();
  });
  answerer.onDataChannel([](DataChannel channel) {
    std::cout << "Channel: " << channel.label() << "\n";
    channel.onMessage([channel](const DataChannelMessage& message) mutable {
      std::cout << "Message: " << asText(message.data) << "\n";
      (void)channel.send("hello to you");
    });
  });

  negotiate(offerer, answerer);
  loop.run();
  std::cout << "Connection: " << toString(offerer.connectionState()) << "\n";
  offerer.close();
  answerer.close();
}
