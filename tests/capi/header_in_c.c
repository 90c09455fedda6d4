/* portico.h is C99, and a C program can use it. */
#include <portico/portico.h>

int header_in_c(void);

int header_in_c(void) {
  portico_event event = {PORTICO_EVENT_OPEN, 0, 0, (const uint8_t*)"", 0};
  return portico_error_name(PORTICO_TYPE_ERROR)[0] == 'T' && event.type == PORTICO_EVENT_OPEN;
}
