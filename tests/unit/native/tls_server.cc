#include "tests/unit/native/tls_server.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace portico::test {
namespace {

evp_pkey_st* makeKey(KeyKind kind) {
  switch (kind) {
    case KeyKind::p256:
      return EVP_EC_gen("P-256");
    case KeyKind::p384:
      return EVP_EC_gen("P-384");
    case KeyKind::rsa:
      return EVP_RSA_gen(2048);
  }
  return nullptr;
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void setName(X509_NAME* name, const std::string& text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                             static_cast<int>(text.size()), -1, 0);
}

void sign(X509* certificate, EVP_PKEY* key, bool pss) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  EVP_DigestSignInit(context, &parameters, EVP_sha256(), nullptr, key);
  if (pss) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  ASSERT_GT(X509_sign_ctx(certificate, context), 0);
  EVP_MD_CTX_free(context);
}

}  // namespace

TestCertificate::TestCertificate(const CertificateOptions& options, const TestCertificate* issuer)
    : subject_(options.subject), key_(makeKey(options.key), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
  static long serial = 1;
  X509* made = certificate_.get();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made), options.validFrom * 60);
  X509_gmtime_adj(X509_getm_notAfter(made), options.validUntil * 60);
  setName(X509_get_subject_name(made), subject_);
  X509_set_issuer_name(made, X509_get_subject_name(issuer == nullptr ? made : issuer->certificate()));
  X509_set_pubkey(made, key_.get());
  X509* signer = issuer == nullptr ? made : issuer->certificate();
  addExtension(made, signer, NID_basic_constraints, options.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!options.authority) addExtension(made, signer, NID_ext_key_usage, options.usage);
  if (!options.authority && !options.names.empty()) {
    addExtension(made, signer, NID_subject_alt_name, options.names);
  }
  sign(made, issuer == nullptr ? key_.get() : issuer->key(), options.pss);
}

std::string TestCertificate::pem() const {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, certificate_.get());
  char* text = nullptr;
  const long length = BIO_get_mem_data(out, &text);
  std::string result(text, static_cast<std::size_t>(length));
  BIO_free(out);
  return result;
}

TlsServer::TlsServer(const std::vector<TestCertificate>& chain, const TlsServerOptions& options)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  SSL_CTX* context = context_.get();
  if (options.tls13Only) SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  if (!options.ciphers.empty()) SSL_CTX_set_cipher_list(context, options.ciphers.c_str());
  SSL_CTX_use_certificate(context, chain[0].certificate());
  SSL_CTX_use_PrivateKey(context, chain[0].key());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    X509_up_ref(chain[i].certificate());
    SSL_CTX_add_extra_chain_cert(context, chain[i].certificate());
  }
  ssl_.reset(SSL_new(context), SSL_free);
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), [](const SSL* ssl, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
      static_cast<TlsServer*>(SSL_get_app_data(ssl))->alert = SSL_alert_desc_string_long(value);
    }
  });
  SSL_set_accept_state(ssl_.get());
}

void TlsServer::feed(std::string_view bytes) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
  if (!ready() && SSL_do_handshake(ssl_.get()) != 1) return;
  std::array<char, 16 * 1024> room;
  int got = 0;
  while ((got = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()))) > 0) {
    received.append(room.data(), static_cast<std::size_t>(got));
  }
  closed = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  ERR_clear_error();
}

std::string TlsServer::takeOutput() {
  BIO* bio = SSL_get_wbio(ssl_.get());
  std::string bytes(BIO_ctrl_pending(bio), '\0');
  if (!bytes.empty()) BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void TlsServer::send(std::string_view plain) {
  EXPECT_EQ(SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())), static_cast<int>(plain.size()));
}

void TlsServer::close() {
  SSL_shutdown(ssl_.get());
}

void TlsServer::askForRenegotiation() {
  EXPECT_EQ(SSL_renegotiate(ssl_.get()), 1);
  SSL_do_handshake(ssl_.get());
}

bool TlsServer::ready() const {
  return SSL_is_init_finished(ssl_.get()) == 1;
}

std::string TlsServer::serverName() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::string TlsServer::version() const {
  return SSL_get_version(ssl_.get());
}

}  // namespace portico::test
