// What the WebAssembly module exports: core/include/portico/portico.h and wasm/module.h, by their names.

/** An address in the module's memory. */
export type Pointer = number;
/** A positive object, or minus a portico_error. */
export type ObjectOrError = number;
/** 0, or minus a portico_error. */
export type Status = number;

export interface ModuleExports {
  readonly memory: WebAssembly.Memory;

  portico_version(): Pointer;
  portico_error_name(error: number): Pointer;
  portico_last_error(): Pointer;
  portico_error_line(): number;
  portico_release(object: number): Status;

  portico_certificate_generate(): ObjectOrError;
  portico_certificate_from_pem(certificate: Pointer, key: Pointer): ObjectOrError;
  portico_certificate_pem(certificate: number): Pointer;
  portico_certificate_key_pem(certificate: number): Pointer;
  portico_certificate_fingerprints(certificate: number): Pointer;
  portico_certificate_expires(certificate: number): number;

  portico_ice_candidate(json: Pointer): Pointer;

  portico_ice_gatherer_create(options: Pointer): ObjectOrError;
  portico_ice_gatherer_gather(gatherer: number, servers: Pointer, operation: number): Status;
  portico_ice_gatherer_state(gatherer: number): Pointer;
  portico_ice_gatherer_local_parameters(gatherer: number): Pointer;
  portico_ice_gatherer_local_candidates(gatherer: number): Pointer;
  portico_ice_gatherer_close(gatherer: number): Status;
  portico_default_ice_servers(): Pointer;
  portico_set_default_ice_servers(servers: Pointer): Status;

  portico_nat_discovery_create(options: Pointer): ObjectOrError;
  portico_nat_discovery_discover(discovery: number, operation: number): Status;

  portico_ice_transport_create(gatherer: number): ObjectOrError;
  portico_ice_transport_start(transport: number, parameters: Pointer, role: Pointer, operation: number): Status;
  portico_ice_transport_restart(transport: number): Pointer;
  portico_ice_transport_add_remote_candidate(transport: number, candidate: Pointer, operation: number): Status;
  portico_ice_transport_state(transport: number): Pointer;
  portico_ice_transport_role(transport: number): Pointer;
  portico_ice_transport_local_candidates(transport: number): Pointer;
  portico_ice_transport_remote_candidates(transport: number): Pointer;
  portico_ice_transport_remote_parameters(transport: number): Pointer;
  portico_ice_transport_selected_pair(transport: number): Pointer;
  portico_ice_transport_stats(transport: number): Pointer;
  portico_ice_transport_stop(transport: number, operation: number): Status;

  portico_dtls_transport_create(iceTransport: number, certificate: number): ObjectOrError;
  portico_dtls_transport_start(transport: number, parameters: Pointer, operation: number): Status;
  portico_dtls_transport_state(transport: number): Pointer;
  portico_dtls_transport_local_parameters(transport: number): Pointer;
  portico_dtls_transport_remote_parameters(transport: number): Pointer;
  portico_dtls_transport_remote_certificate_count(transport: number): number;
  portico_dtls_transport_remote_certificate(transport: number, index: number, data: Pointer): number;
  portico_dtls_transport_cipher_suite(transport: number): Pointer;
  portico_dtls_transport_certificate(transport: number): ObjectOrError;
  portico_dtls_transport_stop(transport: number, operation: number): Status;

  portico_sctp_transport_create(dtlsTransport: number, options: Pointer): ObjectOrError;
  portico_sctp_transport_start(transport: number, capabilities: Pointer, remotePort: number, operation: number): Status;
  portico_sctp_transport_state(transport: number): Pointer;
  portico_sctp_transport_capabilities(): Pointer;
  portico_sctp_transport_port(transport: number): number;
  portico_sctp_transport_is_server(transport: number): number;
  portico_sctp_transport_max_channels(transport: number): number;
  portico_sctp_transport_max_message_size(transport: number): number;
  portico_sctp_transport_drained(transport: number): number;
  portico_sctp_transport_stop(transport: number, operation: number): Status;

  portico_sctp_transport_dtls_transport(transport: number): ObjectOrError;
  portico_dtls_transport_ice_transport(transport: number): ObjectOrError;
  portico_ice_transport_gatherer(transport: number): ObjectOrError;

