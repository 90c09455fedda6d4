// The attributes of ICE and DTLS that stand at session level or in a section.
#pragma once

#include <optional>

#include "core/sdp/attribute.h"
#include "core/sdp/session.h"

namespace portico::sdp {

/// Takes the attribute if it is one of them.
std::optional<Error> readTransportAttribute(const Attribute& attribute, TransportAttributes& transport);

/// Gives the section what it does not say itself. Attribute by attribute, for that is how RFC 8122 §5, RFC 8839 §5.4
/// and RFC 8842 §5 have it; the two halves of the ICE credentials are one.
void inherit(TransportAttributes& own, const TransportAttributes& session);

}  // namespace portico::sdp
