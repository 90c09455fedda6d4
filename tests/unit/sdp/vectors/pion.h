// In the form of pion 4, and of a pion 2 that is ICE lite. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kPionData = R"sdp(v=0
o=- 7446520180351043586 1733829123 IN IP4 0.0.0.0
s=-
t=0 0
a=msid-semantic:WMS*
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=extmap-allow-mixed
a=group:BUNDLE 0
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:0
a=sendrecv
a=sctp-port:5000
a=max-message-size:1073741823
a=ice-ufrag:kTBTmNUcLnVLqClk
a=ice-pwd:tHkXzqWvNJmPcRyLdSbGfQaEuMoViZwT
a=candidate:2515472137 1 udp 2130706431 192.0.2.33 50421 typ host
a=candidate:2515472137 2 udp 2130706431 192.0.2.33 50421 typ host
a=candidate:1106230853 1 udp 1694498815 203.0.113.7 50421 typ srflx raddr 0.0.0.0 rport 50421
a=candidate:1106230853 2 udp 1694498815 203.0.113.7 50421 typ srflx raddr 0.0.0.0 rport 50421
a=end-of-candidates
)sdp";

inline constexpr std::string_view kPionMedia = R"sdp(v=0
o=- 7446520180351043586 1733829123 IN IP4 0.0.0.0
s=-
t=0 0
a=msid-semantic:WMS*
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=extmap-allow-mixed
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:0
a=ice-ufrag:kTBTmNUcLnVLqClk
a=ice-pwd:tHkXzqWvNJmPcRyLdSbGfQaEuMoViZwT
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=sendrecv
a=candidate:2515472137 1 udp 2130706431 192.0.2.33 50421 typ host
a=candidate:2515472137 2 udp 2130706431 192.0.2.33 50421 typ host
a=candidate:1106230853 1 udp 1694498815 203.0.113.7 50421 typ srflx raddr 0.0.0.0 rport 50421
a=candidate:1106230853 2 udp 1694498815 203.0.113.7 50421 typ srflx raddr 0.0.0.0 rport 50421
a=end-of-candidates
m=video 9 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:1
a=ice-ufrag:kTBTmNUcLnVLqClk
a=ice-pwd:tHkXzqWvNJmPcRyLdSbGfQaEuMoViZwT
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb 
a=rtcp-fb:96 nack pli
a=sendrecv
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:2
a=sendrecv
a=sctp-port:5000
a=max-message-size:1073741823
a=ice-ufrag:kTBTmNUcLnVLqClk
a=ice-pwd:tHkXzqWvNJmPcRyLdSbGfQaEuMoViZwT
)sdp";

inline constexpr std::string_view kPion2Lite = R"sdp(v=0
o=- 298374623 1581947612 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=ice-lite:ice-lite
a=group:BUNDLE 1
m=audio 0 UDP/TLS/RTP/SAVPF 0
m=application 9 DTLS/SCTP 5000
c=IN IP4 0.0.0.0
a=setup:active
a=mid:1
a=sendrecv
a=sctpmap:5000 webrtc-datachannel 1024
a=ice-ufrag:kTBTmNUcLnVLqClk
a=ice-pwd:tHkXzqWvNJmPcRyLdSbGfQaEuMoViZwT
a=candidate:foundation 1 udp 2130706431 192.0.2.33 50421 typ host generation 0
a=candidate:foundation 2 udp 2130706431 192.0.2.33 50421 typ host generation 0
a=end-of-candidates
)sdp";

}  // namespace portico::sdp::vectors
