// What a socket knows of one permitted destination.
#pragma once

#include "native/bridge/relay/consent.h"
#include "portico/platform/socket_address.h"

namespace portico::bridge {

struct Flow {
  SocketAddress remote;   ///< normalised
  SocketAddress written;  ///< as the client spelled it last, which is how a refusal names it
  Consent consent;
  std::uint64_t context = 0;    ///< for datagrams from there to the client; 0: the uncompressed one
  bool contextRefused = false;  ///< the client closed one of ours: it wants none
};

}  // namespace portico::bridge
