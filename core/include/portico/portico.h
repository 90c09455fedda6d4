/* Portico's C API: what the WebAssembly module exports, and what other languages bind to. C99.
 *
 * Objects are positive integers, never reused. A call that fails returns minus a portico_error (or NULL where it
 * returns a string), and portico_last_error() has the sentence. Parameters travel as JSON with the members that ORTC
 * and W3C give them: what getLocalParameters() returns here is what start() takes there. Texts are UTF-8 and end with a
 * NUL.
 *
 * Thread rule: all of this belongs to one thread, since usrsctp's state is the process's; portico_wake() alone may be
 * called from any. Re-entrancy: events come only from inside portico_run() (in WebAssembly: from the module's own
 * turn), never from inside the call that caused them, and a handler may make any call but portico_run() and
 * portico_shutdown(). Memory: a string that a call returns lives until the next call; an event's data until its handler
 * returns. */
#ifndef PORTICO_PORTICO_H
#define PORTICO_PORTICO_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define PORTICO_API __attribute__((visibility("default")))
#else
#define PORTICO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
PORTICO_API const char* portico_version(void);

/* Errors ---------------------------------------------------------------------------------------------------------- */

/* Each is a DOMException (or ECMAScript error) of W3C's specifications. */
typedef enum portico_error {
  PORTICO_INVALID_STATE_ERROR = 1,   /* the object is not in a state that allows the call, or there is no such object */
  PORTICO_SYNTAX_ERROR = 2,          /* a string that does not match its grammar */
  PORTICO_TYPE_ERROR = 3,            /* a value out of its type's range, or missing */
  PORTICO_RANGE_ERROR = 4,           /* a number out of range */
  PORTICO_OPERATION_ERROR = 5,       /* it failed for a reason of its own */
  PORTICO_NOT_SUPPORTED_ERROR = 6,   /* understood, but not available here */
  PORTICO_NETWORK_ERROR = 7,         /* a socket or the path failed */
  PORTICO_TIMEOUT_ERROR = 8,         /* it took too long */
  PORTICO_QUOTA_EXCEEDED_ERROR = 9,  /* a named bound was reached */
  PORTICO_DATA_ERROR = 10,           /* malformed data, a PEM for instance */
  PORTICO_ABORT_ERROR = 11,          /* the object was closed before it was done */
  PORTICO_INVALID_ACCESS_ERROR = 12, /* well-formed, but it can't be applied here */
  PORTICO_INVALID_MODIFICATION_ERROR = 13 /* what may not be changed was */
} portico_error;

/* "InvalidStateError" …; "" for a number that is none. */
PORTICO_API const char* portico_error_name(int32_t error);
/* Of the last call that failed: a sentence that a user can act on. */
PORTICO_API const char* portico_last_error(void);
/* Of the last call that failed, or of the PORTICO_EVENT_OPERATION that is being handled: the line of an SDP that is
 * malformed, from 1, or 0. */
PORTICO_API int32_t portico_error_line(void);

/* Events ---------------------------------------------------------------------------------------------------------- */

typedef int32_t portico_object;
/* Chosen by the caller; comes back with PORTICO_EVENT_OPERATION when what it names is done. */
typedef int32_t portico_operation;

