#include "native/tls/trust_store.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "native/tls/trust_store_impl.h"

namespace portico::tls {
namespace {

/// In one file. The first that is there is the system's.
constexpr std::array<const char*, 7> kSystemFiles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",                   // older ones
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // macOS, OpenBSD, FreeBSD, Alpine
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD's ca_root_nss
    "/etc/openssl/certs/ca-certificates.crt",             // NetBSD
};
/// With a file for each; looked at where there is none of the above.
constexpr std::array<const char*, 4> kSystemFolders{"/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/openssl/certs",
                                                    "/system/etc/security/cacerts"};

constexpr const char* kBegin = "-----BEGIN CERTIFICATE-----";
constexpr const char* kEnd = "-----END CERTIFICATE-----";

/// Empty: not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> splitAtColons(const std::string& list) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < list.size()) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    if (end > begin) {
      parts.push_back(list.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return parts;
}

Error noStore(const std::string& why) {
  return {Error::Network, "TLS servers can't be verified: " + why};
}

}  // namespace

TrustStore::TrustStore() : certificates_(std::make_unique<Certificates>()) {}
TrustStore::~TrustStore() = default;

Result<std::shared_ptr<TrustStore>> TrustStore::load() {
  auto store = std::make_shared<TrustStore>();
  Result<void> filled = store->fill();
  store->pemBlocks_.clear();
  if (!filled) {
    return filled.error();
  }
  return store;
}

Result<void> TrustStore::fill() {
  const std::string file = environment("SSL_CERT_FILE");
  const std::string folders = environment("SSL_CERT_DIR");
  if (!file.empty() && !addFile(file)) {
    return noStore("SSL_CERT_FILE names " + file + ", which can't be read (" + std::strerror(errno) + ")");
  }
  for (const std::string& folder : splitAtColons(folders)) {
    addFolder(folder);
  }
  if (!file.empty() || !folders.empty()) {
    if (size() == 0) {
      return noStore("there is no certificate in what SSL_CERT_FILE and SSL_CERT_DIR name");
    }
    return {};
  }
  for (std::size_t i = 0; i < kSystemFiles.size() && size() == 0; ++i) {
    addFile(kSystemFiles[i]);
  }
  for (std::size_t i = 0; i < kSystemFolders.size() && size() == 0; ++i) {
    addFolder(kSystemFolders[i]);
  }
  if (size() == 0) {
    return noStore(
        "this machine has no store of certificate authorities at any of the usual places. Install one "
        "(ca-certificates), or let SSL_CERT_FILE name a file of them");
  }
  return {};
}

std::size_t TrustStore::size() const {
  std::size_t count = 0;
  for (const mbedtls_x509_crt* each = &certificates_->chain; each != nullptr; each = each->next) {
    count += each->version != 0 ? 1 : 0;
  }
  return count;
}

bool TrustStore::addFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 64 * 1024> piece;
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxStoreFileBytes) {
      errno = EFBIG;
      return false;
    }
  }
  if (!file.eof()) {
    return false;
  }
  for (std::size_t begin = text.find(kBegin); begin != std::string::npos; begin = text.find(kBegin, begin)) {
    const std::size_t end = std::min(text.find(kEnd, begin), text.size());
    const auto [block, isNew] = pemBlocks_.insert(text.substr(begin, end - begin) + kEnd + '\n');
    begin = end;
    if (isNew) {
      // The NUL at its end tells that it is PEM, and counts.
      const auto* bytes = reinterpret_cast<const unsigned char*>(block->c_str());
      mbedtls_x509_crt_parse(&certificates_->chain, bytes, block->size() + 1);
    }
  }
  return true;
}

void TrustStore::addFolder(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    return;
  }
  std::size_t files = 0;
  for (const dirent* entry = ::readdir(folder); entry != nullptr && files < kMaxStoreFiles; entry = ::readdir(folder)) {
    const std::string file = path + "/" + entry->d_name;
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      addFile(file);
      ++files;
    }
  }
  ::closedir(folder);
}

}  // namespace portico::tls
