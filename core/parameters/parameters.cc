// The names that W3C and ORTC give to roles and states.
#include "portico/parameters.h"

namespace portico {

std::string_view toString(DtlsRole role) {
  switch (role) {
    case DtlsRole::automatic:
      return "auto";
    case DtlsRole::client:
      return "client";
    case DtlsRole::server:
      return "server";
  }
  return "";
}

std::string_view toString(IceRole role) {
  switch (role) {
    case IceRole::controlling:
      return "controlling";
    case IceRole::controlled:
      return "controlled";
  }
  return "";
}

std::string_view toString(IceGathererState state) {
  switch (state) {
    case IceGathererState::fresh:
      return "new";
    case IceGathererState::gathering:
      return "gathering";
    case IceGathererState::complete:
      return "complete";
    case IceGathererState::closed:
      return "closed";
  }
  return "";
}

std::string_view toString(IceTransportState state) {
  switch (state) {
    case IceTransportState::fresh:
      return "new";
    case IceTransportState::checking:
      return "checking";
    case IceTransportState::connected:
      return "connected";
    case IceTransportState::completed:
      return "completed";
    case IceTransportState::disconnected:
      return "disconnected";
    case IceTransportState::failed:
      return "failed";
    case IceTransportState::closed:
      return "closed";
  }
  return "";
}

std::string_view toString(DtlsTransportState state) {
  switch (state) {
    case DtlsTransportState::fresh:
      return "new";
    case DtlsTransportState::connecting:
      return "connecting";
    case DtlsTransportState::connected:
      return "connected";
    case DtlsTransportState::closed:
      return "closed";
    case DtlsTransportState::failed:
      return "failed";
  }
  return "";
}

std::string_view toString(SctpTransportState state) {
  switch (state) {
    case SctpTransportState::connecting:
      return "connecting";
    case SctpTransportState::connected:
      return "connected";
    case SctpTransportState::closed:
      return "closed";
  }
  return "";
}

std::string_view toString(DataChannelState state) {
  switch (state) {
    case DataChannelState::connecting:
      return "connecting";
    case DataChannelState::open:
      return "open";
    case DataChannelState::closing:
      return "closing";
    case DataChannelState::closed:
      return "closed";
  }
  return "";
}

}  // namespace portico