typedef enum portico_event_type {
  PORTICO_EVENT_OPERATION = 1,    /* object: the portico_operation; number: 0 or a portico_error; data: sentence, or the
                                   * result as JSON where the call has one */
  PORTICO_EVENT_STATE_CHANGE = 2, /* data: the new state's name; number: which state of an RTCPeerConnection, a
                                   * portico_peer_state */
  PORTICO_EVENT_ICE_CANDIDATE = 3,       /* data: JSON, or nothing when there are no more */
  PORTICO_EVENT_ICE_CANDIDATE_ERROR = 4, /* data: JSON of W3C's RTCPeerConnectionIceErrorEvent */
  PORTICO_EVENT_SELECTED_PAIR = 5,       /* data: JSON {"local":…,"remote":…} */
  PORTICO_EVENT_ERROR = 6,               /* number: a portico_error; data: sentence */
  PORTICO_EVENT_DATA_CHANNEL = 7,        /* number: the new channel; data: its JSON. It is open already */
  PORTICO_EVENT_OPEN = 8,
  PORTICO_EVENT_MESSAGE = 9, /* number: 1 for text, 0 for binary; data: the message */
  PORTICO_EVENT_BUFFERED_AMOUNT_LOW = 10,
  PORTICO_EVENT_CLOSING = 11,
  PORTICO_EVENT_CLOSE = 12,
  PORTICO_EVENT_NEGOTIATION_NEEDED = 13,
  PORTICO_EVENT_SOCKETS_NEEDED = 14, /* WebAssembly only: the host is to offer sockets, see wasm/module.h */
  PORTICO_EVENT_NETWORK_CHANGE = 15  /* of a gatherer or peer connection. data: JSON {"added":[addresses],
                                      * "removed":[addresses],"restartNeeded":bool} */
} portico_event_type;

typedef struct portico_event {
  int32_t type;          /* a portico_event_type */
  portico_object object; /* whom it happened to */
  int32_t number;
  const uint8_t* data; /* not NULL; a NUL follows, but for PORTICO_EVENT_MESSAGE */
  size_t bytes;
} portico_event;

typedef void (*portico_event_handler)(void* user, const portico_event* event);

/* The loop. Native builds only: a WebAssembly module runs on its host's own.
 * -------------------------------------------- */

/* Once before anything else. PORTICO_INVALID_STATE_ERROR when it runs already. */
PORTICO_API int32_t portico_init(portico_event_handler handler, void* user);
/* One turn, which waits at most so long for something to do. */
PORTICO_API int32_t portico_run(int32_t timeout_ms);
/* From any thread between portico_init() and portico_shutdown(): lets a portico_run() that waits return. */
PORTICO_API void portico_wake(void);
/* Closes everything, without events. */
PORTICO_API void portico_shutdown(void);

/* Lets go of an object. What other objects stand on goes on; an object that nothing else uses closes. Events for it
 * end. Returns 0. */
PORTICO_API int32_t portico_release(portico_object object);

/* RTCCertificate --------------------------------------------------------------------------------------------------- */

PORTICO_API portico_object portico_certificate_generate(void);
/* Errors: DATA for what does not parse or match; NOT_SUPPORTED for RSA. */
PORTICO_API portico_object portico_certificate_from_pem(const char* certificate, const char* key);
PORTICO_API const char* portico_certificate_pem(portico_object certificate);
PORTICO_API const char* portico_certificate_key_pem(portico_object certificate);
/* JSON list of RTCDtlsFingerprint. */
PORTICO_API const char* portico_certificate_fingerprints(portico_object certificate);
/* Seconds since 1970 UTC. */
PORTICO_API double portico_certificate_expires(portico_object certificate);

/* RTCIceCandidate -------------------------------------------------------------------------------------------------- */

/* RTCIceCandidateInit or all members as JSON, to all members with "candidate" as JSON. Errors: OPERATION, TYPE. */
PORTICO_API const char* portico_ice_candidate(const char* json);

/* RTCIceGatherer --------------------------------------------------------------------------------------------------- */

/* options, or NULL: JSON {"iceServers":[…],"iceTransportPolicy":"all"|"relay","usernameFragment","password","iceLite",
 * "bindAddresses":[…],"includeLoopback","portRange":[low,high],"tcpCandidates","interfaces":[…],
 * "excludedInterfaces":[…],"mdns":"off"|"resolve"|"hide","networkChangePolicy":"none"|"gather"|"restart"};
 * portico/ice_gatherer.h says what each does. */
