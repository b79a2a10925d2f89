/* session_out.c: what a step says: frames in order, jobs, the end. */
#include <stdlib.h>

#include "server/core/session_state.h"

enum { actions_first = 4 };

err session_room(struct session *s) {
  if (s->action_count < s->action_cap) return ERR_OK;
  if (s->action_count >= session_frames_max) return ERR_TOO_BIG;
  size_t grown = s->action_cap ? 2 * s->action_cap : actions_first;
  struct session_action *actions = realloc(s->actions, grown * sizeof *actions);
  if (actions) s->actions = actions;
  size_t *offsets = realloc(s->offsets, grown * sizeof *offsets);
  if (offsets) s->offsets = offsets;
  if (!actions || !offsets) return ERR_NO_MEMORY;
  s->action_cap = grown;
  return ERR_OK;
}

err session_send_raw(struct session *s, struct slice bytes) {
  TRY(session_room(s));
  size_t offset = s->out.len;
  TRY(buf_append(&s->out, bytes));
  s->offsets[s->action_count] = offset;
  s->actions[s->action_count++] =
      (struct session_action){.kind = SESSION_SEND, .bytes = slice_of(NULL, bytes.len)};
  return ERR_OK;
}

static err emit(void *ctx, struct slice frame) { return session_send_raw(ctx, frame); }

err session_send(struct session *s, const struct message *m) {
  struct buf bytes = BUF_INIT(message_bytes_max);
  err e = message_encode(&bytes, m);
  if (e == ERR_OK) e = frame_write(&s->noise, buf_slice(&bytes), emit, s);
  buf_wipe(&bytes);
  return e;
}

err session_ask(struct session *s, struct job *job) {
  err e = session_room(s);
  if (e != ERR_OK) {
    job_destroy(job);
    return e;
  }
  s->actions[s->action_count++] = (struct session_action){.kind = SESSION_ASK, .job = job};
  return ERR_OK;
}

/* The end must be told: without room it takes the place of what was said last. There is room for one from the
 * beginning. */
static void drop_last(struct session *s) {
  ASSERT(s->action_count > 0);
  struct session_action *last = &s->actions[--s->action_count];
  if (last->kind == SESSION_ASK) job_destroy(last->job);
}

void session_close(struct session *s) {
  if (s->state == STATE_CLOSED) return;
  s->state = STATE_CLOSED;
  session_leave_gate(s);
  noise_finish(&s->noise);
  if (session_room(s) != ERR_OK) drop_last(s);
  s->actions[s->action_count++] = (struct session_action){.kind = SESSION_CLOSE};
}

err session_bye(struct session *s, enum bye_reason reason) {
  struct message m = {.type = MSG_BYE, .bye = {.reason = reason}};
  TRY(session_send(s, &m));
  session_close(s);
  return ERR_OK;
}
