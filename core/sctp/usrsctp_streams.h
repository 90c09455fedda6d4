/* The stream arrays of an association inside usrsctp: 64 bytes for each stream out and 40 for each in, for as many as
 * were agreed, nearly all of which no channel ever uses. These functions exchange the arrays for shorter and longer
 * ones between calls into usrsctp; what was agreed with the peer is not theirs. For C and C++. */
#pragma once

#ifdef __cplusplus
#include <cstdint>
using std::uint16_t;
extern "C" {
#else
#include <stdint.h>
#endif

struct socket;

/* Counts: the highest stream and one. */
struct portico_streams {
  uint16_t in;
  uint16_t out;
};

/* Nothing before the association is up, and when it has gone. */
struct portico_streams portico_usrsctp_held_streams(struct socket* socket);
/* The part of them that is not as new: a message was sent or received since the last reset, or something is under way.
 */
struct portico_streams portico_usrsctp_used_streams(struct socket* socket);
/* The caller keeps to the above: no fewer than are used. Zero: no memory, and it is as before. */
int portico_usrsctp_resize_streams(struct socket* socket, struct portico_streams wanted);

#ifdef __cplusplus
}
#endif