PORTICO_API portico_object portico_ice_gatherer_create(const char* options);
/* servers, or NULL: JSON list of RTCIceServer, in place of the options'. */
PORTICO_API int32_t portico_ice_gatherer_gather(portico_object gatherer, const char* servers,
                                                portico_operation operation);
PORTICO_API const char* portico_ice_gatherer_state(portico_object gatherer);
PORTICO_API const char* portico_ice_gatherer_local_parameters(portico_object gatherer);
PORTICO_API const char* portico_ice_gatherer_local_candidates(portico_object gatherer);
PORTICO_API int32_t portico_ice_gatherer_close(portico_object gatherer);
/* Of the process. */
PORTICO_API const char* portico_default_ice_servers(void);
PORTICO_API int32_t portico_set_default_ice_servers(const char* servers);

/* NAT behaviour discovery (RFC 5780) ------------------------------------------------------------------------------- */

/* options: JSON of portico_ice_gatherer_create()'s options, and {"filtering":true,"timeoutMs":10000};
 * portico/nat_discovery.h says what each does. Releasing the object ends it. */
PORTICO_API portico_object portico_nat_discovery_create(const char* options);
/* The operation's result: JSON
 * {"servers":[{"url","addresses":[…],"errorText"}],"behaviours":[{"local":{"address","port"},
 * "mapped":{…}|null,"translated","mapping","filtering","filteringUnknown","answers":[{"url","address","port",
 * "mapped":{…}|null,"otherAddress":{…}|null,"roundTripTime":seconds|null,"errorCode","errorText"}]}]}. mapping and
 * filtering are "endpoint-independent", "address-dependent", "address-and-port-dependent", "dependent" (one of the last
 * two) or "unknown". */
PORTICO_API int32_t portico_nat_discovery_discover(portico_object discovery, portico_operation operation);
/* facts: JSON of what a program has found out about its connectivity (core/doctor/letter.h has the members). JSON
 * {"healthy","letter","findings":[{"id","severity","means","advice"}]}: what it means, and what to do, for people. */
PORTICO_API const char* portico_doctor_letter(const char* facts);

/* RTCIceTransport -------------------------------------------------------------------------------------------------- */

PORTICO_API portico_object portico_ice_transport_create(portico_object gatherer);
/* parameters: JSON of RTCIceParameters. role: "controlling", "controlled", or NULL. */
PORTICO_API int32_t portico_ice_transport_start(portico_object transport, const char* parameters, const char* role,
                                                portico_operation operation);
/* The new RTCIceParameters. */
PORTICO_API const char* portico_ice_transport_restart(portico_object transport);
/* candidate, or NULL for the end: JSON as portico_ice_candidate() takes it. */
PORTICO_API int32_t portico_ice_transport_add_remote_candidate(portico_object transport, const char* candidate,
                                                               portico_operation operation);
PORTICO_API const char* portico_ice_transport_state(portico_object transport);
/* "controlling", "controlled", or "" before it is known. */
PORTICO_API const char* portico_ice_transport_role(portico_object transport);
PORTICO_API const char* portico_ice_transport_local_candidates(portico_object transport);
PORTICO_API const char* portico_ice_transport_remote_candidates(portico_object transport);
/* JSON, or "null". */
PORTICO_API const char* portico_ice_transport_remote_parameters(portico_object transport);
PORTICO_API const char* portico_ice_transport_selected_pair(portico_object transport);
PORTICO_API const char* portico_ice_transport_stats(portico_object transport);
PORTICO_API int32_t portico_ice_transport_stop(portico_object transport, portico_operation operation);

/* RTCDtlsTransport ------------------------------------------------------------------------------------------------- */

/* certificate: 0 for a new one. */
PORTICO_API portico_object portico_dtls_transport_create(portico_object ice_transport, portico_object certificate);
/* parameters: JSON of RTCDtlsParameters. */
PORTICO_API int32_t portico_dtls_transport_start(portico_object transport, const char* parameters,
                                                 portico_operation operation);
