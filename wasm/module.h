/* The border between the WebAssembly module and its host, beside portico/portico.h: what the module imports (module
 * "portico"), and what it exports for the host's own part. wasm/src/module.ts is the other side.
 *
 * Turns. The host calls in with an event of its own (datagrams, a timer, a user's call). What the core wants to do
 * after the caller's code has returned it asks for with portico_js_schedule(): the host then calls portico_wasm_run()
 * in a microtask. Events come out only from inside portico_wasm_run() and portico_wasm_receive().
 *
 * Batches. Datagrams cross in one call for each direction. Received ones are written once, by the host, into the memory
 * that portico_wasm_receive_area() gives; ones to send lie where the DTLS session sealed them, and are the host's to
 * read until portico_js_udp_send() returns.
 *
 * Sockets. Binding takes time in JavaScript and none in the core. So the host binds first and offers what it has bound
 * (portico_wasm_offer_socket) right before portico_ice_gatherer_gather() or portico_ice_transport_restart(), and
 * portico_wasm_withdraw_sockets() right after tells it, by portico_js_udp_close(), which were not taken.
 *
 * Streams. The module numbers them. The host tells what became of each by portico_wasm_stream_*, never from inside
 * portico_js_tcp_open(); a host, or a transport, that has none answers with portico_wasm_stream_closed(). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PORTICO_IMPORT(name) __attribute__((import_module("portico"), import_name(name)))
#define PORTICO_EXPORT(name) __attribute__((export_name(name), visibility("default")))

/* One datagram, in the order of a batch; 32 bytes, little-endian. */
typedef struct portico_wasm_datagram {
  uint8_t address[16]; /* network byte order; IPv4 in the first four */
  uint16_t port;
  uint16_t family;  /* 4 or 6 */
  uint32_t bytes;   /* of the payload */
  uint32_t payload; /* where it lies in the module's memory */
  uint32_t reserved;
} portico_wasm_datagram;

