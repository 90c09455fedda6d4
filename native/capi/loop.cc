// The C API's loop on POSIX: portico_init() to portico_shutdown().
#include <memory>
#include <system_error>

#include "core/capi/context.h"
#include "portico/native/loop.h"

using namespace portico;

namespace {
std::unique_ptr<Loop>& loop() {
  static std::unique_ptr<Loop> the;
  return the;
}
}  // namespace

int32_t portico_init(portico_event_handler handler, void* user) {
  if (loop()) return capi::fail(Error(Error::InvalidState, "portico_init() was called before."));
  try {
    loop() = std::make_unique<Loop>();
  } catch (const std::system_error& error) {
    return capi::fail(Error(Error::QuotaExceeded, error.what()));
  }
  const Result<void> opened = capi::open(*loop(), capi::Sockets::openAtOnce, handler, user);
  return opened ? 0 : capi::fail(opened.error());
}

int32_t portico_run(int32_t timeout_ms) {
  if (!loop()) return capi::fail(Error(Error::InvalidState, "Call portico_init() first."));
  loop()->runOnce(std::chrono::milliseconds(timeout_ms < 0 ? 0 : timeout_ms));
  return 0;
}

void portico_wake(void) {
  if (loop()) loop()->post([] {});
}

void portico_shutdown(void) {
  capi::close();
  // What the objects' ends have deferred goes with the loop.
  loop().reset();
}
