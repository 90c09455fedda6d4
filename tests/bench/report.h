// A benchmark's results: a table for people, JSON for comparisons.
#pragma once

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace portico::bench {

class Report {
 public:
  void add(const std::string& what, double value, const std::string& unit, const std::string& goal = "") {
    rows_.push_back({what, value, unit, goal});
    std::printf("%-58s %12.1f %-12s %s\n", what.c_str(), value, unit.c_str(), goal.c_str());
    std::fflush(stdout);
  }

  void writeJson(const std::string& path) const {
    nlohmann::json rows = nlohmann::json::array();
    for (const Row& row : rows_) {
      rows.push_back({{"what", row.what}, {"value", row.value}, {"unit", row.unit}, {"goal", row.goal}});
    }
    std::ofstream(path) << rows.dump(2) << '\n';
  }

 private:
  struct Row {
    std::string what;
    double value;
    std::string unit;
    std::string goal;
  };
  std::vector<Row> rows_;
};

}  // namespace portico::bench
