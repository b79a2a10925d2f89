/* events.c: server-sent events: tells the office's pages what to ask for again. Topics and ids, never a name.
 */
#include "server/net/net_state.h"

static const char beat[] = ": still here\n\n";

void events_open(struct http_conn *c, int64_t until_ms) {
  struct net *net = c->conn.net;
  const struct web_head head = {.status = 200, .type = "text/event-stream", .endless = true, .close = true};
  bool room = net->event_streams < http_events_max;
  err e = room ? answer_begin(c, &head, slice_text("retry: 3000\n\n")) : answer_refusal(c, &refusal_busy);
  if (e != ERR_OK) conn_doom(&c->conn);
  if (e != ERR_OK || !room) return;
  net->event_streams++;
  c->state = HTTP_EVENTS;
  c->deadline_ms = 0;
  c->events_until_ms = until_ms;
  c->beat_ms = net->config->clock().mono_ms;
  lws_set_timeout(c->conn.wsi, NO_PENDING_TIMEOUT, 0);
}

/* Written bytes are forgotten whenever all of them are, so the ceiling is on what a slow page has not taken.
 */
static void tell(struct http_conn *c, struct slice text) {
  if (c->out.len == 0) {
    c->out = (struct buf)BUF_INIT(LWS_PRE + http_events_bytes_max);
    c->sent = LWS_PRE;
    if (buf_append_zeros(&c->out, LWS_PRE) != ERR_OK) conn_doom(&c->conn);
  }
  if (c->out.len + text.len > LWS_PRE + http_events_bytes_max || buf_append(&c->out, text) != ERR_OK)
    conn_doom(&c->conn);
  lws_callback_on_writable(c->conn.wsi);
}

void events_sweep(struct http_conn *c, const struct now *now) {
  if (now->wall_ms >= c->events_until_ms) {
    conn_doom(&c->conn);
    return;
  }
  if (now->mono_ms - c->beat_ms < http_events_beat_ms) return;
  c->beat_ms = now->mono_ms;
  tell(c, slice_text(beat));
}

static err put_topic(struct buf *out, bool *first, const char *topic) {
  err e = buf_printf(out, "%s\"%s\"", *first ? "" : ",", topic);
  *first = false;
  return e;
}

static err write_topics(struct buf *out, const struct change_set *changes) {
  bool first = true;
  TRY(buf_append(out, slice_text("event: changed\ndata: {\"topics\":[")));
  bool today = changes->session_count > 0 || changes->all_streams || changes->grants || changes->learners ||
               changes->days;
  if (today) TRY(put_topic(out, &first, "today"));
  if (changes->learners || changes->all_streams) TRY(put_topic(out, &first, "learners"));
  if (changes->devices || changes->grants) TRY(put_topic(out, &first, "devices"));
  /* Whatever changes may open or settle something that waits for a person; a page asks for the counts. */
  TRY(put_topic(out, &first, "work"));
  for (size_t i = 0; i < changes->session_count; i++) {
    char id[id_text_bytes];
    id_text(id, &changes->sessions[i]);
    TRY(buf_printf(out, "%s\"register:%s\"", first ? "" : ",", id));
    first = false;
  }
  return buf_append(out, slice_text("]}\n\n"));
}

static void tell_one(struct conn *conn, const void *with) {
  struct http_conn *c = (struct http_conn *)conn;
  const struct slice *text = with;
  if (conn->kind == CONN_HTTP && c->state == HTTP_EVENTS && !conn->doomed) tell(c, *text);
}

void events_tell(struct net *net, const struct change_set *changes) {
  struct buf text = BUF_INIT(http_events_bytes_max / 2);
  if (net->event_streams > 0 && write_topics(&text, changes) == ERR_OK) {
    struct slice whole = buf_slice(&text);
    conns_each(net, tell_one, &whole);
  }
  buf_finish(&text);
}
