#include "native/command/file_sender.h"

#include <algorithm>

namespace portico::command {

FileSender::FileSender(FileHandle file, const std::string& path, TransferObserver& observer)
    : file_(std::move(file)), name_(path.substr(path.rfind('/') + 1)), size_(file_.size()), observer_(observer) {}

void FileSender::onOpen(DataChannel channel, std::uint64_t maxMessageBytes) {
  channel_ = std::move(channel);
  const std::uint64_t most = maxMessageBytes == 0 ? kChunkBytes : std::min<std::uint64_t>(maxMessageBytes, kChunkBytes);
  chunk_.resize(static_cast<std::size_t>(most));
  channel_->setBufferedAmountLowThreshold(kLowWaterBytes);
  stopwatch_.start();
  if (auto sent = channel_->send(toText(FileHeader{name_, size_})); !sent) return fail(sent.error());
  feed();
}

void FileSender::feed() {
  while (!finished_ && !ended_ && channel_->bufferedAmount() < kHighWaterBytes) {
    if (queued_ == size_) {
      sendEnd();
    } else if (!sendChunk()) {
      return;
    }
  }
  if (!finished_ && cadence_.due()) observer_.onProgress(Direction::send, count());
}

bool FileSender::sendChunk() {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_.size(), size_ - queued_));
  const auto got = file_.read(MutableByteView(chunk_.data(), wanted));
  if (!got) return fail(got.error()), false;
  if (*got < wanted) return fail(Error(Error::Operation, "The file became shorter while it was sent.")), false;
  const ByteView piece(chunk_.data(), wanted);
  if (auto sent = channel_->send(piece); !sent) return fail(sent.error()), false;
  hash_.update(piece);
  queued_ += wanted;
  ++messages_;
  return true;
}

void FileSender::sendEnd() {
  ended_ = true;
  sha256_ = hash_.finish();
  if (auto sent = channel_->send(toText(FileEnd{sha256_})); !sent) fail(sent.error());
}

void FileSender::onMessage(const DataChannelMessage& message) {
  if (finished_) return;
  if (!message.text) return fail(Error(Error::Data, "The receiver sent something that is no answer."));
  auto answer = parseFileMessage(asText(message.data));
  if (!answer) return fail(answer.error());
  if (const auto* received = std::get_if<FileReceived>(&*answer)) {
    acknowledged(*received);
  } else if (const auto* refused = std::get_if<FileRefused>(&*answer)) {
    fail(Error(Error::Operation, "The receiver refused the file: " + refused->why));
  }
}

void FileSender::acknowledged(const FileReceived& received) {
  if (!ended_ || received.bytes != size_ || received.sha256 != sha256_) {
    return fail(Error(Error::Data, "The receiver has another file: its length or SHA-256 differs."));
  }
  finished_ = true;
  observer_.onDone(Direction::send, count());
}

void FileSender::onClose() {
  if (!finished_) fail(Error(Error::Network, "The channel closed before the file was acknowledged."));
}

void FileSender::fail(const Error& error) {
  finished_ = true;
  observer_.onFailed(Direction::send, error);
}

TransferCount FileSender::count() const {
  TransferCount count;
  count.label = channel_->label();
  count.bytes = finished_ ? queued_ : queued_ - std::min<std::uint64_t>(queued_, channel_->bufferedAmount());
  count.total = size_;
  count.messages = messages_;
  count.seconds = stopwatch_.seconds();
  count.sha256 = sha256_;
  return count;
}

}  // namespace portico::command
