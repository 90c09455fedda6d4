// The parameter objects of ORTC and W3C: plain values, with the standards' member names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portico/platform/result.h"
#include "portico/platform/socket_address.h"

namespace portico {

/// W3C webrtc-pc RTCIceServer.
struct IceServer {
  std::vector<std::string> urls{};  ///< RFC 7064 and RFC 7065 URIs; all are used
  std::string username{};
  std::string credential{};
  std::string credentialType = "password";

  friend bool operator==(const IceServer&, const IceServer&) = default;
};

/// W3C webrtc-pc RTCIceParameters, RFC 8445 §5.3.
struct IceParameters {
  std::string usernameFragment{};  ///< 4 to 256 ice-chars
  std::string password{};          ///< 22 to 256 ice-chars
  bool iceLite = false;

  friend bool operator==(const IceParameters&, const IceParameters&) = default;
};

/// W3C webrtc-pc RTCIceCandidate, with ORTC's `ip` kept as another name of `address` at the JSON edge.
struct IceCandidate {
  std::uint16_t component = 1;
  std::string foundation{};
  std::string address{};  ///< an IP literal, or an mDNS name
  std::uint16_t port = 0;
  std::uint32_t priority = 0;
  std::string protocol = "udp";
  std::string type{};  ///< "host", "srflx", "prflx", "relay"
  std::optional<std::string> relatedAddress{};
  std::optional<std::uint16_t> relatedPort{};
  std::optional<std::string> tcpType{};
  std::optional<std::string> sdpMid{};
  std::optional<std::uint16_t> sdpMLineIndex{};
  std::optional<std::string> usernameFragment{};
  std::optional<std::string> url{};  ///< of the server that a local srflx or relay candidate came from

  /// RFC 8839 §5.1 candidate-attribute, with or without the leading "a=" and "candidate:". Unknown extensions are
  /// skipped. Errors: Operation, as W3C's addIceCandidate has it.
  static Result<IceCandidate> parse(std::string_view candidateAttribute);
  /// "candidate:…" as RFC 8839 §5.1 writes it (W3C's `candidate` member); "" for one without foundation and address.
  [[nodiscard]] std::string candidate() const;

  friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
};

/// W3C webrtc-pc RTCDtlsFingerprint; RFC 8122 §5.
struct DtlsFingerprint {
  std::string algorithm{};  ///< "sha-256", "sha-384", "sha-512"
  std::string value{};      ///< upper-case hex pairs with colons

  friend bool operator==(const DtlsFingerprint&, const DtlsFingerprint&) = default;
};

/// ORTC §8.3: "auto" until the handshake decided it.
enum class DtlsRole : std::uint8_t { automatic, client, server };
std::string_view toString(DtlsRole role);  ///< "auto", "client", "server"

/// ORTC RTCDtlsParameters.
struct DtlsParameters {
  DtlsRole role = DtlsRole::automatic;
  std::vector<DtlsFingerprint> fingerprints{};

  friend bool operator==(const DtlsParameters&, const DtlsParameters&) = default;
};

/// ORTC RTCSctpCapabilities. 0 means that any size is taken (RFC 8841 §6).
struct SctpCapabilities {
  std::uint64_t maxMessageSize = 262'144;

  friend bool operator==(const SctpCapabilities&, const SctpCapabilities&) = default;
};

enum class IceRole : std::uint8_t { controlling, controlled };
std::string_view toString(IceRole role);

enum class IceGathererState : std::uint8_t { fresh, gathering, complete, closed };
std::string_view toString(IceGathererState state);  ///< "new", "gathering", "complete", "closed"

/// W3C webrtc-pc RTCIceTransportState.
enum class IceTransportState : std::uint8_t { fresh, checking, connected, completed, disconnected, failed, closed };
std::string_view toString(IceTransportState state);

/// W3C webrtc-pc RTCDtlsTransportState.
enum class DtlsTransportState : std::uint8_t { fresh, connecting, connected, closed, failed };
std::string_view toString(DtlsTransportState state);

/// W3C webrtc-pc RTCSctpTransportState.
enum class SctpTransportState : std::uint8_t { connecting, connected, closed };
std::string_view toString(SctpTransportState state);

/// W3C webrtc-pc RTCDataChannelState.
enum class DataChannelState : std::uint8_t { connecting, open, closing, closed };
std::string_view toString(DataChannelState state);

/// W3C webrtc-pc RTCDataChannelInit, with the label. At most one of maxRetransmits and maxPacketLifeTime.
struct DataChannelParameters {
  std::string label{};     ///< UTF-8, up to 65,535 bytes
  std::string protocol{};  ///< UTF-8, up to 65,535 bytes
  bool ordered = true;
  std::optional<std::uint16_t> maxRetransmits{};
  std::optional<std::uint16_t> maxPacketLifeTime{};  ///< milliseconds
  bool negotiated = false;
  std::optional<std::uint16_t> id{};  ///< 0 to 65,534; required when negotiated
  std::uint16_t priority = 256;       ///< RFC 8831 §6.4: 128, 256, 512, 1024

  friend bool operator==(const DataChannelParameters&, const DataChannelParameters&) = default;
};

}  // namespace portico
