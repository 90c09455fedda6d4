// As Firefox 153 wrote them, and in the form of Firefox 61. Some lines on codecs are left out.
#pragma once

#include <string_view>

namespace portico::sdp::vectors {

inline constexpr std::string_view kFirefoxData = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-99.0 684943917442422515 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 E4:96:78:26:EE:5E:C0:12:B8:20:2C:3E:63:0D:9C:52:CD:42:92:B8:BB:56:88:0A:15:7B:17:EC:45:EF:1C:CC
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 427c9c52-703a-4d79-8c04-139a61a0a08b.local 36899 typ host
a=candidate:1 1 UDP 2122252543 78beff36-0fef-4b64-9218-de7d26fd2974.local 49824 typ host
a=candidate:2 1 TCP 2105458943 427c9c52-703a-4d79-8c04-139a61a0a08b.local 9 typ host tcptype active
a=candidate:3 1 TCP 2105524479 78beff36-0fef-4b64-9218-de7d26fd2974.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:2fa802774ca303ff87fcbeddbaf6a786
a=ice-ufrag:e0e6993a
a=mid:0
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
)sdp";

inline constexpr std::string_view kFirefoxMedia = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-99.0 6568522138737209747 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 F1:43:CD:06:8B:6D:A2:E3:3F:8A:01:11:F5:43:1B:C6:B3:6A:FE:A0:E9:99:C0:FE:E8:AF:32:BA:F7:AC:5F:F2
a=group:BUNDLE 0 1 2
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 9e43d0fd-7a61-437c-b455-855b5e8a6532.local 41840 typ host
a=candidate:1 1 UDP 2122252543 d5d6f363-7868-4171-8a15-1438ca5a9be0.local 42511 typ host
a=candidate:2 1 TCP 2105458943 9e43d0fd-7a61-437c-b455-855b5e8a6532.local 9 typ host tcptype active
a=candidate:3 1 TCP 2105524479 d5d6f363-7868-4171-8a15-1438ca5a9be0.local 9 typ host tcptype active
a=candidate:0 2 UDP 2122187006 9e43d0fd-7a61-437c-b455-855b5e8a6532.local 45861 typ host
a=candidate:1 2 UDP 2122252542 d5d6f363-7868-4171-8a15-1438ca5a9be0.local 47509 typ host
a=candidate:2 2 TCP 2105458942 9e43d0fd-7a61-437c-b455-855b5e8a6532.local 9 typ host tcptype active
a=candidate:3 2 TCP 2105524478 d5d6f363-7868-4171-8a15-1438ca5a9be0.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=extmap-allow-mixed
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=fmtp:101 0-15
a=ice-pwd:16ec87edb0471367a54dbb7ed31189f3
a=ice-ufrag:a64f912a
a=mid:0
a=msid:- {b079f654-a482-452e-a613-e3d777bbccde}
a=rtcp:45861 IN IP4 9e43d0fd-7a61-437c-b455-855b5e8a6532.local
a=rtcp-fb:109 transport-cc
a=rtcp-fb:9 transport-cc
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=setup:actpass
a=ssrc:2752993229 cname:{fb7be9b2-1977-4c55-8fb5-a5527041535b}
m=video 0 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100 123 122 119
c=IN IP4 0.0.0.0
a=bundle-only
a=sendrecv
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap-allow-mixed
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=ice-pwd:16ec87edb0471367a54dbb7ed31189f3
a=ice-ufrag:a64f912a
a=mid:1
a=msid:- {d90be469-804f-4d94-afee-9382cdf09327}
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=setup:actpass
a=ssrc:3005142200 cname:{fb7be9b2-1977-4c55-8fb5-a5527041535b}
a=ssrc:3277713621 cname:{fb7be9b2-1977-4c55-8fb5-a5527041535b}
a=ssrc-group:FID 3005142200 3277713621
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=bundle-only
a=sendrecv
a=ice-pwd:16ec87edb0471367a54dbb7ed31189f3
a=ice-ufrag:a64f912a
a=mid:2
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
)sdp";

