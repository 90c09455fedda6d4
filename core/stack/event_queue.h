// What happened, in order, until the object layer tells the user. Messages lie in one piece of memory for a batch, so
// that a message costs no allocation of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/datachannel/channel_table.h"
#include "core/ice/agent.h"
#include "portico/parameters.h"
#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

namespace portico {

using datachannel::ChannelKey;

struct IceEvent {
  std::unique_ptr<ice::Event> event;
};
struct DtlsStateChange {
  DtlsTransportState state;
};
struct SctpStateChange {
  SctpTransportState state;
  std::unique_ptr<Error> reason;  ///< for closed, when it was not asked for
};
struct ChannelArrival {
  ChannelKey key;
  std::unique_ptr<DataChannelParameters> parameters;
};
struct ChannelOpening {
  ChannelKey key;
  std::uint16_t id;
};
struct ChannelMessage {
  ChannelKey key;
  bool text;
  std::size_t offset;  ///< in EventBatch::memory
  std::size_t size;
};
struct ChannelBufferedAmountLow {
  ChannelKey key;
};
struct ChannelClosing {
  ChannelKey key;
};
struct ChannelClosure {
  ChannelKey key;
  std::unique_ptr<Error> reason;
};

using StackEvent = std::variant<IceEvent, DtlsStateChange, SctpStateChange, ChannelArrival, ChannelOpening,
                                ChannelMessage, ChannelBufferedAmountLow, ChannelClosing, ChannelClosure>;

struct EventBatch {
  std::vector<StackEvent> events;
  ByteVector memory;
};

class EventQueue {
 public:
  [[nodiscard]] bool empty() const { return batch_.events.empty(); }

  void push(StackEvent event) { batch_.events.push_back(std::move(event)); }

  void pushMessage(ChannelKey key, bool text, ByteView payload) {
    push(ChannelMessage{key, text, batch_.memory.size(), payload.size()});
    batch_.memory.insert(batch_.memory.end(), payload.begin(), payload.end());
  }

  /// Everything so far. Give the batch back by recycle(), so that its memory serves again.
  [[nodiscard]] EventBatch take() { return std::exchange(batch_, std::exchange(spare_, {})); }

  void recycle(EventBatch batch) {
    batch.events.clear();
    batch.memory.clear();
    spare_ = std::move(batch);
  }

  /// Gives the memory back: for a connection that has gone idle.
  void release() {
    spare_ = {};
    if (empty()) batch_ = {};
  }

 private:
  EventBatch batch_;
  EventBatch spare_;
};

}  // namespace portico
