#include "native/bridge/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "native/bridge/base64url.h"

namespace portico::bridge {
namespace {

using nlohmann::json;

constexpr std::size_t kSha256Bytes = 32;

Error refused(const char* why) {
  return {Error::Operation, std::string("the token is refused: ") + why};
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool isSignedBy(std::string_view secret, std::string_view text, std::string_view signature) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* made = ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()), raw(text), text.size(),
                            digest.data(), &length);
  return made != nullptr && length == kSha256Bytes && signature.size() == kSha256Bytes &&
         ::CRYPTO_memcmp(digest.data(), signature.data(), kSha256Bytes) == 0;
}

std::string sha256(std::string_view text) {
  std::string digest(kSha256Bytes, '\0');
  ::EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), nullptr, ::EVP_sha256(),
               nullptr);
  return digest;
}

/// A JSON object in base64url, or nothing.
std::optional<json> decodeObject(std::string_view text) {
  const auto bytes = decodeBase64Url(text);
  if (!bytes) return std::nullopt;
  json object = json::parse(*bytes, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  return object;
}

bool isHs256(const json& header) {
  const auto algorithm = header.find("alg");
  // RFC 7515 §4.1.11: who does not understand what "crit" names must refuse; there is nothing that we understand.
  return algorithm != header.end() && *algorithm == "HS256" && !header.contains("crit");
}

/// RFC 7519 §2: NumericDate, which may have a fraction.
std::optional<double> dateOf(const json& claims, const char* name) {
  const auto date = claims.find(name);
  if (date == claims.end() || !date->is_number()) return std::nullopt;
  const double seconds = date->get<double>();
  return std::isfinite(seconds) ? std::optional(seconds) : std::nullopt;
}

Result<void> checkTime(const json& claims, std::int64_t unixSeconds) {
  const auto now = static_cast<double>(unixSeconds);
  const auto expires = dateOf(claims, "exp");
  if (!expires) return refused("it has no \"exp\"");
  if (now >= *expires) return refused("it has expired");
  if (claims.contains("nbf")) {
    const auto begins = dateOf(claims, "nbf");
    if (!begins || now < *begins) return refused("it is not valid yet");
  }
  return {};
}

Result<void> readLimits(const json& claims, Token& token) {
  if (const auto sockets = claims.find("max_sockets"); sockets != claims.end()) {
    if (!sockets->is_number_unsigned()) return refused("\"max_sockets\" is no count");
    token.maxSockets = sockets->get<std::size_t>();
  }
  if (const auto rate = claims.find("max_bps"); rate != claims.end()) {
    if (!rate->is_number_unsigned() || *rate == 0) return refused("\"max_bps\" is no number of bits each second");
    token.maxBitsPerSecond = rate->get<std::uint64_t>();
  }
  const auto networks = claims.find("dst");
  if (networks == claims.end()) return {};
  if (!networks->is_array() || networks->empty()) return refused("\"dst\" is no list of networks");
  for (const json& text : *networks) {
    const auto network = text.is_string() ? Network::parse(text.get_ref<const std::string&>()) : std::nullopt;
    if (!network) return refused("\"dst\" has what is no network");
    token.networks.push_back(*network);
  }
  return {};
}

}  // namespace

Result<Token> verifyToken(std::string_view token, std::string_view secret, std::int64_t unixSeconds) {
  if (token.size() > kMaxTokenBytes) return refused("it is too long");
  // RFC 7515 §3.1: header.payload.signature
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.find('.', first + 1) != last) {
    return refused("it is no JWT");
  }
  const auto header = decodeObject(token.substr(0, first));
  if (!header) return refused("it is no JWT");
  if (!isHs256(*header)) return refused("its algorithm is not HS256");
  const auto signature = decodeBase64Url(token.substr(last + 1));
  if (!signature || !isSignedBy(secret, token.substr(0, last), *signature)) return refused("its signature is wrong");

  const auto claims = decodeObject(token.substr(first + 1, last - first - 1));
  if (!claims) return refused("it has no claims");
  if (auto valid = checkTime(*claims, unixSeconds); !valid) return valid.error();
  Token result;
  result.id = sha256(token);
  if (auto read = readLimits(*claims, result); !read) return read.error();
  return result;
}

}  // namespace portico::bridge
