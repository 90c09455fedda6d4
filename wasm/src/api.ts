// The package's names, the same in Node and in a page.
export type { PorticoErrorName } from "./errors.js";
export {
  RTCDataChannelEvent,
  type RTCDataChannelMessageEvent,
  RTCError,
  type RTCErrorDetailType,
  RTCErrorEvent,
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
  RTCPeerConnectionIceEvent,
} from "./events.js";
export type { Handler, Listener, ListenerOptions } from "./target.js";
export { setDefaultTransport } from "./objects/binding.js";
export { RTCCertificate } from "./objects/certificate.js";
export {
  type BinaryType,
  RTCDataChannel,
  type RTCDataChannelCounters,
  type RTCDataChannelInit,
  type RTCDataChannelState,
  type RTCPriorityType,
} from "./objects/data_channel.js";
export type { Sendable } from "./objects/send_queue.js";
export { RTCDtlsTransport, type RTCDtlsTransportState } from "./objects/dtls_transport.js";
export {
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceCandidateType,
  type RTCIceProtocol,
  type RTCIceTcpCandidateType,
} from "./objects/ice_candidate.js";
export {
  RTCIceGatherer,
  type RTCIceGathererOptions,
  type RTCIceGathererState,
  type RTCIceTransportPolicy,
} from "./objects/ice_gatherer.js";
export {
  type RTCIceCandidatePair,
  type RTCIceGatherOptions,
  type RTCIceRole,
  RTCIceTransport,
  type RTCIceTransportPairStats,
  type RTCIceTransportState,
} from "./objects/ice_transport.js";
export {
  RTCDtlsFingerprint,
  type RTCDtlsFingerprintInit,
  RTCDtlsParameters,
  type RTCDtlsParametersInit,
  type RTCDtlsRole,
  RTCIceParameters,
  type RTCIceParametersInit,
  RTCIceServer,
  type RTCIceServerInit,
  RTCSctpCapabilities,
  type RTCSctpCapabilitiesInit,
} from "./objects/parameters.js";
export {
  RTCSctpTransport,
  type RTCSctpTransportOptions,
  type RTCSctpTransportState,
} from "./objects/sctp_transport.js";
export { BridgeTransport, type BridgeTransportOptions } from "./transports/bridge.js";
export { SharedTransport } from "./transports/shared.js";
export { type Endpoint, EndpointTable } from "./transports/endpoint.js";
export type {
  BindRequest,
  OutgoingBatch,
  ReceivedDatagram,
  TransportProblem,
  UdpReceiver,
  UdpSocket,
  UdpTransport,
} from "./transports/transport.js";
