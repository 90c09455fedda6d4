// User fragments and passwords: made, checked, and put together for one run of ICE (RFC 8445 §5.3, §7.2.2).
#pragma once

#include <string>

#include "core/ice/agent.h"

namespace portico::ice {

/// Fills what is empty: 4 and 22 ice-chars, 24 and 132 random bits (RFC 8445 §5.3 asks for 24 and 128).
void fillCredentials(IceParameters& parameters, Random& random);

/// The four strings that one ICE session (RFC 8445 §9: until a restart) authenticates with.
struct Credentials {
  std::string localUfrag;
  std::string localPassword;
  std::string remoteUfrag;
  std::string remotePassword;
  std::string checkUsername;  ///< "remote:local", what our checks carry

  void setRemote(const IceParameters& remote);
};

}  // namespace portico::ice
