#include "core/sdp/attribute.h"

namespace portico::sdp {

Result<Attribute> parseAttribute(std::string_view text) {
  const std::size_t colon = text.find(':');
  Attribute attribute;
  attribute.name = text.substr(0, colon);
  // Old hands and old RFCs' examples have a space behind the colon.
  if (colon != std::string_view::npos) {
    attribute.value = trimmed(text.substr(colon + 1));
  } else {
    attribute.name = trimmed(attribute.name);
  }
  if (!isToken(attribute.name)) return malformed("the name of the attribute is not a token (RFC 8866 section 5.13)");
  return attribute;
}

}  // namespace portico::sdp
