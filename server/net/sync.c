/* sync.c: devices at /sync: whole binary messages into the session machine, its frames and jobs out. It
 * decides nothing itself. */
#include "server/net/net_state.h"

enum { incoming_kept_bytes = 4096 };

static void ask_job(struct sync_conn *c, struct job *job) {
  if (workers_ask_job(c->conn.net->workers, c->conn.handle, job) == ERR_OK) {
    c->jobs++;
    return;
  }
  job_destroy(job);
  conn_doom(&c->conn); /* it comes back after its pause and finds the queue shorter */
}

static void run_action(struct sync_conn *c, const struct session_action *action) {
  switch (action->kind) {
  case SESSION_SEND:
    if (!out_queue_put(&c->out, action->bytes, sync_queue_bytes_max)) conn_doom(&c->conn);
    return;
  case SESSION_ASK: ask_job(c, action->job); return;
  case SESSION_CLOSE: c->closing = true; return;
  }
}

static void note_device(struct sync_conn *c) {
  if (c->online || !session_device(c->session, &c->device)) return;
  c->online = true;
  presence_add(c->conn.net->presence, &c->device);
}

/* A device that asks faster than the store answers is not read until it has caught up. */
static void pause_if_behind(struct sync_conn *c) {
  if (c->paused) return;
  if (c->jobs < sync_jobs_max && workers_waiting_bytes(c->conn.net->workers) < job_queue_bytes_max) return;
  c->paused = c->conn.net->paused_any = true;
  lws_rx_flow_control(c->conn.wsi, 0);
}

void sync_resume(struct sync_conn *c) {
  if (!c->paused || c->jobs > sync_jobs_max / 2) return;
  c->paused = false;
  lws_rx_flow_control(c->conn.wsi, 1);
}

void sync_step(struct sync_conn *c, const struct session_event *event) {
  if (c->conn.doomed || (c->closing && event->kind != SESSION_JOB)) return;
  const struct session_action *actions = NULL;
  size_t count = 0;
  unsigned jobs_before = c->jobs;
  session_step(c->session, event, &actions, &count);
  for (size_t i = 0; i < count; i++) run_action(c, &actions[i]);
  note_device(c);
  if (c->jobs > jobs_before) pause_if_behind(c);
  if (c->out.first || c->closing) lws_callback_on_writable(c->conn.wsi);
}

static int close_for(struct lws *wsi, enum lws_close_status why) {
  lws_close_reason(wsi, why, NULL, 0);
  return -1;
}

static int take_piece(struct lws *wsi, struct sync_conn *c, struct slice piece) {
  struct now now = c->conn.net->config->clock();
  c->heard_ms = now.mono_ms;
  if (c->conn.doomed || c->closing) return 0;
  if (!lws_frame_is_binary(wsi)) return close_for(wsi, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE);
  size_t whole = c->incoming.len + piece.len + lws_remaining_packet_payload(wsi);
  if (whole > frame_bytes_max || buf_append(&c->incoming, piece) != ERR_OK)
    return close_for(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE);
  if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi)) return 0;
  sync_step(c, &(struct session_event){.kind = SESSION_BYTES, .now = now, .bytes = buf_slice(&c->incoming)});
  /* Thousands of quiet devices must not each keep the memory of their largest message. */
  if (c->incoming.cap > incoming_kept_bytes)
    buf_finish(&c->incoming);
  else
    buf_clear(&c->incoming);
  return 0;
}

static int open_session(struct lws *wsi, struct net *net) {
  struct now now = net->config->clock();
  struct conn *old = lws_get_opaque_user_data(wsi);
  ASSERT(!old);
  struct session *session = NULL;
  if (net->stopping || session_create(&session, net->hub, &net->gate, &now) != ERR_OK) return -1;
  struct sync_conn *c = (struct sync_conn *)conn_create(net, wsi, CONN_SYNC, sizeof *c);
  if (!c) {
    session_destroy(session);
    return -1;
  }
  c->session = session;
  c->incoming = (struct buf)BUF_INIT(frame_bytes_max);
  c->heard_ms = c->pinged_ms = now.mono_ms;
  return 0;
}

void sync_forget(struct sync_conn *c) {
  if (c->online) presence_remove(c->conn.net->presence, &c->device);
  session_destroy(c->session);
  buf_finish(&c->incoming);
  out_queue_finish(&c->out);
  conn_forget(&c->conn);
}

static int write_out(struct lws *wsi, struct sync_conn *c) {
  if (c->ping_due) {
    uint8_t ping[LWS_PRE];
    c->ping_due = false;
    if (lws_write(wsi, ping + LWS_PRE, 0, LWS_WRITE_PING) < 0) return -1;
    lws_callback_on_writable(wsi); /* one write a callback */
    return 0;
  }
  if (out_queue_write(&c->out, wsi)) return -1;
  if (c->closing && !c->out.first) conn_doom(&c->conn);
  return 0;
}

int sync_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) {
  (void)user;
  struct lws_vhost *vhost = wsi ? lws_get_vhost(wsi) : NULL;
  struct net *net = vhost ? lws_vhost_user(vhost) : NULL;
  if (!net) return 0;
  if (reason == LWS_CALLBACK_ESTABLISHED) return open_session(wsi, net);
  struct sync_conn *c = (struct sync_conn *)conn_of(wsi, CONN_SYNC);
  if (!c) return 0;
  switch (reason) {
  case LWS_CALLBACK_RECEIVE: return take_piece(wsi, c, slice_of(in, len));
  case LWS_CALLBACK_RECEIVE_PONG: c->heard_ms = net->config->clock().mono_ms; return 0;
  case LWS_CALLBACK_SERVER_WRITEABLE: return write_out(wsi, c);
  case LWS_CALLBACK_CLOSED: sync_forget(c); return 0;
  default: return 0;
  }
}

void sync_sweep(struct sync_conn *c, const struct now *now) {
  sync_step(c, &(struct session_event){.kind = SESSION_TICK, .now = *now});
  uint64_t quiet_ms = now->mono_ms - c->heard_ms;
  if (quiet_ms > (uint64_t)ping_ms * 2) conn_doom(&c->conn);
  if (quiet_ms < ping_ms || now->mono_ms - c->pinged_ms < ping_ms) return;
  c->pinged_ms = now->mono_ms;
  c->ping_due = true;
  lws_callback_on_writable(c->conn.wsi);
}

void sync_job_done(struct net *net, uint64_t handle, struct job *job) {
  struct sync_conn *c = (struct sync_conn *)conn_find(net, handle);
  if (!c || c->conn.doomed) {
    job_destroy(job);
    if (c) c->jobs--;
    return;
  }
  c->jobs--;
  sync_step(c, &(struct session_event){.kind = SESSION_JOB, .now = net->config->clock(), .job = job});
  sync_resume(c);
}
