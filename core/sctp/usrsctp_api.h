/* usrsctp's public header, with the addresses of usrsctp_layout.h. */
#pragma once

#define sconn_addr sconn_addr __attribute__((aligned(8)))
#include <usrsctp.h>
#undef sconn_addr

static_assert(sizeof(sockaddr_conn) == 16);
