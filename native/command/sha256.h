// SHA-256 (FIPS 180-4) of a file as it passes by.
//
// It runs on the loop's thread, beside the transfer, so it has to be much faster than the wire: with the processor's
// SHA instructions it does about 1.5 GB/s, and 256 MiB cost 0.2 s. Without them mbedTLS's portable code does the work
// at about 250 MB/s. A worker thread would hide that, but brings queues and a second kind of failure for processors
// that are ten years old.
#pragma once

#include <memory>
#include <string>

#include "portico/platform/bytes.h"

namespace portico::command {

class Sha256 {
 public:
  enum class Engine { fastest, portable };

  explicit Sha256(Engine engine = Engine::fastest);
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(ByteView bytes);
  /// 64 lower-case hex digits. The last call.
  std::string finish();

 private:
  class Digest;
  class PortableDigest;
  class ShaNiDigest;
  std::unique_ptr<Digest> digest_;
};

}  // namespace portico::command