#ifdef __cplusplus
extern "C" {
#endif

/* Imports ---------------------------------------------------------------------------------------------------------- */

/* A portico_event, member by member. */
PORTICO_IMPORT("event")
void portico_js_event(int32_t type, int32_t object, int32_t number, const uint8_t* data, size_t bytes);
/* Milliseconds, monotonic. */
PORTICO_IMPORT("now") double portico_js_now(void);
/* Seconds since 1970 UTC. */
PORTICO_IMPORT("unix_seconds") double portico_js_unix_seconds(void);
/* crypto.getRandomValues. */
PORTICO_IMPORT("random") void portico_js_random(uint8_t* out, size_t bytes);
/* portico_wasm_run() is wanted after the code that runs now. */
PORTICO_IMPORT("schedule") void portico_js_schedule(void);
/* The one timer: portico_wasm_run() is wanted in so many milliseconds; negative: no more. */
PORTICO_IMPORT("set_timer") void portico_js_set_timer(double delay_ms);
PORTICO_IMPORT("udp_send") void portico_js_udp_send(int32_t socket, const portico_wasm_datagram* batch, size_t count);
/* A socket in a multicast group, on the interface that `socket` is bound to: its number, or 0 where that can't be had.
 */
PORTICO_IMPORT("multicast_open") int32_t portico_js_multicast_open(int32_t socket, const char* group, int32_t port);
PORTICO_IMPORT("udp_close") void portico_js_udp_close(int32_t socket);
/* Connects to a TURN server by the transport of `socket` (0: none), and over TLS if there is a name for its certificate
 * to have. `address` is an IP literal. */
PORTICO_IMPORT("tcp_open")
void portico_js_tcp_open(int32_t stream, int32_t socket, const char* address, int32_t port,
                         const char* tls_server_name);
/* Takes all, also before the stream is open, and returns 1; or too much waits, and portico_wasm_stream_writable() tells
 * when to try again. */
PORTICO_IMPORT("tcp_send") int32_t portico_js_tcp_send(int32_t stream, const uint8_t* data, size_t bytes);
PORTICO_IMPORT("tcp_close") void portico_js_tcp_close(int32_t stream);
/* A name (no IP literal) to look up; portico_wasm_resolved() answers. */
PORTICO_IMPORT("resolve") void portico_js_resolve(int32_t query, const char* name);
PORTICO_IMPORT("cancel_resolve") void portico_js_cancel_resolve(int32_t query);
/* The memory can't grow by what is needed. Throws; the module is of no use afterwards. */
PORTICO_IMPORT("out_of_memory") __attribute__((noreturn)) void portico_js_out_of_memory(size_t bytes);

/* Exports ---------------------------------------------------------------------------------------------------------- */

/* Once, before all else. */
PORTICO_EXPORT("portico_wasm_init") void portico_wasm_init(void);
/* Due timers, then what was asked for with portico_js_schedule(). */
PORTICO_EXPORT("portico_wasm_run") void portico_wasm_run(void);
/* Memory for the caller's texts and messages; never NULL. */
PORTICO_EXPORT("portico_wasm_allocate") void* portico_wasm_allocate(size_t bytes);
PORTICO_EXPORT("portico_wasm_free") void portico_wasm_free(void* memory);

/* `socket` is the host's own number, above 0; `address` an IP literal. */
PORTICO_EXPORT("portico_wasm_offer_socket")
void portico_wasm_offer_socket(int32_t socket, const char* address, int32_t port, int32_t loopback);
PORTICO_EXPORT("portico_wasm_withdraw_sockets") void portico_wasm_withdraw_sockets(void);
/* The answer to PORTICO_EVENT_SOCKETS_NEEDED, between offers and their withdrawal: an RTCPeerConnection gathers. 0, or
 * minus a portico_error. */
PORTICO_EXPORT("portico_wasm_peer_connection_gather") int32_t portico_wasm_peer_connection_gather(int32_t connection);
/* The machine's networks have changed, for a gatherer or an RTCPeerConnection: IP literals with blanks between. Sockets
 * of those removed have been reported as failed; for those added there may be offers, to be withdrawn after. */
PORTICO_EXPORT("portico_wasm_network_changed")
int32_t portico_wasm_network_changed(int32_t object, const char* added, const char* removed);
/* Room for `count` portico_wasm_datagram, and behind them `bytes` of payloads. Of any earlier area no more is used. */
PORTICO_EXPORT("portico_wasm_receive_area")
portico_wasm_datagram* portico_wasm_receive_area(size_t count, size_t bytes);
/* The area's first `count` datagrams came to `socket`. */
PORTICO_EXPORT("portico_wasm_receive") void portico_wasm_receive(int32_t socket, size_t count);
/* The socket is of no more use: `message` says why. The host has closed it. */
PORTICO_EXPORT("portico_wasm_socket_failed") void portico_wasm_socket_failed(int32_t socket, const char* message);
/* Of no stream that is closed anything is told. */
PORTICO_EXPORT("portico_wasm_stream_opened") void portico_wasm_stream_opened(int32_t stream);
/* The first `bytes` of the receive area, which was asked for without datagrams, came on it. */
PORTICO_EXPORT("portico_wasm_stream_received") void portico_wasm_stream_received(int32_t stream, size_t bytes);
PORTICO_EXPORT("portico_wasm_stream_writable") void portico_wasm_stream_writable(int32_t stream);
/* It never opened, or has ended: `message` says why. The host has closed it. */
PORTICO_EXPORT("portico_wasm_stream_closed") void portico_wasm_stream_closed(int32_t stream, const char* message);
/* addresses: IP literals with blanks between; none: `message` says why. */
PORTICO_EXPORT("portico_wasm_resolved")
void portico_wasm_resolved(int32_t query, const char* addresses, const char* message);

#ifdef __cplusplus
}
#endif
