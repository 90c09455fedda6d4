// Certificates' dates: X.509 has civil time, Portico seconds since 1970 UTC.
#pragma once

#include <cstdint>
#include <string>

namespace portico::dtls {

struct CivilTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::int64_t unixSeconds(const CivilTime& time);
/// "YYYYMMDDhhmmss", clamped to the years 1970 to 9999, which is what X.509 can hold.
std::string certificateTime(std::int64_t unixSeconds);

}  // namespace portico::dtls
