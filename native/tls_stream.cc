#include "native/tls_stream.h"

#include <utility>

#include "native/tcp_stream.h"

namespace portico {
namespace {

std::string nameFor(const TcpOptions& options) {
  const std::string address = options.remote.toString();
  return IpAddress::parse(*options.tlsServerName) ? address : *options.tlsServerName + " (" + address + ")";
}

}  // namespace

Result<std::unique_ptr<TcpStream>> LoopTlsStream::open(const std::shared_ptr<LoopCore>& core, const TcpOptions& options,
                                                       StreamReceiver& receiver) {
  auto trust = core->trustStore();
  if (!trust) {
    return trust.error();
  }
  auto stream = std::make_unique<LoopTlsStream>(core, std::move(*trust), options, receiver);
  auto tcp = LoopTcpStream::open(core, options, *stream);
  if (!tcp) {
    return tcp.error();
  }
  stream->tcp_ = std::move(*tcp);
  return std::unique_ptr<TcpStream>(std::move(stream));
}

LoopTlsStream::LoopTlsStream(std::shared_ptr<LoopCore> core, std::shared_ptr<tls::TrustStore> trust,
                             const TcpOptions& options, StreamReceiver& receiver)
    : core_(std::move(core)),
      receiver_(receiver),
      name_(nameFor(options)),
      client_(std::move(trust), *options.tlsServerName) {}

LoopTlsStream::~LoopTlsStream() {
  if (open_ && !ended_ && !blocked_) {
    client_.close();
    (void)tcp_->send(client_.output());
  }
}

bool LoopTlsStream::send(ByteView bytes) {
  if (ended_ || core_->isClosed()) {
    return true;  // lost with the connection, which the receiver hears of
  }
  if (blocked_ || waiting_.size() >= kMaxQueuedStreamBytes) {
    refused_ = true;
    return false;
  }
  if (!open_) {
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  } else if (!client_.write(bytes)) {
    core_->defer([this, watch = std::weak_ptr<bool>(alive_)] {
      if (!watch.expired()) {
        end(core_->now(), client_.failure());
      }
    });
  } else if (tcp_->send(client_.output())) {
    client_.output().clear();
  } else {
    blocked_ = true;
  }
  return true;
}

void LoopTlsStream::onStreamOpen(Time now) {
  connected_ = true;
  shakeHands(now);
}

void LoopTlsStream::onStreamBytes(Time now, ByteView bytes) {
  client_.feed(bytes);
  if (open_ || shakeHands(now)) {
    read(now);
  }
}

bool LoopTlsStream::shakeHands(Time now) {
  const tls::Client::Progress progress = client_.shakeHands();
  if (progress == tls::Client::Progress::failed) {
    end(now, client_.failure());
    return false;
  }
  if (progress == tls::Client::Progress::more) {
    flush(now);
    return false;
  }
  open_ = true;
  if (!client_.write(std::exchange(waiting_, {}))) {
    end(now, client_.failure());
    return false;
  }
  const std::weak_ptr<bool> watch = alive_;
  receiver_.onStreamOpen(now);
  if (!watch.expired()) {
    flushAndTell(now);
  }
  return !watch.expired() && !ended_;
}

void LoopTlsStream::read(Time now) {
  const std::weak_ptr<bool> watch = alive_;
  for (;;) {
    // The receiver may destroy this stream while it looks at the bytes.
    std::vector<std::byte> room = std::move(room_);
    room.resize(kTlsReadBytes);
    std::size_t got = 0;
    const tls::Client::Progress progress = client_.read(room, got);
    if (got > 0) {
      receiver_.onStreamBytes(now, ByteView(room).first(got));
      if (watch.expired() || ended_) {
        return;
      }
    }
    room_ = std::move(room);
    if (progress == tls::Client::Progress::failed) {
      end(now, client_.failure());
      return;
    }
    if (progress == tls::Client::Progress::more) {
      flush(now);
      return;
    }
  }
}

bool LoopTlsStream::flush(Time now) {
  ByteVector& output = client_.output();
  if (!blocked_ && !output.empty()) {
    blocked_ = !tcp_->send(output);
  }
  if (!blocked_) {
    output.clear();
  } else if (output.size() > 2 * kMaxQueuedStreamBytes) {
    // It asks for renegotiation over and over and reads none of the refusals.
    end(now, "the server does not read what it is sent");
    return false;
  }
  return true;
}

void LoopTlsStream::flushAndTell(Time now) {
  if (flush(now) && !blocked_ && std::exchange(refused_, false)) {
    receiver_.onStreamWritable(now);
  }
}

void LoopTlsStream::onStreamWritable(Time now) {
  blocked_ = false;
  flushAndTell(now);
}

void LoopTlsStream::onStreamClosed(Time now, const Error& why) {
  if (std::exchange(ended_, true)) {
    return;
  }
  const bool shaking = connected_ && !open_;
  receiver_.onStreamClosed(
      now, shaking ? Error(why.code, why.message + " during the TLS handshake: is there TLS on this port?") : why);
}

void LoopTlsStream::end(Time now, const std::string& why) {
  if (std::exchange(ended_, true)) {
    return;
  }
  if (!blocked_) {
    (void)tcp_->send(client_.output());  // an alert
  }
  tcp_.reset();
  receiver_.onStreamClosed(now, Error(Error::Network, "the TLS connection to " + name_ + " failed: " + why));
}

}  // namespace portico
