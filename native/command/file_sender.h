// Sends one file on one channel (file_protocol.h), as fast as the channel takes it and no faster.
#pragma once

#include <optional>
#include <string>

#include "native/command/file_handle.h"
#include "native/command/file_protocol.h"
#include "native/command/sha256.h"
#include "native/command/transfer.h"

namespace portico::command {

class FileSender final : public ChannelUser {
 public:
  FileSender(FileHandle file, const std::string& path, TransferObserver& observer);

  void onOpen(DataChannel channel, std::uint64_t maxMessageBytes) override;
  void onMessage(const DataChannelMessage& message) override;
  void onBufferedAmountLow() override { feed(); }
  void onClose() override;
  [[nodiscard]] bool unfinished() const override { return !finished_; }

 private:
  void feed();
  bool sendChunk();
  void sendEnd();
  void acknowledged(const FileReceived& received);
  void fail(const Error& error);
  [[nodiscard]] TransferCount count() const;

  FileHandle file_;
  std::string name_;
  std::uint64_t size_;
  TransferObserver& observer_;
  std::optional<DataChannel> channel_;
  ByteVector chunk_;
  std::uint64_t queued_ = 0;
  std::uint64_t messages_ = 0;
  Sha256 hash_;
  std::string sha256_;
  Stopwatch stopwatch_;
  Cadence cadence_;
  bool ended_ = false;     ///< the end message is queued
  bool finished_ = false;  ///< acknowledged, or failed
};

}  // namespace portico::command
