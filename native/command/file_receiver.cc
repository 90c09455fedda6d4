#include "native/command/file_receiver.h"

#include <cstdio>

namespace portico::command {

FileReceiver::FileReceiver(ChoosePath choosePath, TransferObserver& observer)
    : choosePath_(std::move(choosePath)), observer_(observer) {}

FileReceiver::~FileReceiver() {
  discard();
}

void FileReceiver::onOpen(DataChannel channel, std::uint64_t) {
  channel_ = std::move(channel);
}

void FileReceiver::onMessage(const DataChannelMessage& message) {
  if (finished_) return;
  if (!message.text) return append(message.data);
  auto parsed = parseFileMessage(asText(message.data));
  if (!parsed) return refuse(parsed.error());
  if (const auto* header = std::get_if<FileHeader>(&*parsed)) {
    begin(*header);
  } else if (const auto* end = std::get_if<FileEnd>(&*parsed)) {
    finish(*end);
  } else {
    refuse(Error(Error::Data, "The sender answers, but there was no question."));
  }
}

void FileReceiver::begin(const FileHeader& header) {
  if (file_) return refuse(Error(Error::Data, "A channel is good for one file."));
  stopwatch_.start();
  size_ = header.size;
  path_ = choosePath_(header);
  auto file = FileHandle::openToWrite(partPath());
  if (!file) return refuse(file.error());
  file_ = std::move(*file);
}

void FileReceiver::append(ByteView bytes) {
  if (!file_) return refuse(Error(Error::Data, "The bytes came before the file's name and size."));
  if (bytes.size() > size_ - received_) return refuse(Error(Error::Data, "There are more bytes than were announced."));
  if (auto written = file_->write(bytes); !written) return refuse(written.error());
  hash_.update(bytes);
  received_ += bytes.size();
  ++messages_;
  if (cadence_.due()) observer_.onProgress(Direction::receive, count());
}

void FileReceiver::finish(const FileEnd& end) {
  if (!file_) return refuse(Error(Error::Data, "The file ended before it began."));
  if (received_ != size_) return refuse(Error(Error::Data, "There are fewer bytes than were announced."));
  sha256_ = hash_.finish();
  if (sha256_ != end.sha256) return refuse(Error(Error::Data, "The SHA-256 is not the sender's: the file is damaged."));
  file_.reset();
  if (std::rename(partPath().c_str(), path_.c_str()) != 0) {
    std::remove(partPath().c_str());
    return refuse(Error(Error::Operation, path_ + " can't be made."));
  }
  finished_ = true;
  if (auto sent = channel_->send(toText(FileReceived{received_, sha256_})); !sent) {
    observer_.onFailed(Direction::receive, sent.error());
    return;
  }
  observer_.onDone(Direction::receive, count());
}

void FileReceiver::refuse(const Error& error) {
  discard();
  finished_ = true;
  // The sender learns it from the channel's end if this can't be sent.
  (void)channel_->send(toText(FileRefused{error.message}));
  observer_.onFailed(Direction::receive, error);
}

void FileReceiver::discard() {
  if (!file_) return;
  file_.reset();
  std::remove(partPath().c_str());
}

void FileReceiver::onClose() {
  if (finished_) return;
  finished_ = true;
  discard();
  observer_.onFailed(Direction::receive, Error(Error::Network, "The channel closed before the file was whole."));
}

TransferCount FileReceiver::count() const {
  TransferCount count;
  count.label = channel_->label();
  count.bytes = received_;
  count.total = size_;
  count.messages = messages_;
  count.seconds = stopwatch_.seconds();
  count.sha256 = sha256_;
  return count;
}

}  // namespace portico::command
