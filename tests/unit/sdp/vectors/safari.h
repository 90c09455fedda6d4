// In the form of Safari 17, and of Safari 12. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kSafariData = R"sdp(v=0
o=- 2263957345207365201 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:842163049 1 udp 1677729535 203.0.113.7 61203 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999
a=candidate:3735216934 1 udp 2113937151 0f6f1f0e-5c9b-4f3a-9b53-2c1de6bb0d41.local 61203 typ host generation 0 network-cost 999
a=ice-ufrag:Hk2x
a=ice-pwd:vYd3ZpIuDkU3kkN7fHq/2h0C
a=ice-options:trickle
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
)sdp";

inline constexpr std::string_view kSafariMedia = R"sdp(v=0
o=- 5718436920183345612 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS F5a4d1de-3a51-4b90-8f09-fc28f0f3be21
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:842163049 1 udp 1677729535 203.0.113.7 61203 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999
a=candidate:3735216934 1 udp 2113937151 0f6f1f0e-5c9b-4f3a-9b53-2c1de6bb0d41.local 61203 typ host generation 0 network-cost 999
a=ice-ufrag:Hk2x
a=ice-pwd:vYd3ZpIuDkU3kkN7fHq/2h0C
a=ice-options:trickle
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=setup:actpass
a=mid:0
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:F5a4d1de-3a51-4b90-8f09-fc28f0f3be21 c1f0ad4c-4c52-43a9-8e54-1f2ad04c6bd1
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:842163049 1 udp 1677729535 203.0.113.7 61203 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999
a=candidate:3735216934 1 udp 2113937151 0f6f1f0e-5c9b-4f3a-9b53-2c1de6bb0d41.local 61203 typ host generation 0 network-cost 999
a=ice-ufrag:Hk2x
a=ice-pwd:vYd3ZpIuDkU3kkN7fHq/2h0C
a=ice-options:trickle
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=setup:actpass
a=mid:1
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:F5a4d1de-3a51-4b90-8f09-fc28f0f3be21 c1f0ad4c-4c52-43a9-8e54-1f2ad04c6bd1
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 H264/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 nack pli
a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:842163049 1 udp 1677729535 203.0.113.7 61203 typ srflx raddr 0.0.0.0 rport 0 generation 0 network-cost 999
a=candidate:3735216934 1 udp 2113937151 0f6f1f0e-5c9b-4f3a-9b53-2c1de6bb0d41.local 61203 typ host generation 0 network-cost 999
a=ice-ufrag:Hk2x
a=ice-pwd:vYd3ZpIuDkU3kkN7fHq/2h0C
a=ice-options:trickle
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=setup:actpass
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
)sdp";

inline constexpr std::string_view kSafari12Data = R"sdp(v=0
o=- 8391203984710293847 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE data
a=msid-semantic: WMS
m=application 61203 DTLS/SCTP 5000
c=IN IP4 203.0.113.7
b=AS:30
a=candidate:842163049 1 udp 1677729535 203.0.113.7 61203 typ srflx raddr 192.0.2.33 rport 61203 generation 0 network-cost 50
a=ice-ufrag:9fQz
a=ice-pwd:vYd3ZpIuDkU3kkN7fHq/2h0C
a=ice-options:trickle
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=setup:actpass
a=mid:data
a=sctpmap:5000 webrtc-datachannel 1024
)sdp";

}  // namespace portico::sdp::vectors
