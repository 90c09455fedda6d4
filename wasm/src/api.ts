// The package's names, the same in Node and in a page.
export type { PorticoErrorName } from "./errors.js";
export {
  RTCError,
  type RTCErrorDetailType,
  RTCErrorEvent,
  type RTCErrorInit,
  RTCPeerConnectionIceErrorEvent,
  type RTCPeerConnectionIceErrorEventInit,
} from "./events.js";
export type { Handler, Listener, ListenerOptions } from "./target.js";
export { setDefaultTransport } from "./objects/binding.js";
export { RTCCertificate, type RTCCertificateAlgorithm } from "./objects/certificate.js";
export type {
  PorticoConfiguration,
  RTCBundlePolicy,
  RTCConfiguration,
  RTCRtcpMuxPolicy,
} from "./objects/configuration.js";
export {
  type BinaryType,
  RTCDataChannel,
  type RTCDataChannelCounters,
  type RTCDataChannelMessageEvent,
  type RTCDataChannelState,
} from "./objects/data_channel.js";
export { RTCDataChannelEvent } from "./objects/data_channel_event.js";
export type { RTCDataChannelInit, RTCPriorityType } from "./objects/data_channel_init.js";
export type { Sendable } from "./objects/send_queue.js";
export { RTCDtlsTransport, type RTCDtlsTransportState } from "./objects/dtls_transport.js";
export {
  RTCIceCandidate,
  type RTCIceCandidateInit,
  type RTCIceCandidateType,
  type RTCIceProtocol,
  type RTCIceServerTransportProtocol,
  type RTCIceTcpCandidateType,
} from "./objects/ice_candidate.js";
export {
  RTCNetworkChangeEvent,
  type RTCNetworkChangeEventInit,
  RTCPeerConnectionIceEvent,
  type RTCPeerConnectionIceEventInit,
} from "./objects/ice_event.js";
export { RTCIceGatherer, type RTCIceGathererOptions, type RTCIceGathererState } from "./objects/ice_gatherer.js";
export {
  discoverNatBehaviour,
  type NatAnswer,
  type NatBehaviour,
  type NatDependence,
  type NatDiscoveryOptions,
  type NatEndpoint,
  type NatReport,
} from "./objects/nat_discovery.js";
export type { RTCIceTransportPolicy, RTCMdnsPolicy, RTCNetworkChangePolicy } from "./objects/gather_options.js";
export type { RTCIceTransportPairStats } from "./objects/ice_pair_stats.js";
export {
  type RTCIceCandidatePair,
  type RTCIceGatherOptions,
  type RTCIceRole,
  type RTCIceStartRole,
  RTCIceTransport,
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
  RTCPeerConnection,
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
  type RTCSignalingState,
} from "./objects/peer_connection.js";
export {
  type RTCAnswerOptions,
  type RTCLocalSessionDescriptionInit,
  type RTCOfferOptions,
  type RTCSdpType,
  RTCSessionDescription,
  type RTCSessionDescriptionInit,
} from "./objects/session_description.js";
export { type RTCStats, RTCStatsReport, type RTCStatsType } from "./objects/stats_report.js";
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
  NetworkAddresses,
  OutgoingBatch,
  ReceivedDatagram,
  TransportProblem,
  UdpReceiver,
  UdpSocket,
  UdpTransport,
  Stream,
  StreamReceiver,
  StreamRequest,
} from "./transports/transport.js";