PORTICO_API const char* portico_dtls_transport_state(portico_object transport);
PORTICO_API const char* portico_dtls_transport_local_parameters(portico_object transport);
/* JSON, or "null". */
PORTICO_API const char* portico_dtls_transport_remote_parameters(portico_object transport);
/* How many certificates the peer sent; with `index` below that, its DER in *data (until the next call) and its size as
 * the result. */
PORTICO_API int32_t portico_dtls_transport_remote_certificate_count(portico_object transport);
PORTICO_API int32_t portico_dtls_transport_remote_certificate(portico_object transport, int32_t index,
                                                              const uint8_t** data);
/* IANA's name, "" before connected. */
PORTICO_API const char* portico_dtls_transport_cipher_suite(portico_object transport);
/* A new object for the transport's own certificate; release it. */
PORTICO_API portico_object portico_dtls_transport_certificate(portico_object transport);
PORTICO_API int32_t portico_dtls_transport_stop(portico_object transport, portico_operation operation);

/* RTCSctpTransport ------------------------------------------------------------------------------------------------- */

/* options, or NULL: JSON {"port":5000,"maxChannels":1024,"maxMessageSize":262144}. */
PORTICO_API portico_object portico_sctp_transport_create(portico_object dtls_transport, const char* options);
/* capabilities: JSON of RTCSctpCapabilities. remote_port: 5000 by custom. */
PORTICO_API int32_t portico_sctp_transport_start(portico_object transport, const char* capabilities,
                                                 int32_t remote_port, portico_operation operation);
PORTICO_API const char* portico_sctp_transport_state(portico_object transport);
PORTICO_API const char* portico_sctp_transport_capabilities(void);
PORTICO_API int32_t portico_sctp_transport_port(portico_object transport);
/* 1 or 0: aiortc's is_server. */
PORTICO_API int32_t portico_sctp_transport_is_server(portico_object transport);
/* 0 until connected. */
PORTICO_API int32_t portico_sctp_transport_max_channels(portico_object transport);
/* Bytes; 0: any size. */
PORTICO_API double portico_sctp_transport_max_message_size(portico_object transport);
/* 1 when the peer has acknowledged all that was sent. */
PORTICO_API int32_t portico_sctp_transport_drained(portico_object transport);
PORTICO_API int32_t portico_sctp_transport_stop(portico_object transport, portico_operation operation);

/* The transport below: an object as portico_dtls_transport_create() returns, the same one at each call. */
PORTICO_API portico_object portico_sctp_transport_dtls_transport(portico_object transport);
PORTICO_API portico_object portico_dtls_transport_ice_transport(portico_object transport);
PORTICO_API portico_object portico_ice_transport_gatherer(portico_object transport);

/* RTCPeerConnection ------------------------------------------------------------------------------------------------ */

typedef enum portico_peer_state {
  PORTICO_SIGNALING_STATE = 1,
  PORTICO_ICE_GATHERING_STATE = 2,
  PORTICO_ICE_CONNECTION_STATE = 3,
  PORTICO_CONNECTION_STATE = 4
} portico_peer_state;

/* configuration, or NULL: JSON of RTCConfiguration, with the members of portico_ice_gatherer_create()'s options and
 * "sctp" (portico_sctp_transport_create()'s) beside W3C's; "certificates" is a list of objects. Events on a peer
 * connection: STATE_CHANGE, ICE_CANDIDATE, ICE_CANDIDATE_ERROR, NEGOTIATION_NEEDED, DATA_CHANNEL, NETWORK_CHANGE. Those
 * of its transports come on the transports' own objects. */
PORTICO_API portico_object portico_peer_connection_create(const char* configuration);
/* options, or NULL: JSON of RTCOfferOptions. The operation's result: JSON of RTCSessionDescriptionInit. */
PORTICO_API int32_t portico_peer_connection_create_offer(portico_object connection, const char* options,
                                                         portico_operation operation);
