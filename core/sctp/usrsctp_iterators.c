/* usrsctp frees the address of a closed association in a walk over its endpoints, by a thread that Portico does not
 * start. This runs the walks that wait, from our own tick. */
#include <netinet/sctp_bsd_addr.h>
#include <netinet/sctp_os.h>
#include <netinet/sctp_pcb.h>
#include <netinet/sctp_var.h>
#include <netinet/sctputil.h>

void portico_usrsctp_run_iterators(void);

void portico_usrsctp_run_iterators(void) {
  SCTP_IPI_ITERATOR_WQ_LOCK();
  if (!TAILQ_EMPTY(&sctp_it_ctl.iteratorhead)) sctp_iterator_worker();
  SCTP_IPI_ITERATOR_WQ_UNLOCK();
}
