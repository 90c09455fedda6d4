#include "core/capi/context.h"
#include "core/json/parameters.h"

using namespace portico;

namespace {

portico_object added(Result<Certificate> certificate) {
  return certificate ? capi::add(std::move(*certificate)) : capi::fail(certificate.error());
}

Error notOpen() {
  return {Error::InvalidState, "Call portico_init() first."};
}

}  // namespace

portico_object portico_certificate_generate(void) {
  if (capi::host() == nullptr) return capi::fail(notOpen());
  return added(Certificate::generate(*capi::host()));
}

portico_object portico_certificate_from_pem(const char* certificate, const char* key) {
  if (capi::host() == nullptr) return capi::fail(notOpen());
  if (certificate == nullptr || key == nullptr) {
    return capi::fail(Error(Error::Type, "A certificate needs its PEM and that of its key."));
  }
  return added(Certificate::fromPem(certificate, key, *capi::host()));
}

const char* portico_certificate_pem(portico_object certificate) {
  const auto* found = capi::find<Certificate>(certificate);
  return found ? capi::text(found->certificatePem()) : nullptr;
}

const char* portico_certificate_key_pem(portico_object certificate) {
  const auto* found = capi::find<Certificate>(certificate);
  return found ? capi::text(found->privateKeyPem()) : nullptr;
}

const char* portico_certificate_fingerprints(portico_object certificate) {
  const auto* found = capi::find<Certificate>(certificate);
  return found ? capi::text(json::toJson(found->fingerprints())) : nullptr;
}

double portico_certificate_expires(portico_object certificate) {
  const auto* found = capi::find<Certificate>(certificate);
  return found ? static_cast<double>(found->expires()) : -PORTICO_INVALID_STATE_ERROR;
}
