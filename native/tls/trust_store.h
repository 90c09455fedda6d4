// The certificate authorities that this machine trusts: those of OpenSSL, curl and the rest, from the same files.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "portico/platform/result.h"

namespace portico::tls {

/// Of one file: a store of 150 authorities is a quarter of a megabyte.
inline constexpr std::size_t kMaxStoreFileBytes = 16 * 1024 * 1024;
/// Of a folder in which each authority has a file.
inline constexpr std::size_t kMaxStoreFiles = 4'096;

/// Belongs to one thread: what verifying works out about a key is kept with the key.
class TrustStore {
 public:
  /// Reads and parses, which takes some milliseconds. SSL_CERT_FILE and SSL_CERT_DIR name a file and folders (with
  /// colons between) instead of the system's, as they do for OpenSSL. Error::Network when there is no authority, with
  /// where it was looked for.
  static Result<std::shared_ptr<TrustStore>> load();

  TrustStore();
  ~TrustStore();
  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;

  [[nodiscard]] std::size_t size() const;

  struct Certificates;
  /// For the files of this folder.
  [[nodiscard]] Certificates& certificates() { return *certificates_; }

 private:
  Result<void> fill();
  /// False: it can't be read, and errno says why. What in it is no certificate, or is there already, is passed over.
  bool addFile(const std::string& path);
  void addFolder(const std::string& path);

  std::unique_ptr<Certificates> certificates_;
  std::set<std::string> pemBlocks_;  ///< while it is filled: a folder has most files twice, and those of the file again
};

}  // namespace portico::tls
