// One mbedTLS endpoint: its configuration, its context, and the callbacks by which it gets datagrams, time and
// randomness. It knows nothing of states and events; those are Session's.
#pragma once

#include <mbedtls/ssl.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/dtls/fingerprint.h"
#include "core/dtls/retransmission_timer.h"
#include "core/wire/packet_queue.h"
#include "portico/certificate.h"

namespace portico::dtls {

class Connection {
 public:
  /// `output` and `host` outlive it. On a failure (memory) the result is mbedTLS's error.
  Connection(const Certificate& certificate, Host& host, PacketQueue& output, FingerprintSet wanted);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// 0, or mbedTLS's error.
  int setUp(DtlsRole role);

  void setTime(Time now) { timer_.setTime(now); }
  /// The datagram that mbedTLS gets when it next asks for one. It is read during the calls below.
  void offer(ByteView datagram) { incoming_ = datagram; }
  /// Whether there is anything left of what was offered.
  [[nodiscard]] bool hasInput() const { return !incoming_.empty() || mbedtls_ssl_check_pending(&ssl_) != 0; }

  /// These three return what mbedTLS's functions of the same names do.
  int handshake() { return mbedtls_ssl_handshake(&ssl_); }
  int read(MutableByteView plaintext);
  int write(ByteView plaintext);

  /// To be called once, when handshake() has returned 0. From there on records are as large as write()'s argument.
  void enterConnected();
  void sendCloseNotify();
  void sendFatalAlert(std::uint8_t alert);

  [[nodiscard]] std::optional<Time> nextTimeout() const { return timer_.deadline(); }
  /// mbedTLS has IANA's name with hyphens.
  [[nodiscard]] std::string cipherSuite() const {
    std::string name = mbedtls_ssl_get_ciphersuite(&ssl_);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
  }
  /// The alert that ended the session, once read() or handshake() gave MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE.
  [[nodiscard]] std::uint8_t receivedAlert() const { return ssl_.MBEDTLS_PRIVATE(in_msg)[1]; }
  /// The peer has shown a certificate that has none of the wanted fingerprints.
  [[nodiscard]] bool fingerprintMismatch() const { return mismatch_; }
  /// The peer has shown a certificate that has one.
  [[nodiscard]] bool peerVerified() const { return verified_; }
  std::vector<ByteVector> takePeerCertificates() { return std::move(peerCertificates_); }

 private:
  static int onSend(void* self, const unsigned char* data, std::size_t length);
  static int onReceive(void* self, unsigned char* room, std::size_t length);
  static int onVerify(void* self, mbedtls_x509_crt* certificate, int depth, std::uint32_t* flags);
  int configure(DtlsRole role);

  Certificate certificate_;
  Host& host_;
  PacketQueue& output_;
  FingerprintSet wanted_;
  ByteView incoming_;
  RetransmissionTimer timer_;
  std::vector<ByteVector> peerCertificates_;
  bool verified_ = false;
  bool mismatch_ = false;
  mbedtls_ssl_config config_;
  mbedtls_ssl_context ssl_;
};

}  // namespace portico::dtls
