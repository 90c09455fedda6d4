// As Chromium 156 wrote them. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kChromiumData = R"sdp(v=0
o=- 6226929217330224185 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:2138791052 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 39604 typ host generation 0 network-cost 999
a=candidate:2013868092 1 udp 2113942271 c788690c-6f22-4fa2-8369-8eb098c05c0b.local 54108 typ host generation 0 network-cost 999
a=ice-ufrag:j98w
a=ice-pwd:Uj6JIRuVKQZkPVC5wVN7Tq83
a=ice-options:trickle
a=fingerprint:sha-256 7A:D3:C1:6E:16:55:82:B9:9C:97:44:11:52:DC:E9:99:85:E5:D1:50:70:A5:78:B6:4F:E2:B9:28:42:CA:F0:B8
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
)sdp";

inline constexpr std::string_view kChromiumMedia = R"sdp(v=0
o=- 8196899078765872542 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:2002635311 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 38707 typ host generation 0 network-cost 999
a=candidate:3157986255 1 udp 2113942271 c788690c-6f22-4fa2-8369-8eb098c05c0b.local 39345 typ host generation 0 network-cost 999
a=ice-ufrag:PPSz
a=ice-pwd:SoAVlj7vKaaZo/dBY80nX+7a
a=ice-options:trickle
a=fingerprint:sha-256 0B:95:B5:7B:4E:23:8A:C6:11:E8:EC:66:0F:3A:CF:FF:63:1B:13:8C:73:5C:20:36:59:FD:EF:14:D9:2C:8B:BF
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendrecv
a=msid:- 5ab80546-9c15-4e55-879a-e17f27e04392
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=ssrc:2589174810 cname:NGLpvtp4KJ8cyDVg
a=ssrc:2589174810 msid:- 5ab80546-9c15-4e55-879a-e17f27e04392
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:PPSz
a=ice-pwd:SoAVlj7vKaaZo/dBY80nX+7a
a=ice-options:trickle
a=fingerprint:sha-256 0B:95:B5:7B:4E:23:8A:C6:11:E8:EC:66:0F:3A:CF:FF:63:1B:13:8C:73:5C:20:36:59:FD:EF:14:D9:2C:8B:BF
a=setup:actpass
a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendrecv
a=msid:- 0f4a8dd2-76e4-465c-acc6-f45c1400b7d6
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=ssrc-group:FID 2863007634 2339108595
a=ssrc:2863007634 cname:NGLpvtp4KJ8cyDVg
a=ssrc:2863007634 msid:- 0f4a8dd2-76e4-465c-acc6-f45c1400b7d6
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:PPSz
a=ice-pwd:SoAVlj7vKaaZo/dBY80nX+7a
a=ice-options:trickle
a=fingerprint:sha-256 0B:95:B5:7B:4E:23:8A:C6:11:E8:EC:66:0F:3A:CF:FF:63:1B:13:8C:73:5C:20:36:59:FD:EF:14:D9:2C:8B:BF
a=setup:actpass
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
)sdp";

inline constexpr std::string_view kChromiumMediaAnswer = R"sdp(v=0
o=- 8027838563670268312 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:2052564254 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 41399 typ host generation 0 network-cost 999
a=ice-ufrag:kThk
a=ice-pwd:c6b1WfQfZKI5UzUiq1EIYukR
a=ice-options:trickle
a=fingerprint:sha-256 AA:EE:28:D7:BC:A4:1D:5B:7D:C0:2F:7E:9B:F2:19:C6:66:FD:2A:F9:85:89:B2:FE:46:45:26:4D:8C:EF:E8:4A
a=setup:active
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=inactive
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:kThk
a=ice-pwd:c6b1WfQfZKI5UzUiq1EIYukR
a=ice-options:trickle
a=fingerprint:sha-256 AA:EE:28:D7:BC:A4:1D:5B:7D:C0:2F:7E:9B:F2:19:C6:66:FD:2A:F9:85:89:B2:FE:46:45:26:4D:8C:EF:E8:4A
a=setup:active
a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=inactive
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:kThk
a=ice-pwd:c6b1WfQfZKI5UzUiq1EIYukR
a=ice-options:trickle
a=fingerprint:sha-256 AA:EE:28:D7:BC:A4:1D:5B:7D:C0:2F:7E:9B:F2:19:C6:66:FD:2A:F9:85:89:B2:FE:46:45:26:4D:8C:EF:E8:4A
a=setup:active
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
)sdp";

inline constexpr std::string_view kChromiumStopped = R"sdp(v=0
o=- 42237102135497405 3 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 1 2
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:448693364 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 33277 typ host generation 0 network-cost 999
a=candidate:3520611732 1 udp 2113942271 c788690c-6f22-4fa2-8369-8eb098c05c0b.local 54981 typ host generation 0 network-cost 999
a=ice-ufrag:P9IT
a=ice-pwd:ROdhYC3uC4Iba0Zpx2qdkXv5
a=ice-options:trickle
a=fingerprint:sha-256 F0:E5:D3:EF:6D:CE:69:0A:30:C6:1B:5A:E1:2F:39:D4:23:43:17:39:D8:34:F4:D0:17:2B:87:E0:2E:C0:F8:78
a=setup:actpass
a=mid:0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=inactive
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 104 107 108 109 114 115 116 117 39 40 45 46 98 99 100 101 118 119 120
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:448693364 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 55483 typ host generation 0 network-cost 999
a=candidate:3520611732 1 udp 2113942271 c788690c-6f22-4fa2-8369-8eb098c05c0b.local 37164 typ host generation 0 network-cost 999
a=ice-ufrag:P9IT
a=ice-pwd:ROdhYC3uC4Iba0Zpx2qdkXv5
a=ice-options:trickle
a=fingerprint:sha-256 F0:E5:D3:EF:6D:CE:69:0A:30:C6:1B:5A:E1:2F:39:D4:23:43:17:39:D8:34:F4:D0:17:2B:87:E0:2E:C0:F8:78
a=setup:actpass
a=mid:1
a=extmap:14 urn:ietf:params:rtp-hdrext:toffset
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=sendrecv
a=msid:- 1e8afe52-a374-4dc2-9d13-d245e13d1498
a=rtcp-mux
a=rtcp-rsize
a=rtcp-xr:rcvr-rtt=all
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=ssrc-group:FID 2933492102 735133556
a=ssrc:2933492102 cname:Aa3AY3mtcLrsXqqJ
a=ssrc:2933492102 msid:- 1e8afe52-a374-4dc2-9d13-d245e13d1498
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:448693364 1 udp 2113937151 9f48c287-e845-48a9-b57b-4177e988f0d3.local 49378 typ host generation 0 network-cost 999
a=candidate:3520611732 1 udp 2113942271 c788690c-6f22-4fa2-8369-8eb098c05c0b.local 43897 typ host generation 0 network-cost 999
a=ice-ufrag:P9IT
a=ice-pwd:ROdhYC3uC4Iba0Zpx2qdkXv5
a=ice-options:trickle
a=fingerprint:sha-256 F0:E5:D3:EF:6D:CE:69:0A:30:C6:1B:5A:E1:2F:39:D4:23:43:17:39:D8:34:F4:D0:17:2B:87:E0:2E:C0:F8:78
a=setup:actpass
a=mid:2
a=sctp-port:5000
a=max-message-size:262144
)sdp";

}  // namespace portico::sdp::vectors
