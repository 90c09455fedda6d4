#include "core/json/nat_discovery.h"

#include "core/capi/context.h"
#include "core/doctor/letter.h"

using namespace portico;

portico_object portico_nat_discovery_create(const char* options) {
  if (capi::host() == nullptr) return capi::fail(Error(Error::InvalidState, "Call portico_init() first."));
  const auto parsed = capi::parse(options);
  if (!parsed) return capi::fail(parsed.error());
  auto read = json::natDiscoveryOptionsFrom(*parsed);
  if (!read) return capi::fail(read.error());
  return capi::add(NatDiscovery(*capi::host(), std::move(*read)));
}

int32_t portico_nat_discovery_discover(portico_object discovery, portico_operation operation) {
  auto* found = capi::find<NatDiscovery>(discovery);
  return found ? capi::watch(found->discover(), operation) : -PORTICO_INVALID_STATE_ERROR;
}

const char* portico_doctor_letter(const char* facts) {
  const auto parsed = capi::parse(facts);
  return parsed ? capi::text(doctor::diagnose(*parsed)) : capi::failText(parsed.error());
}
