#include "core/capi/context.h"

#include <unordered_map>
#include <variant>

#include "core/json/nat_discovery.h"
#include "core/json/peer_connection.h"

namespace portico::capi {
namespace {

using Object = std::variant<Certificate, IceGatherer, IceTransport, DtlsTransport, SctpTransport, PeerConnection,
                            DataChannel, NatDiscovery>;

struct Context {
  Host* host = nullptr;
  Sockets sockets = Sockets::openAtOnce;
  portico_event_handler handler = nullptr;
  void* user = nullptr;
  std::unordered_map<portico_object, Object> objects;
  portico_object last = 0;  // never falls, so that a number of before close() names nothing after the next open()
  std::string lastError;
  std::int32_t errorLine = 0;
  std::string lastText;
};

Context& context() {
  static Context the;
  return the;
}

void tell(portico_event_type type, portico_object object, std::int32_t number, std::string_view data) {
  const Context& the = context();
  if (the.handler == nullptr) return;
  const portico_event event{type, object, number,
                            reinterpret_cast<const std::uint8_t*>(data.data() == nullptr ? "" : data.data()),
                            data.size()};
  the.handler(the.user, &event);
}

std::int32_t numberOf(const Error& error) {
  static_assert(Error::InvalidState + 1 == PORTICO_INVALID_STATE_ERROR &&
                Error::InvalidModification + 1 == PORTICO_INVALID_MODIFICATION_ERROR);
  return static_cast<std::int32_t>(error.code) + 1;
}

void tellFailure(portico_operation operation, const Error& error) {
  context().errorLine = static_cast<std::int32_t>(error.line);
  tell(PORTICO_EVENT_OPERATION, operation, numberOf(error), error.message);
}

}  // namespace

Result<void> open(Host& host, Sockets sockets, portico_event_handler handler, void* user) {
  Context& the = context();
  if (the.host != nullptr) return Error(Error::InvalidState, "Portico's C API is in use already.");
  the.host = &host;
  the.sockets = sockets;
  the.handler = handler;
  the.user = user;
  return {};
}

void close() {
  Context& the = context();
  the.handler = nullptr;
  // An object's end may make calls of its own, so none is looked up while they go.
  const auto objects = std::move(the.objects);
  the.objects.clear();
  the.host = nullptr;
}

Host* host() {
  return context().host;
}

bool socketsTakeTime() {
  return context().sockets == Sockets::takeTime;
}

std::int32_t fail(const Error& error) {
  context().lastError = error.message;
  context().errorLine = static_cast<std::int32_t>(error.line);
  return -numberOf(error);
}

std::nullptr_t failText(const Error& error) {
  (void)fail(error);
  return nullptr;
}

const char* text(std::string value) {
  context().lastText = std::move(value);
  return context().lastText.c_str();
}

const char* text(const json::Json& value) {
  return text(json::toLine(value));
}

template <typename T>
portico_object add(T object) {
  Context& the = context();
  the.objects.emplace(++the.last, std::move(object));
  return the.last;
}

template <typename T>
T* find(portico_object object) {
  Context& the = context();
  const auto found = the.objects.find(object);
  T* is = found == the.objects.end() ? nullptr : std::get_if<T>(&found->second);
  if (is == nullptr) {
    const std::string which = std::to_string(object);
    the.lastError = found == the.objects.end() ? "There is no object " + which + ": it was released, or never made."
                                               : "Object " + which + " is of another kind.";
  }
  return is;
}

template <typename T>
portico_object numberOf(const T& object) {
  for (const auto& [number, other] : context().objects) {
    const T* same = std::get_if<T>(&other);
    if (same && same->impl() == object.impl()) return number;
  }
  return 0;
}

template portico_object numberOf(const IceGatherer&);
template portico_object numberOf(const IceTransport&);
template portico_object numberOf(const DtlsTransport&);
template portico_object numberOf(const SctpTransport&);
template portico_object add(Certificate);
template portico_object add(IceGatherer);
template portico_object add(IceTransport);
template portico_object add(DtlsTransport);
template portico_object add(SctpTransport);
template portico_object add(PeerConnection);
template portico_object add(DataChannel);
template portico_object add(NatDiscovery);
template Certificate* find(portico_object);
template IceGatherer* find(portico_object);
template IceTransport* find(portico_object);
template DtlsTransport* find(portico_object);
template SctpTransport* find(portico_object);
template PeerConnection* find(portico_object);
template DataChannel* find(portico_object);
template NatDiscovery* find(portico_object);

void emit(portico_event_type type, portico_object object, std::int32_t number, std::string_view data) {
  if (context().objects.contains(object)) tell(type, object, number, data);
}

void emitError(portico_object object, const Error& error) {
  emit(PORTICO_EVENT_ERROR, object, numberOf(error), error.message);
}

namespace {

/// `toText` makes the event's data of the result.
template <typename T, typename ToText>
std::int32_t watchWith(const Operation<T>& operation, portico_operation number, ToText toText) {
  if (operation.done() && !operation.result()) return fail(operation.result().error());
  operation.then([number, toText](const Result<T>& result) {
    if (result) {
      tell(PORTICO_EVENT_OPERATION, number, 0, toText(result));
    } else {
      tellFailure(number, result.error());
    }
  });
  return 0;
}

template <typename T>
std::string toLineOf(const Result<T>& result) {
  return json::toLine(json::toJson(*result));
}

}  // namespace

std::int32_t watch(const Operation<void>& operation, portico_operation number) {
  return watchWith(operation, number, [](const Result<void>&) { return std::string(); });
}

std::int32_t watch(const Operation<SessionDescription>& operation, portico_operation number) {
  return watchWith(operation, number, toLineOf<SessionDescription>);
}

std::int32_t watch(const Operation<NatReport>& operation, portico_operation number) {
  return watchWith(operation, number, toLineOf<NatReport>);
}

Result<json::Json> parse(const char* text) {
  if (text == nullptr) return Error(Error::Type, "A JSON text is missing.");
  return json::parseJson(text);
}

}  // namespace portico::capi

using namespace portico;

const char* portico_version(void) {
  return PORTICO_VERSION;
}

const char* portico_error_name(int32_t error) {
  if (error < PORTICO_INVALID_STATE_ERROR || error > PORTICO_INVALID_MODIFICATION_ERROR) return "";
  return Error(static_cast<Error::Code>(error - 1), {}).name().data();
}

const char* portico_last_error(void) {
  return capi::context().lastError.c_str();
}

int32_t portico_error_line(void) {
  return capi::context().errorLine;
}

int32_t portico_release(portico_object object) {
  // Taken out first: its end may make calls that look objects up.
  if (const auto released = capi::context().objects.extract(object)) return 0;
  return capi::fail(Error(Error::InvalidState, "There is no object " + std::to_string(object) + "."));
}
