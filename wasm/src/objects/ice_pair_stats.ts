// What RTCIceTransport.getStats() tells.

/** Of W3C's RTCIceCandidatePairStats, for the selected pair. Times in seconds. */
export interface RTCIceTransportPairStats {
  requestsSent: number;
  requestsReceived: number;
  responsesSent: number;
  responsesReceived: number;
  consentRequestsSent: number;
  currentRoundTripTime: number;
  totalRoundTripTime: number;
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
  packetsDiscarded: number;
}

export const noPairStats: RTCIceTransportPairStats = {
  requestsSent: 0,
  requestsReceived: 0,
  responsesSent: 0,
  responsesReceived: 0,
  consentRequestsSent: 0,
  currentRoundTripTime: 0,
  totalRoundTripTime: 0,
  packetsSent: 0,
  packetsReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  packetsDiscarded: 0,
};
