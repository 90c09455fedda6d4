/* usrsctp's struct timeval, the same on every machine: it is a part of the state cookie, and with the system's own a
 * packet would be longer or shorter by what time_t is there. (It also outlives 2038 where time_t has 32 bits.) */
#pragma once

#include <stdint.h>

struct portico_usrsctp_timeval {
  int64_t tv_sec;
  int64_t tv_usec;
};
