// As libdatachannel 0.24 wrote them. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kLibdatachannelData = R"sdp(v=0
o=rtc 138072178 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:sha-256 49:D7:B5:F0:EF:67:A9:62:70:7D:BD:57:D8:C4:3A:51:7E:2C:5E:33:F6:F6:9F:AE:6A:ED:8F:B7:FE:BF:98:3A
m=application 41667 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=mid:0
a=sendrecv
a=sctp-port:5000
a=max-message-size:262144
a=setup:actpass
a=ice-ufrag:PQRM
a=ice-pwd:P6mynoKnnxKhEanAtjmHD4
a=candidate:2 1 UDP 2116026111 fd00::2 41667 typ host
a=candidate:1 1 UDP 2114977791 192.0.2.2 41667 typ host
a=end-of-candidates
)sdp";

inline constexpr std::string_view kLibdatachannelMedia = R"sdp(v=0
o=rtc 2675898565 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE audio video 0
a=group:LS audio video
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:sha-256 3B:56:CA:63:79:49:D1:7C:2D:BA:5E:3B:B9:CA:A1:82:14:D3:B6:0F:25:50:81:2C:39:18:93:E1:82:7C:FF:19
m=audio 60105 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.0.2.2
a=mid:audio
a=sendrecv
a=ssrc:42 cname:cname
a=ssrc:42 msid:stream track
a=msid:stream track
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=setup:actpass
a=ice-ufrag:mb+r
a=ice-pwd:Xzcv0FtF9HBox33Y5c7Xte
a=candidate:2 1 UDP 2116026111 fd00::2 60105 typ host
a=candidate:1 1 UDP 2114977791 192.0.2.2 60105 typ host
a=end-of-candidates
m=video 60105 UDP/TLS/RTP/SAVPF 102
c=IN IP4 192.0.2.2
a=mid:video
a=sendrecv
a=rtcp-mux
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=fmtp:102 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=setup:actpass
a=ice-ufrag:mb+r
a=ice-pwd:Xzcv0FtF9HBox33Y5c7Xte
m=application 60105 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=mid:0
a=sendrecv
a=sctp-port:5000
a=max-message-size:262144
a=setup:actpass
a=ice-ufrag:mb+r
a=ice-pwd:Xzcv0FtF9HBox33Y5c7Xte
)sdp";

inline constexpr std::string_view kLibdatachannelMediaAnswer = R"sdp(v=0
o=rtc 331413418 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE audio video 0
a=group:LS audio video
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:sha-256 52:F7:36:63:46:B1:20:29:52:B1:B6:AA:52:6E:88:EC:FF:78:EA:A9:B0:94:C1:67:B4:96:AE:DE:17:5C:FE:98
m=audio 60772 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.0.2.2
a=mid:audio
a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=setup:active
a=ice-ufrag:C5Jg
a=ice-pwd:kGupwUJhHM+k7Rh6HTs07r
a=candidate:2 1 UDP 2116026111 fd00::2 60772 typ host
a=candidate:1 1 UDP 2114977791 192.0.2.2 60772 typ host
a=end-of-candidates
m=video 60772 UDP/TLS/RTP/SAVPF 102
c=IN IP4 192.0.2.2
a=mid:video
a=sendrecv
a=rtcp-mux
a=rtpmap:102 H264/90000
a=rtcp-fb:102 nack
a=rtcp-fb:102 nack pli
a=fmtp:102 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=setup:active
a=ice-ufrag:C5Jg
a=ice-pwd:kGupwUJhHM+k7Rh6HTs07r
m=application 60772 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=mid:0
a=sendrecv
a=sctp-port:5000
a=max-message-size:262144
a=setup:active
a=ice-ufrag:C5Jg
a=ice-pwd:kGupwUJhHM+k7Rh6HTs07r
)sdp";

}  // namespace portico::sdp::vectors
