#include "usrsctp_streams.h"

#include <netinet/sctp_os.h>
#include <netinet/sctp_pcb.h>
#include <netinet/sctp_var.h>

/* Null while the association comes up: until then the arrays are usrsctp's alone. */
static struct sctp_tcb* association_of(struct socket* socket) {
  struct sctp_inpcb* inp = (struct sctp_inpcb*)socket->so_pcb;
  struct sctp_tcb* stcb = inp == NULL ? NULL : LIST_FIRST(&inp->sctp_asoc_list);

  return stcb != NULL && SCTP_GET_STATE(stcb) >= SCTP_STATE_OPEN ? stcb : NULL;
}

static int in_is_new(const struct sctp_stream_in* stream) {
  return TAILQ_EMPTY(&stream->inqueue) && TAILQ_EMPTY(&stream->uno_inqueue) &&
         stream->last_mid_delivered == 0xffffffff && !stream->delivery_started && !stream->pd_api_started;
}

static int out_is_new(const struct sctp_stream_out* stream) {
  return stream->state == SCTP_STREAM_OPEN && TAILQ_EMPTY(&stream->outqueue) && stream->chunks_on_queues == 0 &&
         stream->next_mid_ordered == 0 && stream->next_mid_unordered == 0 && !stream->last_msg_incomplete;
}

static void count_messages(uint16_t* used, struct sctp_readhead* messages) {
  const struct sctp_queued_to_read* message;

  TAILQ_FOREACH(message, messages, next) {
    if (message->sinfo_stream >= *used) *used = message->sinfo_stream + 1;
  }
}

static void count_chunks(uint16_t* used, struct sctpchunk_listhead* chunks) {
  const struct sctp_tmit_chunk* chunk;

  TAILQ_FOREACH(chunk, chunks, sctp_next) {
    if (chunk->rec.data.sid >= *used) *used = chunk->rec.data.sid + 1;
  }
}

/* What has left the arrays comes back to them by its stream's number. */
static struct portico_streams used_by_queues(struct sctp_tcb* stcb) {
  struct sctp_association* asoc = &stcb->asoc;
  struct portico_streams used = {0, 0};

  count_messages(&used.in, &stcb->sctp_ep->read_queue);
  count_messages(&used.in, &asoc->pending_reply_queue);
  count_chunks(&used.out, &asoc->send_queue);
  count_chunks(&used.out, &asoc->sent_queue);
  return used;
}

struct portico_streams portico_usrsctp_held_streams(struct socket* socket) {
  const struct sctp_tcb* stcb = association_of(socket);
  struct portico_streams held = {0, 0};

  if (stcb == NULL) return held;
  held.in = stcb->asoc.streamincnt;
  held.out = stcb->asoc.streamoutcnt;
  return held;
}

struct portico_streams portico_usrsctp_used_streams(struct socket* socket) {
  struct sctp_tcb* stcb = association_of(socket);
  struct portico_streams used = portico_usrsctp_held_streams(socket);
  struct portico_streams least;

  if (stcb == NULL) return used;
  least = used_by_queues(stcb);
  while (used.in > least.in && in_is_new(&stcb->asoc.strmin[used.in - 1])) used.in--;
  while (used.out > least.out && out_is_new(&stcb->asoc.strmout[used.out - 1])) used.out--;
  return used;
}

static int resize_in(struct sctp_association* asoc, uint16_t count) {
  struct sctp_stream_in* old = asoc->strmin;
  struct sctp_stream_in* streams;
  uint16_t i;

  SCTP_MALLOC(streams, struct sctp_stream_in*, count * sizeof(*streams), SCTP_M_STRMI);
  if (streams == NULL) return 0;
  memset(streams, 0, count * sizeof(*streams));
  for (i = 0; i < count; i++) {
    TAILQ_INIT(&streams[i].inqueue);
    TAILQ_INIT(&streams[i].uno_inqueue);
    streams[i].sid = i;
    streams[i].last_mid_delivered = 0xffffffff;
    if (i >= asoc->streamincnt) continue;
    streams[i].last_mid_delivered = old[i].last_mid_delivered;
    streams[i].delivery_started = old[i].delivery_started;
    streams[i].pd_api_started = old[i].pd_api_started;
    TAILQ_CONCAT(&streams[i].inqueue, &old[i].inqueue, next_instrm);
    TAILQ_CONCAT(&streams[i].uno_inqueue, &old[i].uno_inqueue, next_instrm);
  }
  asoc->strmin = streams;
  asoc->streamincnt = count;
  SCTP_FREE(old, SCTP_M_STRMI);
  return 1;
}

static struct sctp_stream_out* moved(const struct sctp_stream_out* stream, const struct sctp_stream_out* old,
                                     struct sctp_stream_out* streams, uint16_t count) {
  return stream != NULL && stream - old < count ? &streams[stream - old] : NULL;
}

/* Of usrsctp's default scheduler: who waits for its turn, in which order, and who has a message half sent. */
static void move_schedule(struct scheduling_data* schedule, const struct sctp_stream_out* old,
                          struct sctp_stream_out* streams, uint16_t count) {
  struct sctpwheel_listhead wheel;
  struct sctp_stream_out* stream;

  TAILQ_INIT(&wheel);
  while ((stream = TAILQ_FIRST(&schedule->out.wheel)) != NULL) {
    TAILQ_REMOVE(&schedule->out.wheel, stream, ss_params.rr.next_spoke);
    TAILQ_INSERT_TAIL(&wheel, &streams[stream->sid], ss_params.rr.next_spoke);
  }
  TAILQ_CONCAT(&schedule->out.wheel, &wheel, ss_params.rr.next_spoke);
  schedule->locked_on_sending = moved(schedule->locked_on_sending, old, streams, count);
  schedule->last_out_stream = moved(schedule->last_out_stream, old, streams, count);
}

static int resize_out(struct sctp_association* asoc, uint16_t count) {
  struct sctp_stream_out* old = asoc->strmout;
  struct sctp_stream_out* streams;
  uint16_t i;

  SCTP_MALLOC(streams, struct sctp_stream_out*, count * sizeof(*streams), SCTP_M_STRMO);
  if (streams == NULL) return 0;
  memset(streams, 0, count * sizeof(*streams));
  for (i = 0; i < count; i++) {
    if (i < asoc->streamoutcnt) streams[i] = old[i];
    TAILQ_INIT(&streams[i].outqueue);
    if (i < asoc->streamoutcnt) {
      TAILQ_CONCAT(&streams[i].outqueue, &old[i].outqueue, next);
    } else {
      streams[i].sid = i;
      streams[i].state = SCTP_STREAM_OPEN;
    }
  }
  move_schedule(&asoc->ss_data, old, streams, count);
  asoc->strmout = streams;
  asoc->streamoutcnt = asoc->strm_realoutsize = count;
  /* If a handshake came again (RFC 9260 §5.2), usrsctp would write to so many. */
  asoc->pre_open_streams = count;
  SCTP_FREE(old, SCTP_M_STRMO);
  return 1;
}

int portico_usrsctp_resize_streams(struct socket* socket, struct portico_streams wanted) {
  struct sctp_tcb* stcb = association_of(socket);
  int done = 1;

  if (stcb == NULL) return 0;
  SCTP_TCB_LOCK(stcb);
  if (wanted.in != stcb->asoc.streamincnt) done &= resize_in(&stcb->asoc, wanted.in);
  if (wanted.out != stcb->asoc.streamoutcnt) done &= resize_out(&stcb->asoc, wanted.out);
  SCTP_TCB_UNLOCK(stcb);
  return done;
}
