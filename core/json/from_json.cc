#include <algorithm>
#include <array>
#include <utility>

#include "core/json/parameters.h"

namespace portico::json {
namespace {

Error wrong(std::string sentence) {
  return {Error::Type, std::move(sentence)};
}

/// There, and not null: null is how JavaScript says that it has none.
const Json* findValue(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string stringOr(const Json& object, const char* key, const std::string& fallback) {
  const std::string* found = findString(object, key);
  return found ? *found : fallback;
}

/// Leaves `out` alone where there is no member.
Result<void> readString(const Json& object, const char* key, std::string& out) {
  const Json* value = findValue(object, key);
  if (value == nullptr) return {};
  const auto* text = value->get_ptr<const std::string*>();
  if (text == nullptr) return wrong(std::string("\"") + key + "\" is a string.");
  out = *text;
  return {};
}

Result<void> readBool(const Json& object, const char* key, bool& out) {
  const Json* value = findValue(object, key);
  if (value == nullptr) return {};
  if (!value->is_boolean()) return wrong(std::string("\"") + key + "\" is true or false.");
  out = value->get<bool>();
  return {};
}

template <typename T, typename Out>
Result<void> readNumber(const Json& object, const char* key, Out& out) {
  if (findValue(object, key) == nullptr) return {};
  const std::optional<T> number = findNumber<T>(object, key);
  if (!number) {
    return wrong(std::string("\"") + key + "\" is a whole number from 0 to " +
                 std::to_string(std::numeric_limits<T>::max()) + ".");
  }
  out = *number;
  return {};
}

/// The first error of a list of readings, all of which were made.
Result<void> all(std::initializer_list<Result<void>> readings) {
  for (const Result<void>& reading : readings) {
    if (!reading) return reading;
  }
  return {};
}

Result<IceCandidate> candidateFromMembers(const Json& value) {
  IceCandidate candidate;
  const std::string* address = findString(value, "address");
  if (!address) address = findString(value, "ip");  // ORTC's name, which aiortc has kept
  const auto port = findNumber<std::uint16_t>(value, "port");
  const std::string* type = findString(value, "type");
  if (!address || !port || !type) {
    return wrong("A candidate needs \"candidate\", or \"address\", \"port\" and \"type\".");
  }
  candidate.address = *address;
  candidate.port = *port;
  candidate.type = *type;
  candidate.component = findNumber<std::uint16_t>(value, "component").value_or(1);
  candidate.foundation = stringOr(value, "foundation", "1");
  candidate.priority = findNumber<std::uint32_t>(value, "priority").value_or(1);
  candidate.protocol = stringOr(value, "protocol", "udp");
  if (const std::string* found = findString(value, "relatedAddress")) candidate.relatedAddress = *found;
  candidate.relatedPort = findNumber<std::uint16_t>(value, "relatedPort");
  if (const std::string* found = findString(value, "tcpType")) candidate.tcpType = *found;
  // What the text form can't say is no candidate.
  auto checked = IceCandidate::parse(candidate.candidate());
  if (!checked) return checked.error();
  return candidate;
}

Result<IceServer> iceServerFrom(const Json& value) {
  if (!value.is_object()) return wrong("An RTCIceServer is an object.");
  IceServer server;
  const Json* urls = findValue(value, "urls");
  if (urls == nullptr) return wrong("An RTCIceServer needs \"urls\".");
  const Json list = urls->is_array() ? *urls : Json::array({*urls});
  if (list.size() > kMaxIceServers) return wrong("An RTCIceServer has too many URLs.");
  for (const Json& url : list) {
    const auto* text = url.get_ptr<const std::string*>();
    if (text == nullptr) return wrong("\"urls\" is a string or a list of strings.");
    server.urls.push_back(*text);
  }
  const Result<void> read =
      all({readString(value, "username", server.username), readString(value, "credential", server.credential),
           readString(value, "credentialType", server.credentialType)});
  if (!read) return read.error();
  return server;
}

Result<void> readBindAddresses(const Json& value, IceGatherOptions& options) {
  const Json* list = findValue(value, "bindAddresses");
  if (list == nullptr) return {};
  if (!list->is_array()) return wrong("\"bindAddresses\" is a list of IP addresses.");
  for (const Json& entry : *list) {
    const auto* text = entry.get_ptr<const std::string*>();
    const auto address = text == nullptr ? std::nullopt : IpAddress::parse(*text);
    if (!address) return wrong("\"bindAddresses\" is a list of IP addresses.");
    options.bindAddresses.push_back(*address);
  }
  return {};
}

Result<void> readNames(const Json& value, const char* member, std::vector<std::string>& names) {
  const Json* list = findValue(value, member);
  if (list == nullptr) return {};
  const Error error = wrong('"' + std::string(member) + "\" is a list of names.");
  if (!list->is_array()) return error;
  for (const Json& entry : *list) {
    const auto* text = entry.get_ptr<const std::string*>();
    if (text == nullptr) return error;
    names.push_back(*text);
  }
  return {};
}

Result<void> readMdns(const Json& value, IceGatherOptions& options) {
  std::string name(toString(options.mdns));
  if (Result<void> read = readString(value, "mdns", name); !read) return read;
  for (const MdnsPolicy policy : {MdnsPolicy::off, MdnsPolicy::resolve, MdnsPolicy::hide}) {
    if (name != toString(policy)) continue;
    options.mdns = policy;
    return {};
  }
  return wrong("\"mdns\" is \"off\", \"resolve\" or \"hide\".");
}

Result<void> readPortRange(const Json& value, IceGatherOptions& options) {
  const Json* range = findValue(value, "portRange");
  if (range == nullptr) return {};
  std::array<std::uint16_t, 2> ports{};
  if (!range->is_array() || range->size() != ports.size()) return wrong("\"portRange\" is a list of two ports.");
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const Json& port = (*range)[i];
    if (!port.is_number_unsigned() || port.get<std::uint64_t>() > 65'535) {
      return wrong("\"portRange\" is a list of two ports.");
    }
    ports[i] = static_cast<std::uint16_t>(port.get<std::uint64_t>());
  }
  options.portLow = ports[0];
  options.portHigh = ports[1];
  return {};
}

Result<void> readNetworkChangePolicy(const Json& value, NetworkChangePolicy& policy) {
  std::string name(toString(policy));
  if (Result<void> read = readString(value, "networkChangePolicy", name); !read) return read;
  for (const auto known : {NetworkChangePolicy::none, NetworkChangePolicy::gather, NetworkChangePolicy::restart}) {
    if (toString(known) != name) continue;
    policy = known;
    return {};
  }
  return wrong("\"networkChangePolicy\" is \"none\", \"gather\" or \"restart\".");
}

}  // namespace

Result<IceParameters> iceParametersFrom(const Json& value) {
  if (!value.is_object()) return wrong("RTCIceParameters is an object.");
  const std::string* usernameFragment = findString(value, "usernameFragment");
  const std::string* password = findString(value, "password");
  if (!usernameFragment || !password) return wrong("\"ice\" lacks \"usernameFragment\" or \"password\".");
  return IceParameters{*usernameFragment, *password, findBool(value, "iceLite").value_or(false)};
}

Result<IceCandidate> iceCandidateFrom(const Json& value) {
  if (!value.is_object()) return wrong("A candidate is an object.");
  const std::string* text = findString(value, "candidate");
  auto candidate = text && !text->empty() ? IceCandidate::parse(*text) : candidateFromMembers(value);
  if (!candidate) return candidate;
  if (!candidate->usernameFragment) {
    if (const std::string* found = findString(value, "usernameFragment")) candidate->usernameFragment = *found;
  }
  if (const std::string* found = findString(value, "sdpMid")) candidate->sdpMid = *found;
  if (const auto index = findNumber<std::uint16_t>(value, "sdpMLineIndex")) candidate->sdpMLineIndex = index;
  return candidate;
}

Result<std::vector<IceServer>> iceServersFrom(const Json& value) {
  if (!value.is_array()) return wrong("\"iceServers\" is a list.");
  if (value.size() > kMaxIceServers) return wrong("There are too many ICE servers.");
  std::vector<IceServer> servers;
  for (const Json& entry : value) {
    Result<IceServer> server = iceServerFrom(entry);
    if (!server) return server.error();
    servers.push_back(std::move(*server));
  }
  return servers;
}

Result<IceGatherOptions> iceGatherOptionsFrom(const Json& value) {
  if (!value.is_object()) return wrong("The options of an RTCIceGatherer are an object.");
  IceGatherOptions options;
  if (const Json* list = findValue(value, "iceServers")) {
    auto servers = iceServersFrom(*list);
    if (!servers) return servers.error();
    options.iceServers = std::move(*servers);
  }
  std::string policy = "all";
  std::string tcp;
  const Result<void> read = all(
      {readString(value, "iceTransportPolicy", policy), readString(value, "usernameFragment", options.usernameFragment),
       readString(value, "password", options.password), readBool(value, "iceLite", options.iceLite),
       readBool(value, "includeLoopback", options.includeLoopback), readBindAddresses(value, options),
       readPortRange(value, options), readString(value, "tcpCandidates", tcp),
       readNames(value, "interfaces", options.interfaces),
       readNames(value, "excludedInterfaces", options.excludedInterfaces), readMdns(value, options),
       readNetworkChangePolicy(value, options.networkChangePolicy)});
  if (!read) return read.error();
  if (policy != "all" && policy != "relay") return wrong("\"iceTransportPolicy\" is \"all\" or \"relay\".");
  options.relayOnly = policy == "relay";
  for (const auto kind : {TcpCandidates::none, TcpCandidates::active, TcpCandidates::both}) {
    if (tcp == toString(kind)) options.tcpCandidates = kind;
  }
  if (!tcp.empty() && !options.tcpCandidates) return wrong("\"tcpCandidates\" is \"none\", \"active\" or \"both\".");
  return options;
}

Result<DtlsParameters> dtlsParametersFrom(const Json& value) {
  if (!value.is_object()) return wrong("RTCDtlsParameters is an object.");
  DtlsParameters parameters;
  const std::string name = stringOr(value, "role", "auto");
  constexpr std::array kRoles{DtlsRole::automatic, DtlsRole::client, DtlsRole::server};
  const auto* role = std::find_if(kRoles.begin(), kRoles.end(), [&](DtlsRole r) { return name == toString(r); });
  if (role == kRoles.end()) return wrong("The DTLS role is \"auto\", \"client\" or \"server\".");
  parameters.role = *role;
  const auto list = value.find("fingerprints");
  if (list == value.end() || !list->is_array() || list->empty()) return wrong("\"dtls\" lacks \"fingerprints\".");
  if (list->size() > kMaxFingerprints) return wrong("There are too many fingerprints.");
  for (const Json& entry : *list) {
    const std::string* algorithm = findString(entry, "algorithm");
    const std::string* fingerprint = findString(entry, "value");
    if (!algorithm || !fingerprint) return wrong("A fingerprint lacks \"algorithm\" or \"value\".");
    parameters.fingerprints.push_back(DtlsFingerprint{*algorithm, *fingerprint});
  }
  return parameters;
}

Result<SctpCapabilities> sctpCapabilitiesFrom(const Json& value) {
  if (!value.is_object()) return wrong("RTCSctpCapabilities is an object.");
  SctpCapabilities capabilities{65'536};
  if (auto read = readNumber<std::uint64_t>(value, "maxMessageSize", capabilities.maxMessageSize); !read) {
    return read.error();
  }
  return capabilities;
}

Result<SctpOptions> sctpOptionsFrom(const Json& value) {
  if (!value.is_object()) return wrong("The options of an RTCSctpTransport are an object.");
  SctpOptions options;
  const Result<void> read = all({readNumber<std::uint16_t>(value, "port", options.port),
                                 readNumber<std::uint16_t>(value, "maxChannels", options.maxChannels),
                                 readNumber<std::uint64_t>(value, "maxMessageSize", options.maxMessageSize)});
  if (!read) return read.error();
  if (options.port == 0) return wrong("0 is not an SCTP port.");
  return options;
}

Result<DataChannelParameters> dataChannelParametersFrom(const Json& value) {
  if (!value.is_object()) return wrong("RTCDataChannelInit is an object.");
  DataChannelParameters parameters;
  const Result<void> read =
      all({readString(value, "label", parameters.label), readString(value, "protocol", parameters.protocol),
           readBool(value, "ordered", parameters.ordered),
           readNumber<std::uint16_t>(value, "maxRetransmits", parameters.maxRetransmits),
           readNumber<std::uint16_t>(value, "maxPacketLifeTime", parameters.maxPacketLifeTime),
           readBool(value, "negotiated", parameters.negotiated), readNumber<std::uint16_t>(value, "id", parameters.id),
           readNumber<std::uint16_t>(value, "priority", parameters.priority)});
  if (!read) return read.error();
  return parameters;
}

}  // namespace portico::json
