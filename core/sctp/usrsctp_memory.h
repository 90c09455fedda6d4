// The memory of usrsctp: malloc() and free() of its files are these (cmake/usrsctp.cmake).
//
// Each packet costs it a 2 KiB cluster and some small structures, taken and given back at once. The C library has no
// fast path for such sizes, and spent a fifth of a transfer's time on them. Here what is given back waits in a list for
// its size, within a bound. Like all of usrsctp it belongs to one thread.
#pragma once

#include <cstddef>

namespace portico::sctp {

/// What waits in the lists of the process at most; what goes over it is the C library's again.
inline constexpr std::size_t kMaxCachedBytes = 1024 * 1024;

// As malloc(), realloc() and free(): for what usrsctp handed over (its receive callback). Null is fine.
void* allocateUsrsctpMemory(std::size_t size);
void* reallocateUsrsctpMemory(void* memory, std::size_t size);
void freeUsrsctpMemory(void* memory);
/// Empties the lists: for when the last association has gone.
void releaseUsrsctpMemory();

}  // namespace portico::sctp