  portico_peer_connection_create(configuration: Pointer): ObjectOrError;
  portico_peer_connection_create_offer(connection: number, options: Pointer, operation: number): Status;
  portico_peer_connection_create_answer(connection: number, options: Pointer, operation: number): Status;
  portico_peer_connection_set_local_description(connection: number, description: Pointer, operation: number): Status;
  portico_peer_connection_set_remote_description(connection: number, description: Pointer, operation: number): Status;
  portico_peer_connection_add_ice_candidate(connection: number, candidate: Pointer, operation: number): Status;
  portico_peer_connection_restart_ice(connection: number): Status;
  portico_peer_connection_current_local_description(connection: number): Pointer;
  portico_peer_connection_pending_local_description(connection: number): Pointer;
  portico_peer_connection_current_remote_description(connection: number): Pointer;
  portico_peer_connection_pending_remote_description(connection: number): Pointer;
  portico_peer_connection_ice_gathering_state(connection: number): Pointer;
  portico_peer_connection_can_trickle_ice_candidates(connection: number): number;
  portico_peer_connection_set_configuration(connection: number, configuration: Pointer): Status;
  portico_peer_connection_sctp(connection: number): ObjectOrError;
  portico_peer_connection_create_data_channel(connection: number, parameters: Pointer): ObjectOrError;
  portico_peer_connection_stats(connection: number): Pointer;
  portico_peer_connection_close(connection: number): Status;

  portico_data_channel_create(sctpTransport: number, parameters: Pointer): ObjectOrError;
  portico_data_channel_parameters(channel: number): Pointer;
  portico_data_channel_state(channel: number): Pointer;
  portico_data_channel_id(channel: number): number;
  portico_data_channel_send(channel: number, data: Pointer, bytes: number, text: number): Status;
  portico_data_channel_buffered_amount(channel: number): number;
  portico_data_channel_buffered_amount_low_threshold(channel: number): number;
  portico_data_channel_set_buffered_amount_low_threshold(channel: number, bytes: number): Status;
  portico_data_channel_stats(channel: number): Pointer;
  portico_data_channel_close(channel: number): Status;

  portico_wasm_init(): void;
  portico_wasm_run(): void;
  portico_wasm_allocate(bytes: number): Pointer;
  portico_wasm_free(memory: Pointer): void;
  portico_wasm_offer_socket(socket: number, address: Pointer, port: number, loopback: number): void;
  portico_wasm_withdraw_sockets(): void;
  portico_wasm_peer_connection_gather(connection: number): Status;
  portico_wasm_network_changed(object: number, added: Pointer, removed: Pointer): Status;
  portico_wasm_receive_area(count: number, bytes: number): Pointer;
  portico_wasm_receive(socket: number, count: number): void;
  portico_wasm_socket_failed(socket: number, message: Pointer): void;
  portico_wasm_stream_opened(stream: number): void;
  portico_wasm_stream_received(stream: number, bytes: number): void;
  portico_wasm_stream_writable(stream: number): void;
  portico_wasm_stream_closed(stream: number, message: Pointer): void;
  portico_wasm_resolved(query: number, addresses: Pointer, message: Pointer): void;
}

/** The exports that return a text about one object: the ones that an object remembers when it is let go of. */
export type TextGetter = {
  [Name in keyof ModuleExports]: ModuleExports[Name] extends (object: number) => Pointer
    ? Name extends `portico_wasm_${string}` | "portico_ice_candidate" | "portico_error_name"
      ? never
      : Name
    : never;
}[keyof ModuleExports];

/** portico_event_type */
export const EventType = {
  operation: 1,
  stateChange: 2,
  iceCandidate: 3,
  iceCandidateError: 4,
  selectedPair: 5,
  error: 6,
  dataChannel: 7,
  open: 8,
  message: 9,
  bufferedAmountLow: 10,
  closing: 11,
  close: 12,
  negotiationNeeded: 13,
  socketsNeeded: 14,
  networkChange: 15,
} as const;

/** portico_peer_state */
export const PeerState = {
  signaling: 1,
  iceGathering: 2,
  iceConnection: 3,
  connection: 4,
} as const;
