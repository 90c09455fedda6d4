#include "core/sdp/attribute.h"

namespace portico::sdp {

Result<Attribute> parseAttribute(std::string_view text) {
  const std::size_t colon = text.find(':');
  Attribute attribute{trimmed(text.substr(0, colon))};
  // RFC 8122's own example has a space behind the colon.
  if (colon != std::string_view::npos) attribute.value = trimmed(text.substr(colon + 1));
  if (!isToken(attribute.name)) return malformed("the name of the attribute is not a token (RFC 8866 section 5.13)");
  return attribute;
}

}  // namespace portico::sdp
