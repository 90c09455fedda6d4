// A file descriptor that closes itself, and the few calls that a transfer makes on it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "portico/platform/bytes.h"
#include "portico/platform/result.h"

namespace portico::command {

class FileHandle {
 public:
  /// Errors: Operation, with the system's reason; Type for what is no regular file.
  static Result<FileHandle> openToRead(const std::string& path);
  /// Makes the file, or empties it.
  static Result<FileHandle> openToWrite(const std::string& path);

  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle() { close(); }

  [[nodiscard]] std::uint64_t size() const;
  /// Fills `buffer` unless the file ends before. Returns the number of bytes.
  Result<std::size_t> read(MutableByteView buffer);
  Result<void> write(ByteView bytes);
  void close();

 private:
  explicit FileHandle(int fd) : fd_(fd) {}
  int fd_ = -1;
};

/// All of a small file, a PEM for instance. Errors: as openToRead(); Range over `maxBytes`.
Result<std::string> readSmallFile(const std::string& path, std::size_t maxBytes);

}  // namespace portico::command
