// `portico send` and `portico receive`: one file between two people who can paste a code to each other.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "native/command/arguments.h"
#include "native/command/file_handle.h"
#include "native/command/line_reader.h"
#include "native/command/ortc_connection.h"
#include "native/command/progress_bar.h"
#include "native/command/transfer.h"

namespace portico::command {

class PeopleSession final : public Connection::Observer, public TransferObserver {
 public:
  PeopleSession(Loop& loop, const SendArguments& arguments, FileHandle file);
  PeopleSession(Loop& loop, ReceiveArguments arguments);
  ~PeopleSession() override;

  /// Runs the loop until the end; returns the exit status.
  int run();
  void stop(int status);

 private:
  PeopleSession(Loop& loop, const IceGatherOptions& ice, bool sender);

  void onCodeLine(std::string_view line);
  void watchChannel(DataChannel channel);
  void say(const std::string& sentence);

  void onSignal(const Json& line) override;
  void onState(std::string_view of, std::string_view state) override;
  void onSelectedPair(const IceCandidatePair& pair) override;
  void onChannel(DataChannel channel) override;
  void onTrouble(const Error& error) override;
  void onConnected() override;
  void onEnded(const std::optional<Error>& error) override;

  void onProgress(Direction direction, const TransferCount& count) override;
  void onDone(Direction direction, const TransferCount& count) override;
  void onFailed(Direction direction, const Error& error) override;

  Loop& loop_;
  bool sender_;
  std::string folder_;
  std::string path_;  ///< of the file that is received
  OrtcConnection connection_;
  LineReader reader_;
  ProgressBar bar_;
  std::unique_ptr<ChannelUser> user_;
  std::optional<DataChannel> channel_;
  std::string pair_;  ///< the path that ICE has found, for people
  bool codeTaken_ = false;
  bool stopping_ = false;
  int status_ = kExitFailed;
};

}  // namespace portico::command
