// `portico doctor`: collects what can be known of this machine's connectivity, and prints the letter that core/doctor
// makes of it. In order, so that no step disturbs another: the bridge, gathering, the NAT.
#pragma once

#include <memory>
#include <optional>

#include "native/command/arguments.h"
#include "native/command/bridge_host.h"
#include "native/command/json.h"
#include "portico/native/loop.h"
#include "portico/sharing_host.h"

namespace portico::command {

class DoctorSession {
 public:
  DoctorSession(Loop& loop, DoctorArguments arguments);
  ~DoctorSession();

  /// Runs the loop until the letter is printed; returns the exit status.
  int run();
  /// Prints the letter of what is known now.
  void finish();

 private:
  void begin();
  void connectBridge();
  void onBridgeBound();
  void gather(Host& host);
  void discoverNat();
  void print();
  [[nodiscard]] std::uint32_t elapsedMs() const;

  Loop& loop_;
  DoctorArguments arguments_;
  Json facts_;
  Time begun_{};  ///< the step that runs now
  Time deadline_{};
  bool over_ = false;
  int status_ = kExitClean;
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<BridgeHost> bridge_;
  std::optional<SharingHost> shared_;  ///< gatherer and discovery use one port of the bridge
  Host* host_ = nullptr;
  std::optional<IceGatherer> gatherer_;
  std::optional<NatDiscovery> discovery_;
};

}  // namespace portico::command
