// As aiortc 1.4 wrote them. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kAiortcData = R"sdp(v=0
o=- 4004600814 4004600814 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
a=msid-semantic:WMS *
m=application 45748 DTLS/SCTP 5000
c=IN IP4 192.0.2.2
a=mid:0
a=sctpmap:5000 webrtc-datachannel 65535
a=max-message-size:65536
a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 45748 typ host
a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 50896 typ host
a=end-of-candidates
a=ice-ufrag:bxAn
a=ice-pwd:XvrsRij7KeKR73OdKbVEMR
a=fingerprint:sha-256 B4:D9:25:FA:8D:F1:09:C4:96:38:99:66:D2:68:57:8D:B3:93:CF:97:FB:00:95:F0:B4:39:48:28:84:57:A8:49
a=setup:actpass
)sdp";

inline constexpr std::string_view kAiortcMedia = R"sdp(v=0
o=- 4004600814 4004600814 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0 1 2
a=msid-semantic:WMS *
m=audio 32873 UDP/TLS/RTP/SAVPF 96 0 8
c=IN IP4 192.0.2.2
a=sendrecv
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=mid:0
a=msid:28daaf86-8885-4025-ae11-d9cf28fa6d2e 848fcdb9-3e06-4d75-ae55-695d04d32e3f
a=rtcp:9 IN IP4 0.0.0.0
a=rtcp-mux
a=ssrc:1530237341 cname:a688718e-410b-4d1e-b35c-7613cef377c5
a=rtpmap:96 opus/48000/2
a=rtpmap:0 PCMU/8000
a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 32873 typ host
a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 59828 typ host
a=end-of-candidates
a=ice-ufrag:dfPA
a=ice-pwd:Yvd90vgcMIcl5uDdgjxe1r
a=fingerprint:sha-256 19:E2:78:93:74:56:C5:CA:8D:50:D3:3C:FC:43:B4:01:B7:11:E4:01:76:5E:1C:89:22:92:69:5A:A5:4E:6C:55
a=setup:actpass
m=video 39188 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102
c=IN IP4 192.0.2.2
a=sendrecv
a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=mid:1
a=msid:28daaf86-8885-4025-ae11-d9cf28fa6d2e 7e2aa6e2-8e5e-4c38-835e-b22464c0a2aa
a=rtcp:9 IN IP4 0.0.0.0
a=rtcp-mux
a=ssrc-group:FID 670828959 2296687508
a=ssrc:670828959 cname:a688718e-410b-4d1e-b35c-7613cef377c5
a=ssrc:2296687508 cname:a688718e-410b-4d1e-b35c-7613cef377c5
a=rtpmap:97 VP8/90000
a=rtcp-fb:97 nack
a=rtcp-fb:97 nack pli
a=rtpmap:98 rtx/90000
a=fmtp:98 apt=97
a=fmtp:99 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 39188 typ host
a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 54345 typ host
a=end-of-candidates
a=ice-ufrag:BSMu
a=ice-pwd:JY3UX3gihp37eek606uzWa
a=fingerprint:sha-256 19:E2:78:93:74:56:C5:CA:8D:50:D3:3C:FC:43:B4:01:B7:11:E4:01:76:5E:1C:89:22:92:69:5A:A5:4E:6C:55
a=setup:actpass
m=application 52600 DTLS/SCTP 5000
c=IN IP4 192.0.2.2
a=mid:2
a=sctpmap:5000 webrtc-datachannel 65535
a=max-message-size:65536
a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 52600 typ host
a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 39386 typ host
a=end-of-candidates
a=ice-ufrag:zZJj
a=ice-pwd:swionAG7Mm9cN56y9ZBMl1
a=fingerprint:sha-256 19:E2:78:93:74:56:C5:CA:8D:50:D3:3C:FC:43:B4:01:B7:11:E4:01:76:5E:1C:89:22:92:69:5A:A5:4E:6C:55
a=setup:actpass
)sdp";

inline constexpr std::string_view kAiortcAnswer = R"sdp(v=0
o=- 4004600814 4004600814 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
a=msid-semantic:WMS *
m=application 60175 DTLS/SCTP 5000
c=IN IP4 192.0.2.2
a=mid:0
a=sctpmap:5000 webrtc-datachannel 65535
a=max-message-size:65536
a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 udp 2130706431 192.0.2.2 60175 typ host
a=candidate:d0bcf3d9c29a2bc887618212a1623bfa 1 udp 2130706431 fd00::2 51028 typ host
a=end-of-candidates
a=ice-ufrag:jmZp
a=ice-pwd:z3iMSNEnn2TmqTBMarbO7a
a=fingerprint:sha-256 9C:93:68:EF:71:D6:43:C0:6A:3F:C4:90:09:BD:8F:F8:7A:3C:CC:97:A9:99:AE:F6:C7:19:3D:76:17:35:5F:C6
a=setup:active
)sdp";

}  // namespace portico::sdp::vectors
