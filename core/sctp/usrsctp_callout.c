/* usrsctp's timers, in place of netinet/sctp_callout.c. That keeps them in one list and looks at each on every tick, a
 * hundred times a second: with 4,000 associations it is most of what the processor does. Here they wait in a wheel of
 * slots, and a tick looks at the slots of the time that has passed.
 *
 * Without locks: all of usrsctp runs on one thread here (usrsctp_global.h). */
#include <string.h>

#include <netinet/sctp_os.h>
#include <netinet/sctp_pcb.h>

void portico_usrsctp_clear_timers(void);

/* A tick is a millisecond. The wheel goes round in 8 s; of timers for a later round a heartbeat of 30 s is looked at four
 * times. Both are powers of two, so that the wheel fits where the count of ticks turns over. */
#define SLOT_SHIFT 3
#define SLOT_COUNT 1024U

static struct calloutlist slots[SLOT_COUNT];
static uint32_t ticks;
static sctp_os_timer_t *next; /* while a slot is walked: callbacks may take any timer away */

static struct calloutlist *slotOf(uint32_t time) {
  return &slots[(time >> SLOT_SHIFT) % SLOT_COUNT];
}

/* Before usrsctp starts, again or for the first time. */
void portico_usrsctp_clear_timers(void) {
  for (uint32_t i = 0; i < SLOT_COUNT; ++i) TAILQ_INIT(&slots[i]);
  next = NULL;
}

uint32_t sctp_get_tick_count(void) {
  return ticks;
}

void sctp_os_timer_init(sctp_os_timer_t *timer) {
  memset(timer, 0, sizeof *timer);
}

static int take(sctp_os_timer_t *timer) {
  if (!(timer->c_flags & SCTP_CALLOUT_PENDING)) return 0;
  if (timer == next) next = TAILQ_NEXT(timer, tqe);
  TAILQ_REMOVE(slotOf(timer->c_time), timer, tqe);
  timer->c_flags &= ~SCTP_CALLOUT_PENDING;
  return 1;
}

int sctp_os_timer_start(sctp_os_timer_t *timer, uint32_t after, void (*function)(void *), void *argument) {
  const int waited = take(timer);
  timer->c_arg = argument;
  timer->c_func = function;
  timer->c_flags = SCTP_CALLOUT_ACTIVE | SCTP_CALLOUT_PENDING;
  timer->c_time = ticks + (after == 0 ? 1 : after);
  TAILQ_INSERT_TAIL(slotOf(timer->c_time), timer, tqe);
  return waited;
}

int sctp_os_timer_stop(sctp_os_timer_t *timer) {
  const int waited = take(timer);
  timer->c_flags &= ~SCTP_CALLOUT_ACTIVE;
  return waited;
}

static void fireDue(struct calloutlist *slot) {
  for (sctp_os_timer_t *timer = TAILQ_FIRST(slot); timer != NULL; timer = next) {
    next = TAILQ_NEXT(timer, tqe);
    if (!SCTP_UINT32_GE(ticks, timer->c_time)) continue;
    take(timer);
    timer->c_func(timer->c_arg);
  }
  next = NULL;
}

/* What callbacks start is due later than now, in this slot or another. */
void sctp_handle_tick(uint32_t elapsed) {
  const uint32_t first = ticks;
  const uint32_t passed = (elapsed + (first & ((1U << SLOT_SHIFT) - 1))) >> SLOT_SHIFT;
  const uint32_t last = passed < SLOT_COUNT ? passed : SLOT_COUNT - 1;
  ticks += elapsed;
  for (uint32_t i = 0; i <= last; ++i) fireDue(slotOf(first + (i << SLOT_SHIFT)));
}

/* usrsctp_init_nothreads() asks for none; the linker does. */
void sctp_start_timer_thread(void) {}
void sctp_stop_timer_thread(void) {}
