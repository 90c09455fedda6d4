// Which cipher suites we offer and take, and in which order.
#pragma once

namespace portico::dtls {

/// A list as mbedTLS wants it, ended by 0; it lives for ever. Where the processor has AES instructions AES-128-GCM
/// comes first, elsewhere (WASM above all) ChaCha20-Poly1305, which is several times faster there.
const int* cipherSuites();
/// As the server: whether the client's order counts. With AES instructions any suite is fast here, and the client knows
/// what is fast for it; without, ours counts, for browsers put AES first.
bool servesClientsOrder();

}  // namespace portico::dtls
