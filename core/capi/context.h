// What the C API's calls share: the host, the objects by number, the caller's event handler, and the strings that were
// returned last. portico.h has the thread rule: there is one of it in a process, because there is one usrsctp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/json/json.h"
#include "portico/ortc.h"
#include "portico/portico.h"

namespace portico::capi {

/// Between these the other calls work. Errors: InvalidState when it is open already.
Result<void> open(Host& host, portico_event_handler handler, void* user);
/// Lets go of all objects, without events.
void close();
/// Null when it is not open.
Host* host();

/// Remembers the sentence for portico_last_error(), and returns what the call returns.
std::int32_t fail(const Error& error);
/// The same where a string is returned.
std::nullptr_t failText(const Error& error);
/// Keeps a string until the next call.
const char* text(std::string value);
const char* text(const json::Json& value);

/// Objects. T is one of Certificate, IceGatherer, IceTransport, DtlsTransport, SctpTransport, DataChannel.
template <typename T>
portico_object add(T object);
/// Null, and the error is remembered, when `object` is no T.
template <typename T>
T* find(portico_object object);

/// Only from the host's loop. Nothing for an object that was released.
void emit(portico_event_type type, portico_object object, std::int32_t number = 0, std::string_view data = {});
void emitError(portico_object object, const Error& error);

/// A failure that is known at once is the call's own; what comes later is an event with the caller's number.
std::int32_t watch(const Operation<void>& operation, portico_operation number);

/// Errors: Type for a null pointer, Syntax for what is no JSON.
Result<json::Json> parse(const char* text);

/// Registers a channel and its handlers (data_channel.cc).
portico_object addChannel(DataChannel channel);

}  // namespace portico::capi
