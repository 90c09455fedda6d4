#include "core/ice/credentials.h"

#include <algorithm>
#include <string_view>

namespace portico::ice {
namespace {

// RFC 8839 §5.4: ALPHA / DIGIT / "+" / "/": 64 of them, six bits each.
constexpr std::string_view kIceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kMinUfrag = 4;
constexpr std::size_t kMinPassword = 22;
constexpr std::size_t kMaxEither = 256;

std::string randomIceChars(std::size_t count, Random& random) {
  ByteVector bytes(count);
  random.randomBytes(bytes);
  std::string text;
  for (const std::byte b : bytes) text += kIceChars[std::to_integer<std::size_t>(b) % kIceChars.size()];
  return text;
}

bool wellFormed(std::string_view text, std::size_t minimum) {
  return text.size() >= minimum && text.size() <= kMaxEither &&
         text.find_first_not_of(kIceChars) == std::string_view::npos;
}

}  // namespace

void fillCredentials(IceParameters& parameters, Random& random) {
  if (parameters.usernameFragment.empty()) parameters.usernameFragment = randomIceChars(kMinUfrag, random);
  if (parameters.password.empty()) parameters.password = randomIceChars(kMinPassword, random);
}

void Credentials::setRemote(const IceParameters& remote) {
  remoteUfrag = remote.usernameFragment;
  remotePassword = remote.password;
  checkUsername = remoteUfrag + ":" + localUfrag;  // RFC 8445 §7.2.2
}

Result<void> validate(const IceParameters& parameters) {
  if (parameters.usernameFragment.empty() || parameters.password.empty()) {
    return Error(Error::Type, "ICE parameters need a usernameFragment and a password");
  }
  if (!wellFormed(parameters.usernameFragment, kMinUfrag)) {
    return Error(Error::Syntax, "an ICE usernameFragment is 4 to 256 of the characters A-Z a-z 0-9 + /");
  }
  if (!wellFormed(parameters.password, kMinPassword)) {
    return Error(Error::Syntax, "an ICE password is 22 to 256 of the characters A-Z a-z 0-9 + /");
  }
  return {};
}

}  // namespace portico::ice
