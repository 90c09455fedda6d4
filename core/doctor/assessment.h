// What the facts come to: findings, each with its meaning and with what to do, and one sentence on the whole.
#pragma once

#include <string>
#include <vector>

#include "core/doctor/facts.h"

namespace portico::doctor {

struct Finding {
  enum Severity : std::uint8_t { fault, warning, note };
  std::string id;  ///< for programs
  Severity severity = note;
  std::string means;
  std::string advice;  ///< empty: there is nothing to do
};

struct Assessment {
  bool healthy = true;  ///< false: connections are likely to fail
  std::string summary;
  std::vector<Finding> findings;  ///< the worst first
};

Assessment assess(const Facts& facts);

}  // namespace portico::doctor
