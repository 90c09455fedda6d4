// A session description of SDP (RFC 8866) as far as a data-channel session needs it: RFC 8839 (ICE), 8841 (SCTP), 8842
// (DTLS), 9143 (BUNDLE), 9429 (JSEP). What is not understood is skipped, and never written back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/parameters.h"
#include "portico/platform/result.h"

namespace portico::sdp {

// Bounds on what a peer's text makes us keep.
inline constexpr std::size_t kMaxSessionBytes = 1024 * 1024;  ///< a browser's description has 2 to 20 kB
inline constexpr std::size_t kMaxLineBytes = 8 * 1024;
inline constexpr std::size_t kMaxSections = 256;
inline constexpr std::size_t kMaxFingerprints = 16;  ///< of one section
inline constexpr std::size_t kMaxCandidates = 128;   ///< of one section; those over it are counted and skipped

/// RFC 4145 §4 and RFC 8842 §5.2.
enum class Setup : std::uint8_t { actpass, active, passive, holdconn };
std::string_view toString(Setup setup);

/// What may stand at session level, for all sections, or in a section, for it alone.
struct TransportAttributes {
  std::optional<std::string> usernameFragment{};  ///< a=ice-ufrag, RFC 8839 §5.4
  std::optional<std::string> password{};          ///< a=ice-pwd
  std::vector<std::string> iceOptions{};          ///< a=ice-options, RFC 8839 §5.6: "trickle", "ice2"
  std::vector<DtlsFingerprint> fingerprints{};    ///< a=fingerprint, RFC 8122 §5; the algorithm in lower case
  std::optional<Setup> setup{};                   ///< a=setup
  std::optional<std::string> tlsId{};             ///< a=tls-id, RFC 8842 §4

  friend bool operator==(const TransportAttributes&, const TransportAttributes&) = default;
};

/// An m-line and what belongs to it.
struct MediaSection {
  std::string media{};                      ///< "application", "audio", "video" …
  std::uint16_t port = 9;                   ///< 0: rejected, or bundle-only
  std::string protocol{};                   ///< "UDP/DTLS/SCTP", "TCP/DTLS/SCTP", "DTLS/SCTP", "UDP/TLS/RTP/SAVPF" …
  std::vector<std::string> formats{};       ///< "webrtc-datachannel", or payload types, or (legacy) an SCTP port
  std::optional<std::string> mid{};         ///< RFC 5888
  bool bundleOnly = false;                  ///< RFC 9143 §6
  bool rtcpMux = false;                     ///< a=rtcp-mux, RFC 5761 §5.1.1: of all that share a transport
  TransportAttributes transport{};          ///< its own, or the session's where it has none
  std::vector<IceCandidate> candidates{};   ///< those that parse; one that does not is skipped (RFC 8839 §5.1)
  bool endOfCandidates = false;             ///< RFC 8840 §8.2, here or at session level
  std::optional<std::uint16_t> sctpPort{};  ///< a=sctp-port (RFC 8841 §5), or the port of a=sctpmap or of the m-line
  std::optional<std::uint64_t> maxMessageSize{};  ///< a=max-message-size (RFC 8841 §6); 0: any

  /// application, over DTLS and SCTP, for data channels: in RFC 8841's form or in the legacy one.
  [[nodiscard]] bool isDataChannel() const;
  /// "DTLS/SCTP 5000" with a=sctpmap, as before RFC 8841 (Firefox before 63, aiortc).
  [[nodiscard]] bool isLegacy() const { return protocol == "DTLS/SCTP"; }

  friend bool operator==(const MediaSection&, const MediaSection&) = default;
};

struct Session {
  std::string username = "-";  ///< o=, RFC 8866 §5.2
  std::uint64_t id = 0;
  std::uint64_t version = 0;
  std::vector<std::vector<std::string>> bundleGroups{};  ///< a=group:BUNDLE, the mids of each
  bool iceLite = false;                                  ///< a=ice-lite, RFC 8839 §5.3
  std::vector<MediaSection> media{};

  friend bool operator==(const Session&, const Session&) = default;
};

/// Lines end with CRLF or LF (RFC 8866 §9.14 asks to take both); the last may lack its end. Errors: Syntax with the
/// line's number in Error::line, for what RFC 8866's grammar refuses and for an attribute of those above that its own
/// grammar refuses; QuotaExceeded over a bound.
Result<Session> parse(std::string_view text);

/// With CRLF. Transport attributes are written in each section that is not rejected (port 0 without bundle-only); those
/// of a rejected one are left out. Legacy sections are written in their own form.
std::string write(const Session& session);

}  // namespace portico::sdp