inline constexpr std::string_view kFirefoxStopped = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-99.0 4677396947590940635 1 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 8C:AA:66:F6:58:A2:CA:8E:4A:01:2D:E0:11:FA:80:84:F8:2D:69:81:2E:60:9E:C2:1B:F6:0A:14:64:BD:22:24
a=group:BUNDLE 1 2
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 0 UDP/TLS/RTP/SAVPF 0
c=IN IP4 0.0.0.0
a=inactive
a=mid:0
a=rtpmap:0 PCMU/8000
m=video 9 UDP/TLS/RTP/SAVPF 120 124 121 125 99 100 123 122 119
c=IN IP4 0.0.0.0
a=sendrecv
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap-allow-mixed
a=fmtp:120 max-fs=12288;max-fr=60
a=fmtp:124 apt=120
a=ice-pwd:a568f0a94c6b6010520d540344b4380d
a=ice-ufrag:5b986f79
a=mid:1
a=msid:- {14961499-dbff-40fe-8890-56eded17903a}
a=rtcp-fb:120 nack
a=rtcp-fb:120 nack pli
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:120 VP8/90000
a=rtpmap:124 rtx/90000
a=setup:actpass
a=ssrc:1249113792 cname:{1eae7f2a-0e26-465f-a6fe-0e5c7b05b784}
a=ssrc:1680353848 cname:{1eae7f2a-0e26-465f-a6fe-0e5c7b05b784}
a=ssrc-group:FID 1249113792 1680353848
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=ice-pwd:a568f0a94c6b6010520d540344b4380d
a=ice-ufrag:5b986f79
a=mid:2
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
)sdp";

inline constexpr std::string_view kFirefox61Data = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-61.0.1 7035483650493081543 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=group:BUNDLE sdparta_0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 58712 DTLS/SCTP 5000
c=IN IP4 203.0.113.7
a=candidate:0 1 UDP 2122252543 192.0.2.33 58712 typ host
a=candidate:2 1 TCP 2105524479 192.0.2.33 9 typ host tcptype active
a=candidate:1 1 UDP 1686052863 203.0.113.7 58712 typ srflx raddr 192.0.2.33 rport 58712
a=sendrecv
a=end-of-candidates
a=ice-pwd:8a6c1f5f5b0f7a9c6d1e2f3041526374
a=ice-ufrag:5d0c9b1e
a=mid:sdparta_0
a=sctpmap:5000 webrtc-datachannel 256
a=setup:actpass
a=max-message-size:1073741823
)sdp";

inline constexpr std::string_view kFirefox61Media = R"sdp(v=0
o=mozilla...THIS_IS_SDPARTA-61.0.1 7035483650493081543 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 6F:0B:A1:D2:3C:44:95:E7:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F
a=group:BUNDLE sdparta_0 sdparta_1 sdparta_2
a=ice-options:trickle
a=msid-semantic:WMS *
m=audio 58712 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 203.0.113.7
a=candidate:0 1 UDP 2122252543 192.0.2.33 58712 typ host
a=candidate:0 2 UDP 2122252542 192.0.2.33 47116 typ host
a=sendrecv
a=end-of-candidates
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=ice-pwd:8a6c1f5f5b0f7a9c6d1e2f3041526374
a=ice-ufrag:5d0c9b1e
a=mid:sdparta_0
a=msid:{a8b1c9d0-6a55-4c5e-9d7c-1b8b0b1a7c11} {0c6b2f0e-6f0b-49a5-8f0e-0d1b1c9d7f22}
a=rtcp-mux
a=rtpmap:109 opus/48000/2
a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
a=setup:actpass
a=ssrc:3083921765 cname:{f1d2c3b4-1111-4222-8333-944455566677}
m=video 58712 UDP/TLS/RTP/SAVPF 120 121 126 97
c=IN IP4 203.0.113.7
a=candidate:0 1 UDP 2122252543 192.0.2.33 58712 typ host
a=candidate:0 2 UDP 2122252542 192.0.2.33 47116 typ host
a=sendrecv
a=end-of-candidates
a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
a=ice-pwd:8a6c1f5f5b0f7a9c6d1e2f3041526374
a=ice-ufrag:5d0c9b1e
a=mid:sdparta_1
a=msid:{a8b1c9d0-6a55-4c5e-9d7c-1b8b0b1a7c11} {0c6b2f0e-6f0b-49a5-8f0e-0d1b1c9d7f22}
a=rtcp-mux
a=rtcp-fb:120 nack pli
a=rtpmap:120 VP8/90000
a=setup:actpass
a=ssrc:3083921765 cname:{f1d2c3b4-1111-4222-8333-944455566677}
m=application 58712 DTLS/SCTP 5000
c=IN IP4 203.0.113.7
a=candidate:0 1 UDP 2122252543 192.0.2.33 58712 typ host
a=candidate:2 1 TCP 2105524479 192.0.2.33 9 typ host tcptype active
a=candidate:1 1 UDP 1686052863 203.0.113.7 58712 typ srflx raddr 192.0.2.33 rport 58712
a=sendrecv
a=end-of-candidates
a=ice-pwd:8a6c1f5f5b0f7a9c6d1e2f3041526374
a=ice-ufrag:5d0c9b1e
a=mid:sdparta_2
a=sctpmap:5000 webrtc-datachannel 256
a=setup:actpass
a=max-message-size:1073741823
)sdp";

}  // namespace portico::sdp::vectors
