// Tests of TLS have an authority of their own, which SSL_CERT_FILE makes the one that this machine trusts.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>

#include "tests/unit/native/tls_server.h"

namespace portico::test {

/// A file that is gone with it.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) {
    std::string name = testing::TempDir() + "portico-XXXXXX";
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path) << text;
  }
  ~TemporaryFile() { ::unlink(path.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  std::string path;
};

/// An environment variable for as long as it lives; the machine's own comes back.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// What a store is read from: a file, folders, or where both are empty, the system's.
class StoreVariables {
 public:
  explicit StoreVariables(const std::string& file, const std::string& folders = "")
      : file_("SSL_CERT_FILE", file), folders_("SSL_CERT_DIR", folders) {}

 private:
  Environment file_;
  Environment folders_;
};

struct Trust {
  TestCertificate authority{{.subject = "Test authority", .authority = true}};
  TemporaryFile file{authority.pem()};
  StoreVariables variables{file.path};

  [[nodiscard]] TestCertificate issue(const CertificateOptions& options = {}) const {
    return TestCertificate(options, &authority);
  }
};

}  // namespace portico::test