PORTICO_API int32_t portico_peer_connection_create_answer(portico_object connection, const char* options,
                                                          portico_operation operation);
/* description: JSON of RTCLocalSessionDescriptionInit (members may be missing, W3C's implicit descriptions), or NULL.
 * The operation's error is SYNTAX with a line for a malformed SDP. */
PORTICO_API int32_t portico_peer_connection_set_local_description(portico_object connection, const char* description,
                                                                  portico_operation operation);
PORTICO_API int32_t portico_peer_connection_set_remote_description(portico_object connection, const char* description,
                                                                   portico_operation operation);
/* candidate: JSON of RTCIceCandidateInit, or NULL for the end of all. */
PORTICO_API int32_t portico_peer_connection_add_ice_candidate(portico_object connection, const char* candidate,
                                                              portico_operation operation);
PORTICO_API int32_t portico_peer_connection_restart_ice(portico_object connection);
/* JSON of RTCSessionDescriptionInit, or "null". */
PORTICO_API const char* portico_peer_connection_local_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_current_local_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_pending_local_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_remote_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_current_remote_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_pending_remote_description(portico_object connection);
PORTICO_API const char* portico_peer_connection_signaling_state(portico_object connection);
PORTICO_API const char* portico_peer_connection_ice_gathering_state(portico_object connection);
PORTICO_API const char* portico_peer_connection_ice_connection_state(portico_object connection);
PORTICO_API const char* portico_peer_connection_connection_state(portico_object connection);
/* 1, 0, or -1 for null: before a remote description. */
PORTICO_API int32_t portico_peer_connection_can_trickle_ice_candidates(portico_object connection);
/* JSON of RTCConfiguration. */
PORTICO_API const char* portico_peer_connection_configuration(portico_object connection);
PORTICO_API int32_t portico_peer_connection_set_configuration(portico_object connection, const char* configuration);
/* The SCTP transport's object, the same one at each call, or 0 while there is none. */
PORTICO_API portico_object portico_peer_connection_sctp(portico_object connection);
/* As portico_data_channel_create(). */
PORTICO_API portico_object portico_peer_connection_create_data_channel(portico_object connection,
                                                                       const char* parameters);
/* JSON list of W3C webrtc-stats dictionaries, without "timestamp": they are of this moment. */
PORTICO_API const char* portico_peer_connection_stats(portico_object connection);
/* Without events on the peer connection, as W3C has it; its channels and transports tell of their end. Idempotent. */
PORTICO_API int32_t portico_peer_connection_close(portico_object connection);

/* RTCDataChannel --------------------------------------------------------------------------------------------------- */

/* parameters: JSON of RTCDataChannelInit with "label". */
PORTICO_API portico_object portico_data_channel_create(portico_object sctp_transport, const char* parameters);
/* JSON of the same; "id" is null until it is known. */
PORTICO_API const char* portico_data_channel_parameters(portico_object channel);
PORTICO_API const char* portico_data_channel_state(portico_object channel);
/* -1 until it is known. */
PORTICO_API int32_t portico_data_channel_id(portico_object channel);
/* text: 1 for a string (UTF-8), 0 for binary. Copies. */
PORTICO_API int32_t portico_data_channel_send(portico_object channel, const void* data, size_t bytes, int32_t text);
PORTICO_API double portico_data_channel_buffered_amount(portico_object channel);
PORTICO_API double portico_data_channel_buffered_amount_low_threshold(portico_object channel);
PORTICO_API int32_t portico_data_channel_set_buffered_amount_low_threshold(portico_object channel, double bytes);
/* JSON of RTCDataChannelStats' counters. */
PORTICO_API const char* portico_data_channel_stats(portico_object channel);
PORTICO_API int32_t portico_data_channel_close(portico_object channel);

#ifdef __cplusplus
}
#endif

#endif
