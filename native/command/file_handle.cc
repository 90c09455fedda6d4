#include "native/command/file_handle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace portico::command {
namespace {

Error systemError(const std::string& what) {
  return Error(Error::Operation, what + ": " + std::generic_category().message(errno) + ".");
}

}  // namespace

Result<FileHandle> FileHandle::openToRead(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd_ < 0) return systemError(path);
  struct stat status {};
  if (::fstat(file.fd_, &status) != 0) return systemError(path);
  if (!S_ISREG(status.st_mode)) return Error(Error::Type, path + " is no regular file.");
  return file;
}

Result<FileHandle> FileHandle::openToWrite(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.fd_ < 0) return systemError(path);
  return file;
}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

std::uint64_t FileHandle::size() const {
  struct stat status {};
  return ::fstat(fd_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Result<std::size_t> FileHandle::read(MutableByteView buffer) {
  std::size_t total = 0;
  while (total < buffer.size()) {
    const ssize_t count = ::read(fd_, buffer.data() + total, buffer.size() - total);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemError("The file can't be read");
    if (count == 0) break;
    total += static_cast<std::size_t>(count);
  }
  return total;
}

Result<void> FileHandle::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return systemError("The file can't be written");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

void FileHandle::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::string> readSmallFile(const std::string& path, std::size_t maxBytes) {
  auto file = FileHandle::openToRead(path);
  if (!file) return file.error();
  if (file->size() > maxBytes) return Error(Error::Range, path + " is too long.");
  std::string text(static_cast<std::size_t>(file->size()), '\0');
  auto count = file->read(std::as_writable_bytes(std::span<char>(text.data(), text.size())));
  if (!count) return count.error();
  text.resize(*count);
  return text;
}

}  // namespace portico::command
