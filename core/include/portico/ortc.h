// All of Portico's transport objects.
#pragma once

#include "portico/certificate.h"      // IWYU pragma: export
#include "portico/data_channel.h"     // IWYU pragma: export
#include "portico/dtls_transport.h"   // IWYU pragma: export
#include "portico/ice_gatherer.h"     // IWYU pragma: export
#include "portico/ice_transport.h"    // IWYU pragma: export
#include "portico/nat_discovery.h"    // IWYU pragma: export
#include "portico/operation.h"        // IWYU pragma: export
#include "portico/parameters.h"       // IWYU pragma: export
#include "portico/peer_connection.h"  // IWYU pragma: export
#include "portico/sctp_transport.h"   // IWYU pragma: export
#include "portico/sharing_host.h"     // IWYU pragma: export
