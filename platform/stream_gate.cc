#include "platform/stream_gate.h"

#include <algorithm>
#include <utility>

namespace portico {

void StreamGate::Guest::onStreamBytes(Time now, ByteView bytes) {
  if (receiver_ != nullptr) {
    receiver_->onStreamBytes(now, bytes);
  } else {
    gate_->judge(now, *this, bytes);
  }
}

void StreamGate::Guest::onStreamWritable(Time now) {
  if (receiver_ != nullptr) receiver_->onStreamWritable(now);
}

void StreamGate::Guest::onStreamClosed(Time now, const Error& why) {
  if (receiver_ != nullptr) {
    receiver_->onStreamClosed(now, why);
  } else {
    gate_->take(*this);
  }
}

StreamGate::StreamGate(Host& host, StreamAcceptor& acceptor)
    : host_(host), acceptor_(acceptor), timer_(host.createTimer([this](Time now) { onTimeout(now); })) {}

StreamGate::Guest& StreamGate::expect(const SocketAddress& remote) {
  makeRoom();
  guests_.push_back(std::make_unique<Guest>(*this, remote, host_.now() + kUnprovenStreamTime));
  if (guests_.size() == 1) armTimer();
  return *guests_.back();
}

// Whoever is called may close the listener, and this with it.
void StreamGate::judge(Time now, Guest& guest, ByteView bytes) {
  guest.bytes_.insert(guest.bytes_.end(), bytes.begin(), bytes.end());
  StreamAcceptor::Verdict verdict = acceptor_.judge(guest.bytes_);
  const bool tooMuch = guest.bytes_.size() > kMaxUnprovenBytes;
  if (verdict == StreamAcceptor::Verdict::undecided && tooMuch) verdict = StreamAcceptor::Verdict::refuse;
  if (verdict == StreamAcceptor::Verdict::undecided) return;
  std::unique_ptr<Guest> taken = take(guest);
  if (verdict == StreamAcceptor::Verdict::refuse) return;
  const ByteVector first = std::move(guest.bytes_);
  StreamReceiver* receiver = acceptor_.onStreamAccepted(now, guest.remote_, first, std::move(taken));
  if (receiver == nullptr) return;
  guest.receiver_ = receiver;
  receiver->onStreamBytes(now, first);
}

std::unique_ptr<StreamGate::Guest> StreamGate::take(const Guest& guest) {
  const auto at =
      std::find_if(guests_.begin(), guests_.end(), [&](const auto& other) { return other.get() == &guest; });
  std::unique_ptr<Guest> taken = std::move(*at);
  guests_.erase(at);
  return taken;
}

void StreamGate::makeRoom() {
  if (guests_.size() < kMaxUnprovenStreams) return;
  const auto companions = [&](const std::unique_ptr<Guest>& guest) {
    return std::count_if(guests_.begin(), guests_.end(),
                         [&](const auto& other) { return other->remote_.ip == guest->remote_.ip; });
  };
  guests_.erase(std::max_element(guests_.begin(), guests_.end(),
                                 [&](const auto& a, const auto& b) { return companions(a) < companions(b); }));
}

void StreamGate::onTimeout(Time now) {
  std::erase_if(guests_, [&](const auto& guest) { return guest->deadline_ <= now; });
  armTimer();
}

void StreamGate::armTimer() {
  if (!guests_.empty()) timer_->set(guests_.front()->deadline_);
}

}  // namespace portico
