#include "core/doctor/letter.h"

#include "core/doctor/assessment.h"
#include "core/doctor/page.h"
#include "core/doctor/sections.h"

namespace portico::doctor {
namespace {

constexpr std::string_view kSeverities[] = {"fault", "warning", "note"};

void writeAssessment(Page& page, const Assessment& assessment) {
  page.heading("Assessment");
  page.paragraph(assessment.summary);
  for (const Finding& finding : assessment.findings) page.paragraph(finding.means, 4, "- ");

  page.heading("What to do");
  std::size_t number = 0;
  for (const Finding& finding : assessment.findings) {
    if (finding.advice.empty()) continue;
    page.paragraph(finding.advice, 5, join({std::to_string(++number), ". "}));
  }
  if (number == 0) page.paragraph("Nothing.");
}

}  // namespace

json::Json diagnose(const json::Json& from) {
  const Facts facts = readFacts(from);
  const Assessment assessment = assess(facts);

  Page page;
  writeMachine(page, facts);
  if (facts.bridge) writeBridge(page, facts);
  writeServers(page, facts);
  writeNat(page, facts);
  writeAssessment(page, assessment);

  json::Json result;
  result["healthy"] = assessment.healthy;
  result["letter"] = page.take();
  result["findings"] = json::Json::array();
  for (const Finding& finding : assessment.findings) {
    json::Json one;
    one["id"] = finding.id;
    one["severity"] = std::string(kSeverities[static_cast<std::size_t>(finding.severity)]);
    one["means"] = finding.means;
    one["advice"] = finding.advice;
    result["findings"].push_back(std::move(one));
  }
  return result;
}

}  // namespace portico::doctor
