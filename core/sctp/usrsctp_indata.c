/* usrsctp's file of the same name, and what it leaves undone:
 *
 * - A SACK without gaps does not restart the T3-rtx timer when it acknowledges the earliest outstanding TSN, as RFC
 * 9260 §6.3.2 R3 has it. In steady traffic the timer then expires every RTO, takes what was sent one round trip ago for
 *   lost, and the congestion window falls to one packet: a hundredth of the rate on a path of 50 ms.
 * - A stream reset that had to wait for data (RFC 6525 §5.2.2) is performed only when a DATA chunk is the very next
 * TSN. A retransmission that closes a gap, or a FORWARD-TSN (RFC 3758), moves the cumulative TSN later: the reset
 * waited for data that may never come, and the peer's requests were answered "in progress" for ever. */
#define sctp_express_handle_sack usrsctp_express_handle_sack
#include <netinet/sctp_indata.c>
#undef sctp_express_handle_sack

void sctp_express_handle_sack(struct sctp_tcb* stcb, uint32_t cumack, uint32_t rwnd, int* abort_now, int ecne_seen);
int portico_usrsctp_perform_waiting_resets(struct socket* socket);

/* In place of usrsctp's, for sctp_input.c. The timer that is stopped here is started in there if anything is in flight.
 */
void sctp_express_handle_sack(struct sctp_tcb* stcb, uint32_t cumack, uint32_t rwnd, int* abort_now, int ecne_seen) {
  if (SCTP_TSN_GT(cumack, stcb->asoc.last_acked_seq)) {
    struct sctp_nets* net;

    TAILQ_FOREACH(net, &stcb->asoc.nets, sctp_next) {
      sctp_timer_stop(SCTP_TIMER_TYPE_SEND, stcb->sctp_ep, stcb, net, SCTP_FROM_SCTP_INDATA + SCTP_LOC_32);
    }
  }
  usrsctp_express_handle_sack(stcb, cumack, rwnd, abort_now, ecne_seen);
}

/* What came after the reset goes to its streams. Zero: the association was aborted. */
static int release_pending(struct sctp_tcb* stcb) {
  struct sctp_association* asoc = &stcb->asoc;
  struct sctp_stream_reset_list* next = TAILQ_FIRST(&asoc->resetHead);
  struct sctp_queued_to_read* control;

  while ((control = TAILQ_FIRST(&asoc->pending_reply_queue)) != NULL) {
    int aborted = 0;
    int reassemble = 0;
    struct sctp_stream_in* stream = &asoc->strmin[control->sinfo_stream];

    if (next != NULL && SCTP_TSN_GT(control->sinfo_tsn, next->tsn)) break;
    TAILQ_REMOVE(&asoc->pending_reply_queue, control, next);
    sctp_queue_data_to_stream(stcb, asoc, control, &aborted, &reassemble);
    if (aborted) return 0;
    if (reassemble) (void)sctp_deliver_reasm_check(stcb, asoc, stream, SCTP_READ_LOCK_NOT_HELD);
  }
  return 1;
}

/* After each packet that came in. Nonzero: something was performed. */
int portico_usrsctp_perform_waiting_resets(struct socket* socket) {
  struct sctp_inpcb* inp = (struct sctp_inpcb*)socket->so_pcb;
  struct sctp_tcb* stcb = inp == NULL ? NULL : LIST_FIRST(&inp->sctp_asoc_list);
  struct sctp_stream_reset_list* reset;
  int performed = 0;

  if (stcb == NULL || TAILQ_EMPTY(&stcb->asoc.resetHead)) return 0;
  SCTP_TCB_LOCK(stcb);
  while ((reset = TAILQ_FIRST(&stcb->asoc.resetHead)) != NULL && SCTP_TSN_GE(stcb->asoc.cumulative_tsn, reset->tsn)) {
    sctp_reset_in_stream(stcb, reset->number_entries, reset->list_of_streams);
    TAILQ_REMOVE(&stcb->asoc.resetHead, reset, next_resp);
    sctp_send_deferred_reset_response(stcb, reset, SCTP_STREAM_RESET_RESULT_PERFORMED);
    SCTP_FREE(reset, SCTP_M_STRESET);
    performed = 1;
    if (!release_pending(stcb)) return 1; /* with the association went its lock */
  }
  if (performed) sctp_chunk_output(inp, stcb, SCTP_OUTPUT_FROM_CONTROL_PROC, SCTP_SO_NOT_LOCKED);
  SCTP_TCB_UNLOCK(stcb);
  return performed;
}

/* Sends what Nagle's algorithm holds back: our sockets run with it, so that the messages of one turn of the loop share
 * packets, and this at the end of the turn takes its delay away. */
void portico_usrsctp_send_held(struct socket* socket) {
  struct sctp_inpcb* inp = (struct sctp_inpcb*)socket->so_pcb;
  struct sctp_tcb* stcb = inp == NULL ? NULL : LIST_FIRST(&inp->sctp_asoc_list);
  struct sctp_nets* net = stcb == NULL ? NULL : stcb->asoc.primary_destination;

  if (net == NULL || net->flight_size >= net->cwnd) return; /* a SACK will come first */
  if (stcb->asoc.stream_queue_cnt == 0 && TAILQ_EMPTY(&stcb->asoc.send_queue)) return;
  SCTP_TCB_LOCK(stcb);
  sctp_feature_on(inp, SCTP_PCB_FLAGS_NODELAY);
  sctp_chunk_output(inp, stcb, SCTP_OUTPUT_FROM_USR_SEND, SCTP_SO_NOT_LOCKED);
  sctp_feature_off(inp, SCTP_PCB_FLAGS_NODELAY);
  SCTP_TCB_UNLOCK(stcb);
}
