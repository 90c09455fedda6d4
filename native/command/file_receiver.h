// Receives one file on one channel (file_protocol.h), into PATH.part, and renames it once its SHA-256 is right.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "native/command/file_handle.h"
#include "native/command/file_protocol.h"
#include "native/command/sha256.h"
#include "native/command/transfer.h"

namespace portico::command {

class FileReceiver final : public ChannelUser {
 public:
  /// Where to put a file that the peer calls so. The name is hostile.
  using ChoosePath = std::function<std::string(const FileHeader& header)>;

  FileReceiver(ChoosePath choosePath, TransferObserver& observer);
  ~FileReceiver() override;

  void onOpen(DataChannel channel, std::uint64_t maxMessageBytes) override;
  void onMessage(const DataChannelMessage& message) override;
  void onClose() override;
  [[nodiscard]] bool unfinished() const override { return !finished_; }

 private:
  void begin(const FileHeader& header);
  void append(ByteView bytes);
  void finish(const FileEnd& end);
  void refuse(const Error& error);
  void discard();
  [[nodiscard]] TransferCount count() const;
  [[nodiscard]] std::string partPath() const { return path_ + ".part"; }

  ChoosePath choosePath_;
  TransferObserver& observer_;
  std::optional<DataChannel> channel_;
  std::optional<FileHandle> file_;
  std::string path_;
  std::uint64_t size_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t messages_ = 0;
  Sha256 hash_;
  std::string sha256_;
  Stopwatch stopwatch_;
  Cadence cadence_;
  bool finished_ = false;
};

}  // namespace portico::command
