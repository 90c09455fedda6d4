// Randomness of the system.
#pragma once

#include "portico/platform/bytes.h"

namespace portico {

/// Fills `out` with bytes fit for keys. Waits if the system has not gathered enough yet, as it may shortly after
/// booting.
void fillRandom(MutableByteView out);

}  // namespace portico
