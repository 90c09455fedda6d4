// `portico peer`: a connection, driven by JSON lines (CLI.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "native/command/arguments.h"
#include "native/command/connection.h"
#include "native/command/file_handle.h"
#include "native/command/flood.h"
#include "native/command/line_reader.h"
#include "native/command/line_writer.h"
#include "native/command/peer_channel.h"
#include "native/command/transfer.h"

namespace portico::command {

class PeerSession final : public Connection::Observer, public TransferObserver, public PeerChannel::Observer {
 public:
  /// `file`: that of --send, open.
  PeerSession(Loop& loop, PeerArguments arguments, std::unique_ptr<Connection> connection,
              std::optional<FileHandle> file);
  ~PeerSession() override;

  /// Runs the loop until the end; returns the exit status.
  int run();
  /// As the end of standard input: what is queued is delivered, then everything closes.
  void stop(int status);

 private:
  enum class Phase { running, closing, ended };

  // Lines in (peer_commands.cc).
  void onLine(std::string_view line);
  void onCommand(const std::string& command, const Json& line);
  void onSendCommand(const Json& line);
  void onCloseCommand(const Json& line);
  PeerChannel* findChannel(const Json& line);
  void printStats();

  // Lines out.
  void print(const Json& line);
  /// `visible`: otherwise it only counts for --exit-after.
  void printEvent(const Json& event, bool visible = true);
  void printError(const Error& error);

  // Connection::Observer
  void onSignal(const Json& line) override;
  void onState(std::string_view of, std::string_view state) override;
  void onSelectedPair(const IceCandidatePair& pair) override;
  void onNetworkChange(const NetworkChange& change) override;
  void onChannel(DataChannel channel) override;
  void onTrouble(const Error& error) override;
  void onConnected() override;
  void onEnded(const std::optional<Error>& error) override;

  // TransferObserver
  void onProgress(Direction direction, const TransferCount& count) override;
  void onDone(Direction direction, const TransferCount& count) override;
  void onFailed(Direction direction, const Error& error) override;

  // PeerChannel::Observer
  void onChannelOpen(PeerChannel& channel) override;
  void onChannelMessage(PeerChannel& channel, const DataChannelMessage& message) override;
  void onChannelTrouble(PeerChannel& channel, const Error& error) override;
  void onChannelClosed(PeerChannel& channel) override;

  void createChannels();
  PeerChannel* createChannel(DataChannelParameters parameters, std::unique_ptr<ChannelUser> user);
  PeerChannel* addChannel(DataChannel channel, std::unique_ptr<ChannelUser> user);
  void startTimeout();
  void watchClosing();
  void end();
  [[nodiscard]] bool unfinished() const;
  [[nodiscard]] std::size_t queuedBytes() const;

  Loop& loop_;
  PeerArguments arguments_;
  LineWriter writer_;
  std::unique_ptr<Connection> connection_;
  std::optional<FileHandle> file_;
  std::vector<std::unique_ptr<PeerChannel>> channels_;
  std::unique_ptr<Flood> flood_;
  PeerChannel* floodChannel_ = nullptr;
  std::unique_ptr<Timer> timeout_;
  std::unique_ptr<Timer> closingTimer_;
  std::size_t lastQueuedBytes_ = 0;
  LineReader reader_;
  Phase phase_ = Phase::running;
  int status_ = kExitClean;
  bool receiving_ = false;      ///< a channel has the file of --receive; a later one replaces it
  bool received_ = false;       ///< it is there
  bool exitEventCame_ = false;  ///< of --exit-after
  bool failed_ = false;         ///< a transfer failed: the status will say so
};

}  // namespace portico::command
