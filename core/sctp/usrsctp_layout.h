/* What of usrsctp's structs gets into packets, the same on every machine. Comes first in each of usrsctp's files
 * (cmake/usrsctp.cmake), with the system's headers before it, which keep their own names. */
#pragma once

#include <pthread.h>

/* A name that cmake/usrsctp.cmake redirects. */
#pragma push_macro("gettimeofday")
#undef gettimeofday
#include <sys/select.h>
#include <sys/time.h>
#include <sys/types.h>
#pragma pop_macro("gettimeofday")

/* The time is a part of the state cookie, whose length would follow time_t's. */
#include "usrsctp_time.h"
#define timeval portico_usrsctp_timeval
int gettimeofday(struct timeval* out, void* zone);

/* The length of an address is a part of HEARTBEATs. */
#define sconn_addr sconn_addr __attribute__((aligned(8)))
#include <netinet/sctp_os.h>
#undef sconn_addr
_Static_assert(sizeof(struct sockaddr_conn) == 16, "a HEARTBEAT says so");
