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

/// Whether a host binds its sockets before a call may open them: PORTICO_EVENT_SOCKETS_NEEDED asks for it then.
enum class Sockets : std::uint8_t { openAtOnce, takeTime };
/// Between these the other calls work. Errors: InvalidState when it is open already.
Result<void> open(Host& host, Sockets sockets, portico_event_handler handler, void* user);
/// Lets go of all objects, without events.
void close();
/// Null when it is not open.
Host* host();
bool socketsTakeTime();

/// Remembers the sentence for portico_last_error(), and returns what the call returns.
std::int32_t fail(const Error& error);
/// The same where a string is returned.
std::nullptr_t failText(const Error& error);
/// Keeps a string until the next call.
const char* text(std::string value);
const char* text(const json::Json& value);

/// Objects. T is one of Certificate, IceGatherer, IceTransport, DtlsTransport, SctpTransport, PeerConnection,
/// DataChannel, NatDiscovery.
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
std::int32_t watch(const Operation<SessionDescription>& operation, portico_operation number);
std::int32_t watch(const Operation<NatReport>& operation, portico_operation number);

/// Errors: Type for a null pointer, Syntax for what is no JSON.
Result<json::Json> parse(const char* text);

/// The number of an object that was added already, or 0.
template <typename T>
portico_object numberOf(const T& object);

/// Registers an object with its handlers, in the file that is named for it.
portico_object addGatherer(IceGatherer gatherer);
portico_object addIceTransport(IceTransport transport);
portico_object addDtlsTransport(DtlsTransport transport);
/// Channels that the peer opens are told by the transport, or by its peer connection.
enum class ChannelsBy : std::uint8_t { transport, connection };
portico_object addSctpTransport(SctpTransport transport, ChannelsBy channelsBy);

/// Registers a channel and its handlers (data_channel.cc).
portico_object addChannel(DataChannel channel);

}  // namespace portico::capi
