#include "core/sctp/usrsctp_socket.h"

#include "core/sctp/usrsctp_api.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/sctp/streams_named.h"
#include "core/sctp/usrsctp_memory.h"

extern "C" {
int portico_usrsctp_perform_waiting_resets(struct socket* socket);
void portico_usrsctp_send_held(struct socket* socket);
}

namespace portico::sctp {
namespace {

constexpr std::uint32_t kSctpHeaderBytes = 12;
/// Of one RE-CONFIG request; usrsctp sends more streams in further requests (its own bound is 200 as well).
constexpr std::size_t kMaxStreamsOfReset = 65'535;
/// usrsctp holds so many streams of an association at least, and twice as many each time that they do not suffice. One
/// of those going out is always unused: to reset all that it holds usrsctp names none (RFC 6525 §4.1), which to the
/// peer is all that were agreed.
constexpr std::uint32_t kFewStreams = 16;
constexpr std::uint32_t kAllStreams = 65'536;

std::uint16_t roomFor(std::uint32_t streams, std::uint16_t limit) {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(std::bit_ceil(std::max(streams, kFewStreams)), limit));
}

std::uint16_t toNetwork(std::uint16_t value) {
  std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::uint32_t toNetwork(std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                                    static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::uint32_t fromNetwork(std::uint32_t value) {
  return toNetwork(value);  // its own inverse
}

sockaddr_conn addressOf(Handle handle, std::uint16_t port) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = toNetwork(port);
  address.sconn_addr = reinterpret_cast<void*>(handle);
  return address;
}

/// Null: UsrsctpSocket::lossReason() knows, once the call into usrsctp has returned.
const char* describe(const sctp_assoc_change& change) {
  switch (change.sac_state) {
    case SCTP_SHUTDOWN_COMP:
      return "The association was shut down.";
    case SCTP_RESTART:
      return "The peer restarted the association, and what was in flight is lost.";
    default:
      return nullptr;
  }
}

void onAssociationChange(Member& member, const sctp_assoc_change& change) {
  if (change.sac_state == SCTP_COMM_UP) {
    member.onUp(change.sac_inbound_streams, change.sac_outbound_streams);
  } else {
    member.onDown(describe(change));
  }
}

void onStreamReset(Member& member, const sctp_stream_reset_event& event, std::size_t bytes) {
  const std::size_t count = (bytes - offsetof(sctp_stream_reset_event, strreset_stream_list)) / sizeof(StreamId);
  const bool performed = (event.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) == 0;
  const bool incoming = (event.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0;
  member.onReset({event.strreset_stream_list, count}, incoming, performed);
}

void onSendFailed(Member& member, const sctp_send_failed_event& event, std::size_t bytes) {
  if ((event.ssfe_flags & SCTP_DATA_UNSENT) == 0) return;
  member.onGivenUp(event.ssfe_info.snd_sid, bytes - offsetof(sctp_send_failed_event, ssfe_data));
}

void onNotification(Member& member, const void* data, std::size_t bytes) {
  union sctp_notification head {};
  std::memcpy(&head, data, std::min(bytes, sizeof head));
  bytes = std::min<std::size_t>(bytes, head.sn_header.sn_length);
  const auto* notification = static_cast<const union sctp_notification*>(data);
  switch (head.sn_header.sn_type) {
    case SCTP_ASSOC_CHANGE:
      if (bytes >= offsetof(sctp_assoc_change, sac_info)) onAssociationChange(member, head.sn_assoc_change);
      break;
    case SCTP_STREAM_RESET_EVENT:
      if (bytes >= offsetof(sctp_stream_reset_event, strreset_stream_list)) {
        onStreamReset(member, notification->sn_strreset_event, bytes);
      }
      break;
    case SCTP_SEND_FAILED_EVENT:
      if (bytes >= offsetof(sctp_send_failed_event, ssfe_data)) {
        onSendFailed(member, notification->sn_send_failed_event, bytes);
      }
      break;
    case SCTP_SENDER_DRY_EVENT:
      member.onDry();
      break;
    default:
      break;
  }
}

/// Owns `data`. Called inside usrsctp.
int onReceive(struct socket*, union sctp_sockstore, void* data, std::size_t bytes, struct sctp_rcvinfo info, int flags,
              void* handle) {
  Member* member = data ? touchMember(reinterpret_cast<Handle>(handle)) : nullptr;
  if (!member) {
    freeUsrsctpMemory(data);
  } else if ((flags & MSG_NOTIFICATION) != 0) {
    onNotification(*member, data, bytes);
    freeUsrsctpMemory(data);
  } else {
    member->onPiece(info.rcv_sid, Ppid{fromNetwork(info.rcv_ppid)}, data, bytes, (flags & MSG_EOR) != 0);
  }
  return 1;
}

/// Called inside usrsctp after each SACK.
int onSendBufferFree(struct socket* socket, std::uint32_t freeBytes, void* handle) {
  Member* member = touchMember(reinterpret_cast<Handle>(handle));
  if (!member) return 0;
  int limit = 0;
  socklen_t size = sizeof limit;
  usrsctp_getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &limit, &size);
  // Wraps on purpose: what is free goes below zero after the buffer was made smaller.
  member->onHeldBytes(static_cast<std::uint32_t>(limit) - freeBytes);
  return 0;
}

template <typename T>
bool setOption(struct socket* socket, int name, const T& value, int level = IPPROTO_SCTP) {
  return usrsctp_setsockopt(socket, level, name, &value, sizeof value) == 0;
}

bool subscribe(struct socket* socket) {
  constexpr std::array<std::uint16_t, 4> kEvents{SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_SEND_FAILED_EVENT,
                                                 SCTP_SENDER_DRY_EVENT};
  for (const std::uint16_t type : kEvents) {
    sctp_event event{};
    event.se_assoc_id = SCTP_FUTURE_ASSOC;
    event.se_type = type;
    event.se_on = 1;
    if (!setOption(socket, SCTP_EVENT, event)) return false;
  }
  return true;
}

bool fixPathMtu(struct socket* socket) {
  sctp_paddrparams parameters{};
  parameters.spp_flags = SPP_PMTUD_DISABLE;  // RFC 8261 §5: DTLS hides the path
  parameters.spp_pathmtu = kPacketBytes - kSctpHeaderBytes;
  return setOption(socket, SCTP_PEER_ADDR_PARAMS, parameters);
}

bool configure(struct socket* socket, const Options& options) {
  linger abortOnClose{};
  abortOnClose.l_onoff = 1;
  sctp_initmsg init{};
  init.sinit_num_ostreams = options.streams;
  init.sinit_max_instreams = options.streams;
  sctp_assoc_value resets{};
  resets.assoc_id = SCTP_ALL_ASSOC;
  resets.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ;
  // Handed up in pieces from here on (or from half of the receive buffer): one byte over what may come is the first
  // that tells a message over the bound from one within it.
  const auto pieceBytes =
      static_cast<std::uint32_t>(std::min<std::size_t>(options.maxReceiveMessageBytes + 1, kReceiveBufferBytes / 2));
  return usrsctp_set_non_blocking(socket, 1) == 0 && setOption(socket, SO_LINGER, abortOnClose, SOL_SOCKET) &&
         setOption(socket, SO_RCVBUF, static_cast<int>(kReceiveBufferBytes), SOL_SOCKET) &&
         setOption(socket, SCTP_INITMSG, init) && setOption(socket, SCTP_ENABLE_STREAM_RESET, resets) &&
         setOption(socket, SCTP_PARTIAL_DELIVERY_POINT, pieceBytes) && subscribe(socket) && fixPathMtu(socket);
}

Error failure(const char* what) {
  return {Error::Operation, std::string("SCTP could not ") + what + ": " + std::strerror(errno)};
}

}  // namespace

Result<std::unique_ptr<UsrsctpSocket>> UsrsctpSocket::open(Handle handle, const Options& options) {
  void* address = reinterpret_cast<void*>(handle);
  struct socket* socket = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, onReceive, onSendBufferFree, 0, address);
  if (!socket) return failure("open a socket");
  usrsctp_register_address(address);
  std::unique_ptr<UsrsctpSocket> opened(new UsrsctpSocket(handle, socket));
  if (!configure(socket, options)) return failure("be configured");
  opened->setSendBufferBytes(kSendBufferBytes);
  sockaddr_conn local = addressOf(handle, options.localPort);
  if (usrsctp_bind(socket, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0) return failure("bind its port");
  return opened;
}

UsrsctpSocket::~UsrsctpSocket() {
  usrsctp_close(socket_);
  usrsctp_deregister_address(reinterpret_cast<void*>(handle_));
}

Result<void> UsrsctpSocket::connect(std::uint16_t remotePort) {
  sockaddr_conn remote = addressOf(handle_, remotePort);
  if (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0 && errno != EINPROGRESS) {
    return failure("connect");
  }
  return {};
}

const char* UsrsctpSocket::lossReason() const {
  int error = 0;
  socklen_t size = sizeof error;
  usrsctp_getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  switch (error) {
    case ECONNREFUSED:
      return "The peer refused the association.";
    case ECONNRESET:
      return "The peer aborted the association.";
    case ETIMEDOUT:
      return "The peer did not answer while the association was being set up.";
    default:
      return "The peer stopped answering, or broke the rules of SCTP.";
  }
}

void UsrsctpSocket::shutdown() {
  usrsctp_shutdown(socket_, SHUT_WR);
}

void UsrsctpSocket::input(ByteView packet) {
  const StreamsNamed named = streamsNamed(packet);
  holdStreams(named.all ? kAllStreams : named.inbound, named.all ? kAllStreams : 0);
  usrsctp_conninput(reinterpret_cast<void*>(handle_), packet.data(), packet.size(), 0);
  portico_usrsctp_perform_waiting_resets(socket_);
  if (named.all) agreeStreams();
}

std::uint16_t UsrsctpSocket::heldStreams() const {
  const portico_streams held = portico_usrsctp_held_streams(socket_);
  return std::max(held.in, held.out);
}

void UsrsctpSocket::holdStreams(std::uint32_t inbound, std::uint32_t outbound) {
  const portico_streams held = portico_usrsctp_held_streams(socket_);
  if (inbound <= held.in && outbound <= held.out) return;
  const portico_streams wanted{std::max(held.in, roomFor(inbound, agreed_.in)),
                               std::max(held.out, roomFor(outbound, agreed_.out))};
  portico_usrsctp_resize_streams(socket_, wanted);
}

void UsrsctpSocket::agreeStreams() {
  const portico_streams held = portico_usrsctp_held_streams(socket_);
  if (held.in == 0 || held.out == 0) return;
  agreed_ = held;
  trimStreams();
}

void UsrsctpSocket::trimStreams() {
  const portico_streams held = portico_usrsctp_held_streams(socket_);
  const portico_streams used = portico_usrsctp_used_streams(socket_);
  const portico_streams wanted{roomFor(used.in, held.in), roomFor(used.out + 1u, held.out)};
  if (wanted.in < held.in || wanted.out < held.out) portico_usrsctp_resize_streams(socket_, wanted);
}

UsrsctpSocket::Sent UsrsctpSocket::send(StreamId stream, Ppid ppid, ByteView payload, const Reliability& reliability) {
  holdStreams(0, stream + 2u);
  sctp_sendv_spa how{};
  how.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  how.sendv_sndinfo.snd_sid = stream;
  how.sendv_sndinfo.snd_ppid = toNetwork(static_cast<std::uint32_t>(ppid));
  if (!reliability.ordered) how.sendv_sndinfo.snd_flags |= SCTP_UNORDERED;
  if (reliability.maxRetransmits || reliability.maxLifetimeMs) {
    how.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    how.sendv_prinfo.pr_policy = reliability.maxRetransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    how.sendv_prinfo.pr_value =
        reliability.maxRetransmits ? *reliability.maxRetransmits : std::uint32_t{*reliability.maxLifetimeMs};
  }
  const auto sent =
      usrsctp_sendv(socket_, payload.data(), payload.size(), nullptr, 0, &how, sizeof how, SCTP_SENDV_SPA, 0);
  if (sent == static_cast<ssize_t>(payload.size())) return Sent::whole;
  if (errno != EWOULDBLOCK && errno != EAGAIN) return Sent::failed;
  return Sent::noRoom;
}

void UsrsctpSocket::sendHeld() {
  portico_usrsctp_send_held(socket_);
}

void UsrsctpSocket::setSendBufferBytes(std::size_t bytes) {
  if (setOption(socket_, SO_SNDBUF, static_cast<int>(bytes), SOL_SOCKET)) sendBufferBytes_ = bytes;
}

bool UsrsctpSocket::resetStreams(std::span<const StreamId> streams) {
  const std::size_t count = std::min(streams.size(), kMaxStreamsOfReset);
  std::vector<std::byte> memory(offsetof(sctp_reset_streams, srs_stream_list) + count * sizeof(StreamId));
  holdStreams(0, *std::max_element(streams.begin(), streams.end()) + 2u);
  auto* request = new (memory.data()) sctp_reset_streams;
  request->srs_assoc_id = SCTP_ALL_ASSOC;
  request->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  request->srs_number_streams = static_cast<std::uint16_t>(count);
  std::copy_n(streams.begin(), count, request->srs_stream_list);
  return usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request,
                            static_cast<socklen_t>(memory.size())) == 0;
}

}  // namespace portico::sctp
