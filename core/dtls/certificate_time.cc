#include "core/dtls/certificate_time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace portico::dtls {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kLastSecondOf9999 = 253'402'300'799;

}  // namespace

std::int64_t unixSeconds(const CivilTime& time) {
  const std::chrono::sys_days days =
      std::chrono::year_month_day(std::chrono::year(time.year), std::chrono::month(static_cast<unsigned>(time.month)),
                                  std::chrono::day(static_cast<unsigned>(time.day)));
  return std::int64_t{days.time_since_epoch().count()} * kSecondsPerDay + time.hour * 3'600 + time.minute * 60 +
         time.second;
}

std::string certificateTime(std::int64_t unixSeconds) {
  const std::int64_t seconds = std::clamp<std::int64_t>(unixSeconds, 0, kLastSecondOf9999);
  const auto days = static_cast<int>(seconds / kSecondsPerDay);
  const auto rest = static_cast<int>(seconds % kSecondsPerDay);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3'600, rest / 60 % 60,
                rest % 60);
  return text.data();
}

}  // namespace portico::dtls
