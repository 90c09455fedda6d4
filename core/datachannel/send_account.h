// How many bytes of send() are on their way: W3C's bufferedAmount and its low threshold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace portico::datachannel {

/// Counts the bytes that the user sent, from send() until they are in a packet. The association counts what it was
/// handed on the stream, which has more in it: DCEP messages, and the zero byte that stands for an empty message. Those
/// bytes are remembered by their place in the stream until they have gone.
class SendAccount {
 public:
  /// send() took this from the user.
  void accepted(std::size_t userBytes);
  /// The association took it, as `wireBytes`; one of both is 0 where a message has only the one kind.
  void handed(std::size_t userBytes, std::size_t wireBytes);
  /// Given up before the association saw it.
  void dropped(std::size_t userBytes) { gone_ += userBytes; }

  /// `unsentWireBytes` of what was handed are in no packet yet. True when the amount fell to the threshold by that.
  bool update(std::size_t unsentWireBytes);

  /// As of the last update(), and all that was accepted since.
  [[nodiscard]] std::size_t bufferedAmount() const { return static_cast<std::size_t>(accepted_ - left_); }
  /// Nothing is to be had from another update().
  [[nodiscard]] bool settled() const { return accepted_ == left_ && overhead_.empty(); }

  [[nodiscard]] std::size_t threshold() const { return threshold_; }
  /// W3C: an event is for a fall through the threshold, so a threshold that is put above the amount causes none.
  void setThreshold(std::size_t bytes);

 private:
  struct Span {
    std::uint64_t begin;
    std::uint64_t end;
  };
  std::uint64_t overheadFrom(std::uint64_t position);

  // Running totals. User bytes: taken by send(); handed to the association; given up; in a packet, or given up.
  std::uint64_t accepted_ = 0;
  std::uint64_t handedUser_ = 0;
  std::uint64_t gone_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t handedWire_ = 0;
  std::vector<Span> overhead_;  ///< in wire bytes, in order, those that may not have been sent
  std::size_t threshold_ = 0;
  bool above_ = false;
};

}  // namespace portico::datachannel
