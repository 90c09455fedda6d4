// What sealing and opening a record costs: AES-128-GCM as mbedTLS has it and as we do, and whole DTLS records through
// two sessions. Prints MB/s (10^6 bytes of plaintext for a second of processor time) for each, all in one run.
#include <mbedtls/cipher.h>

#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "core/dtls/aead/aes_gcm_x86.h"
#include "core/dtls/aead/gcm_portable.h"
#include "core/dtls/session.h"

namespace {

using namespace portico;

constexpr std::size_t kRecordBytes = 1'200;
constexpr double kMeasureSeconds = 0.4;

/// Processor time, so that others on the machine do not count.
double processorSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Calls `step` for some time; the result is in MB/s if each call does one record.
template <typename Step>
double rate(Step step) {
  for (int i = 0; i < 1'000; ++i) step();
  std::size_t count = 0;
  const double begin = processorSeconds();
  while (processorSeconds() - begin < kMeasureSeconds) {
    for (int i = 0; i < 256; ++i) step();
    count += 256;
  }
  return static_cast<double>(count * kRecordBytes) / 1e6 / (processorSeconds() - begin);
}

void print(const char* name, double seal, double open) {
  std::printf("%-28s %8.0f %8.0f\n", name, seal, open);
}

void measurePortable(std::size_t keyBytes) {
  std::vector<std::uint8_t> key(keyBytes, 1), nonce(12, 2), associated(13, 3), data(kRecordBytes, 4), tag(16);
  void* context = portico_gcm_portable_new(MBEDTLS_CIPHER_ID_AES, key.data(), static_cast<unsigned>(keyBytes * 8));
  const auto run = [&](int encrypt) {
    return rate([&] {
      portico_gcm_portable_crypt(context, encrypt, data.size(), nonce.data(), nonce.size(), associated.data(),
                                 associated.size(), data.data(), data.data(), tag.size(), tag.data());
    });
  };
  print(keyBytes == 16 ? "AES-128-GCM mbedTLS" : "AES-256-GCM mbedTLS", run(1), run(0));
  portico_gcm_portable_free(context);
}

void measureOurs(aead::AesGcmLevel level, const char* name, std::size_t keyBytes) {
  if (level > aead::detectAesGcm()) return;
  std::vector<std::uint8_t> secret(keyBytes, 1), nonce(12, 2), associated(13, 3), data(kRecordBytes, 4), tag(16);
  aead::AesGcmKey key{};
  aead::aesGcmSetKey(key, level, {secret.data(), secret.size()});
  const auto run = [&](auto function) {
    return rate([&] {
      function(key, nonce.data(), aead::Bytes{associated.data(), associated.size()},
               aead::Bytes{data.data(), data.size()}, data.data(), tag.data());
    });
  };
  print((std::string(keyBytes == 16 ? "AES-128-GCM " : "AES-256-GCM ") + name).c_str(), run(aead::aesGcmSeal),
        run(aead::aesGcmOpen));
}

/// Of a host, DTLS uses randomness and the date.
class BenchHost final : public Host {
 public:
  Time now() override { return {}; }
  std::int64_t unixSeconds() override { return 1'780'000'000; }
  void randomBytes(MutableByteView out) override {
    for (std::byte& b : out) b = static_cast<std::byte>(random_() & 0xFF);
  }
  void defer(std::function<void()>) override {}
  std::unique_ptr<Timer> createTimer(std::function<void(Time)>) override { return nullptr; }
  std::vector<NetworkInterface> networkInterfaces() override { return {}; }
  Result<std::unique_ptr<UdpSocket>> openUdp(const UdpOptions&, UdpReceiver&) override {
    return Error(Error::NotSupported, "no network");
  }
  std::unique_ptr<Cancellable> resolve(const std::string&,
                                       std::function<void(Result<std::vector<IpAddress>>)>) override {
    return nullptr;
  }

 private:
  std::mt19937_64 random_{1};
};

struct NullSink final : dtls::PlaintextSink {
  void onPlaintext(Time, MutableByteView plaintext) override { bytes += plaintext.size(); }
  std::size_t bytes = 0;
};

void exchange(dtls::Session& from, dtls::Session& to) {
  for (std::size_t i = 0; i < from.output().size(); ++i) to.handleInput({}, from.output()[i]);
  from.output().clear();
}

void measureSessions() {
  BenchHost host;
  const Certificate one = *Certificate::generate(host);
  const Certificate two = *Certificate::generate(host);
  NullSink sink;
  constexpr int kHandshakes = 50;
  const double begin = processorSeconds();
  for (int i = 0; i < kHandshakes; ++i) {
    dtls::Session client(one, host);
    dtls::Session server(two, host);
    (void)server.start({}, DtlsRole::server, one.fingerprints(), sink);
    (void)client.start({}, DtlsRole::client, two.fingerprints(), sink);
    while (!client.output().empty() || !server.output().empty()) {
      exchange(client, server);
      exchange(server, client);
    }
    if (i + 1 < kHandshakes) continue;
    std::printf("handshake, both sides: %.2f ms\n", (processorSeconds() - begin) * 1e3 / kHandshakes);
    const std::vector<std::byte> data(kRecordBytes, std::byte{5});
    const double both = rate([&] {
      (void)client.send({}, data);
      exchange(client, server);
    });
    const double sealing = rate([&] {
      (void)client.send({}, data);
      client.output().clear();
    });
    std::printf("%-28s %8.0f %8.0f   (%s)\n", "DTLS record", sealing, 1 / (1 / both - 1 / sealing),
                client.cipherSuite().c_str());
  }
}

}  // namespace

int main() {
  std::printf("%-28s %8s %8s   MB/s at %zu bytes\n", "", "seal", "open", kRecordBytes);
  for (const std::size_t keyBytes : {16U, 32U}) {
    measurePortable(keyBytes);
    measureOurs(aead::AesGcmLevel::aesni, "AES-NI", keyBytes);
    measureOurs(aead::AesGcmLevel::vaes512, "VAES", keyBytes);
  }
  measureSessions();
}
