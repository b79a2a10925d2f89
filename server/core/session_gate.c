/* session_gate.c: a device that needs much of the feed waits its turn. It delivers first: whoever has work to
 * hand over is let finish before it is told to come back, and who only delivers never comes here. */
#include "proto/bundle.h"
#include "server/core/session_state.h"

static void enter(struct session *s, enum session_entry entry) {
  s->entry = entry;
  s->entry_ms = s->now_ms;
}

/* A device that begins a stream is far behind before anything was sent. */
static bool is_near(const struct session *s) {
  if (s->fed_bytes >= s->gate->near_bytes) return false;
  for (size_t i = 0; i < s->stream_count; i++) {
    const struct session_stream *stream = &s->streams[i];
    if (stream->dirty && (stream->restart || stream->held.position == 0)) return false;
  }
  return true;
}

bool session_may_catch_up(struct session *s) {
  if (s->entry == ENTRY_INSIDE || s->entry == ENTRY_FREE) return true;
  if (s->entry == ENTRY_NEAR && is_near(s)) return true;
  if (gate_enter(s->gate, &s->device, s->now_ms)) {
    enter(s, ENTRY_INSIDE);
    return true;
  }
  if (s->entry == ENTRY_NEAR) enter(s, ENTRY_WAITS);
  return false;
}

void session_caught_up(struct session *s) {
  uint64_t spent = s->now_ms - s->entry_ms;
  if (s->entry == ENTRY_INSIDE) gate_leave(s->gate, spent ? spent : 1);
  enter(s, ENTRY_FREE);
}

void session_leave_gate(struct session *s) {
  if (s->entry == ENTRY_INSIDE) gate_leave(s->gate, 0);
  if (s->entry == ENTRY_INSIDE) enter(s, ENTRY_FREE);
}

/* Nothing of it is being taken, and nothing more seems to come. */
static bool has_delivered(const struct session *s) {
  uint64_t since = s->heard_ms > s->entry_ms ? s->heard_ms : s->entry_ms;
  uint64_t quiet = s->taken_seq < s->sealed_seq ? deliver_patience_ms : deliver_quiet_ms;
  return s->bundles == 0 && s->now_ms - since >= quiet;
}

err session_retry(struct session *s, uint32_t ms) {
  struct message m = {.type = MSG_RETRY, .retry = {.ms = ms}};
  TRY(session_send(s, &m));
  session_close(s);
  return ERR_OK;
}

static err turn_away(struct session *s) {
  uint32_t chance;
  entropy_fill(&s->hub->entropy, &chance, sizeof chance);
  TRY(session_flush_receipts(s));
  return session_retry(s, gate_turn_away(s->gate, &s->device, s->now_ms, chance));
}

err session_at_gate(struct session *s) {
  if (s->entry == ENTRY_INSIDE && s->now_ms - s->entry_ms > catch_up_ms_max) session_leave_gate(s);
  if (s->entry != ENTRY_WAITS) return ERR_OK;
  TRY(session_pump(s));
  return s->entry == ENTRY_WAITS && has_delivered(s) ? turn_away(s) : ERR_OK;
}
