#include "portico/platform/result.h"

namespace portico {

std::string_view Error::name() const {
  switch (code) {
    case InvalidState:
      return "InvalidStateError";
    case Syntax:
      return "SyntaxError";
    case Type:
      return "TypeError";
    case Range:
      return "RangeError";
    case Operation:
      return "OperationError";
    case NotSupported:
      return "NotSupportedError";
    case Network:
      return "NetworkError";
    case Timeout:
      return "TimeoutError";
    case QuotaExceeded:
      return "QuotaExceededError";
    case Data:
      return "DataError";
    case Closed:
      return "AbortError";
    case InvalidAccess:
      return "InvalidAccessError";
    case InvalidModification:
      return "InvalidModificationError";
  }
  return "OperationError";
}

}  // namespace portico
