/* What the C library and usrsctp would ask of a system. There is none here: defining these leaves the module without
 * imports other than module.h's (tests/wasm/module_test.mjs counts them). */
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

/* abort() ends here. A trap reaches JavaScript as a WebAssembly.RuntimeError, with the stack. */
void _Exit(int status) {
  (void)status;
  __builtin_trap();
}

/* For JavaScript that keeps views of the memory; ours makes them anew. */
void emscripten_notify_memory_growth(size_t index);
void emscripten_notify_memory_growth(size_t index) {
  (void)index;
}

/* Of the loop of usrsctp's timer thread, which is never started. */
int nanosleep(const struct timespec* request, struct timespec* remaining) {
  (void)request;
  (void)remaining;
  __builtin_trap();
}
