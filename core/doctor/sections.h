// The letter's sections that tell what was found.
#pragma once

#include "core/doctor/facts.h"
#include "core/doctor/page.h"

namespace portico::doctor {

void writeMachine(Page& page, const Facts& facts);
void writeBridge(Page& page, const Facts& facts);
void writeServers(Page& page, const Facts& facts);
void writeNat(Page& page, const Facts& facts);

}  // namespace portico::doctor
