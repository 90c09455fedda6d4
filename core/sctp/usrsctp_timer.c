/* usrsctp's file of the same name, and a count that it gets wrong: when the T3-rtx timer expires, it counts the chunks
 * that wait to be sent again, and leaves out those that were sent less than a round trip ago. Fast retransmission has
 * marked some of these, where the round trip varies and the congestion window holds them back. With a count of zero they
 * are never sent, the timer does not run as nothing is in flight, and the association stands still for good. */
#define sctp_t3rxt_timer usrsctp_t3rxt_timer
#include <netinet/sctp_timer.c>
#undef sctp_t3rxt_timer

int sctp_t3rxt_timer(struct sctp_inpcb* inp, struct sctp_tcb* stcb, struct sctp_nets* net);

/* In place of usrsctp's, for sctputil.c, which sends what waits next. */
int sctp_t3rxt_timer(struct sctp_inpcb* inp, struct sctp_tcb* stcb, struct sctp_nets* net) {
  const int association_is_gone = usrsctp_t3rxt_timer(inp, stcb, net);

  if (!association_is_gone) sctp_audit_retranmission_queue(&stcb->asoc);
  return association_is_gone;
}
