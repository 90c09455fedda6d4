#include "core/doctor/sections.h"

#include <algorithm>
#include <cmath>

#include "core/doctor/server_view.h"
#include "core/doctor/words.h"

namespace portico::doctor {
namespace {

std::string padded(std::string text, std::size_t columns) {
  if (text.size() < columns) text.resize(columns, ' ');
  return text;
}

std::string milliseconds(double value) {
  const auto tenths = static_cast<long>(std::lround(value * 10));
  if (tenths >= 100) return std::to_string((tenths + 5) / 10) + " ms";
  return join({std::to_string(tenths / 10), ".", std::to_string(tenths % 10), " ms"});
}

void writeAnswers(Page& page, const ServerView& view) {
  for (const Answer* answer : view.seen) {
    std::string text =
        join({view.server->turn ? "Answers as a STUN server" : "Works: it answers", " from ", answer->server.text()});
    if (answer->roundTripSeconds) text += join({" in ", milliseconds(*answer->roundTripSeconds * 1000)});
    text += join({", and sees this side as ", answer->mapped->text(), "."});
    if (answer->other) text += " It supports RFC 5780.";
    page.paragraph(text, 4);
  }
}

void writeServer(Page& page, const Facts& facts, const ServerView& view) {
  const Server& server = *view.server;
  page.paragraph(server.url, 2);
  if (!server.unresolved.empty())
    return page.paragraph(join({"Fails: its name has no address. ", server.unresolved}), 4);
  for (const Candidate* candidate : view.relayed) {
    page.paragraph(join({"Works: it gives the relayed address ", candidate->at.text(), ", after ",
                         milliseconds(candidate->milliseconds), "."}),
                   4);
  }
  if (!server.turn || !view.works) writeAnswers(page, view);
  for (const CandidateError& error : view.errors) {
    const bool partly = view.works || (error.code == 701 && view.answered);
    const std::string from = partly && !error.address.empty() ? join({"Not from ", error.address, ": "}) : "Fails: ";
    page.paragraph(from + describe(error), 4);
  }
  if (!view.works && view.errors.empty()) {
    page.paragraph(facts.complete || !view.answered ? "Fails: nothing came from it."
                                                    : "It had not given a relayed address when time was up.",
                   4);
  }
}

}  // namespace

void writeMachine(Page& page, const Facts& facts) {
  page.heading("This machine");
  if (facts.bridge)
    return page.paragraph("UDP goes through the bridge, so this machine's own addresses do not matter.");
  if (facts.interfaces.empty()) page.paragraph("No network interface is up.");
  bool v6 = false;
  for (const Interface& interface : facts.interfaces) {
    page.paragraph(describe(interface), 44,
                   join({"  ", padded(interface.name, 10), " ", padded(interface.address, 30), " "}));
    v6 = v6 || (isV6(interface.address) && kindOf(interface.address) == nat::AddressKind::global);
  }
  if (!v6) page.paragraph("It has no public IPv6 address.");
}

void writeBridge(Page& page, const Facts& facts) {
  const Bridge& bridge = *facts.bridge;
  page.heading(join({"The bridge ", bridge.url}));
  if (!bridge.connected) return page.paragraph(describeRefusal(bridge));
  page.paragraph(join({"Took us in after ", milliseconds(bridge.milliseconds),
                       bridge.token ? ", with the token." : ", without a token."}));
  for (const Bound& bound : bridge.bound) {
    std::string text = join({"Its UDP port for us is ", bound.bound.text()});
    if (bound.seen) text += join({", which the world sees as ", bound.seen->text()});
    page.paragraph(text + ".");
  }
  if (bridge.bytesPerSecond > 0 || bridge.packetsPerSecond > 0) {
    const std::string bytes =
        bridge.bytesPerSecond == 0 ? "any number of bytes" : std::to_string(bridge.bytesPerSecond / 1000) + " kB";
    const std::string packets =
        bridge.packetsPerSecond == 0 ? "any number of packets" : std::to_string(bridge.packetsPerSecond) + " packets";
    page.paragraph(join({"It lets ", bytes, " and ", packets, " a second through, each way, and drops what is more."}));
  }
  for (const Refusal& refusal : bridge.refusals) page.paragraph(describe(refusal));
}

void writeServers(Page& page, const Facts& facts) {
  if (facts.bridge && !facts.bridge->connected) return;
  page.heading("Servers");
  if (facts.servers.empty()) {
    page.paragraph(
        "None was named. A STUN server (--ice-server stun:HOST) would tell which address the internet sees.");
  }
  for (const ServerView& view : viewAll(facts)) writeServer(page, facts, view);
  if (!facts.gatheringError.empty()) page.paragraph(facts.gatheringError);
}

void writeNat(Page& page, const Facts& facts) {
  if (facts.bridge && !facts.bridge->connected) return;
  const bool any = std::any_of(facts.behaviours.begin(), facts.behaviours.end(),
                               [](const Behaviour& one) { return one.mapped.has_value(); });
  if (!any) return;
  page.heading(facts.bridge ? "Address translation in the bridge's network" : "Address translation (NAT)");
  for (const Behaviour& behaviour : facts.behaviours) {
    if (!behaviour.mapped) continue;
    if (behaviour.translated) {
      page.paragraph(join({behaviour.local.text(), " is seen as ", behaviour.mapped->text(), ": there is a NAT."}));
      page.paragraph(describeMapping(behaviour), 15, "    Mapping:   ");
    } else {
      page.paragraph(join({behaviour.local.text(), " is seen as it is: there is no NAT."}));
    }
    page.paragraph(describeFiltering(behaviour), 15, "    Filtering: ");
  }
}

}  // namespace portico::doctor
