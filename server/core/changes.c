/* changes.c: what several commits changed, as one set. */
#include "server/core/hub.h"

static bool holds(const struct id *list, size_t count, const struct id *id) {
  for (size_t i = 0; i < count; i++) {
    if (id_equal(&list[i], id)) return true;
  }
  return false;
}

/* False when one does not fit any more. */
static bool gather_ids(struct id *list, size_t *count, const struct id *more, size_t more_count) {
  for (size_t i = 0; i < more_count; i++) {
    if (holds(list, *count, &more[i])) continue;
    if (*count == change_streams_max) return false;
    list[(*count)++] = more[i];
  }
  return true;
}

void changes_gather(struct change_set *into, const struct change_set *more) {
  if (more->position > into->position) into->position = more->position;
  if (more->epoch > into->epoch) into->epoch = more->epoch;
  into->all_streams |= more->all_streams;
  into->grants |= more->grants;
  into->learners |= more->learners;
  into->devices |= more->devices;
  into->days |= more->days;
  into->receipts |= more->receipts;
  if (!gather_ids(into->streams, &into->stream_count, more->streams, more->stream_count))
    into->all_streams = true;
  /* An office page that misses a register's own topic still hears of the day. */
  (void)gather_ids(into->sessions, &into->session_count, more->sessions, more->session_count);
}

bool changes_are_empty(const struct change_set *c) {
  bool nothing_named = c->stream_count == 0 && c->session_count == 0 && !c->all_streams;
  return nothing_named && !c->epoch && !c->grants && !c->learners && !c->devices && !c->days && !c->receipts;
}
