/* usrsctp's file of the same name, and one thing that it leaves undone. It performs a stream reset that had to wait for
 * data (RFC 6525 §5.2.2) only when a DATA chunk is the very next TSN; a retransmission that closes a gap, or a
 * FORWARD-TSN (RFC 3758), moves the cumulative TSN later, and the reset then waited for data that may never come, while
 * the peer's requests were answered "in progress" for ever. */
#include <netinet/sctp_indata.c>

int portico_usrsctp_perform_waiting_resets(struct socket* socket);

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
