/* session_feed.c: which streams a device is granted, and one batch after the other in turn, as far as its
 * credit goes. */
#include <stdlib.h>

#include "server/core/session_state.h"

err session_ask_grants(struct session *s) {
  if (s->revoked) return ERR_OK;
  if (s->grants_asked) {
    s->grants_again = true;
    return ERR_OK;
  }
  struct job *job = job_create(JOB_GRANTS);
  if (!job) return ERR_NO_MEMORY;
  job->device = s->device;
  job->order_last = s->order_last;
  s->grants_asked = true;
  s->grants_again = false;
  return session_ask(s, job);
}

/* ---- where the device stands ---- */

/* A stream that the session sent from goes on from there; held for another audience, or granted anew while
 * the device may still be clearing it away, it begins anew. */
static void place_again(struct session *s, struct session_stream *stream) {
  stream->restart = true;
  for (size_t i = 0; i < s->stream_count; i++) {
    const struct session_stream *old = &s->streams[i];
    if (id_equal(&old->held.stream, &stream->held.stream) && old->held.audience == stream->held.audience)
      *stream = *old;
  }
}

static void place(struct session *s, struct session_stream *stream) {
  for (size_t i = 0; i < s->claimed_count; i++) {
    const struct stream_position *claim = &s->claimed[i];
    if (!id_equal(&claim->stream, &stream->held.stream)) continue;
    if (claim->audience == stream->held.audience) {
      stream->held.position = claim->position;
      stream->old = claim->position > 0;
    } else
      stream->restart = true;
    return;
  }
}

static err set_streams(struct session *s, const struct msg_grants *g) {
  if (g->stream_count > session_streams_max) return ERR_TOO_BIG;
  struct session_stream *streams = calloc(g->stream_count + 1, sizeof *streams);
  if (!streams) return ERR_NO_MEMORY;
  for (size_t i = 0; i < g->stream_count; i++) {
    streams[i] = (struct session_stream){
        .held = {.stream = g->streams[i].stream, .audience = g->streams[i].audience}, .dirty = true};
    if (s->granted)
      place_again(s, &streams[i]);
    else
      place(s, &streams[i]);
  }
  if (s->subscribed) s->claimed_count = 0;
  free(s->streams);
  s->streams = streams;
  s->stream_count = g->stream_count;
  s->next = 0;
  s->granted = true;
  if (s->entry != ENTRY_FREE) return ERR_OK;
  s->entry = ENTRY_NEAR; /* what is granted anew may be much */
  s->fed_bytes = 0;
  return ERR_OK;
}

static void hash_grants(uint8_t out[hash_bytes], const struct msg_grants *g, struct slice *parts) {
  size_t n = 0;
  for (size_t i = 0; i < g->stream_count; i++) {
    parts[n++] = id_slice(&g->streams[i].stream);
    parts[n++] = slice_of(&g->streams[i].audience, 1);
  }
  for (size_t i = 0; i < g->staff_count; i++) {
    parts[n++] = id_slice(&g->staff[i].id);
    parts[n++] = g->staff[i].name;
    parts[n++] = slice_of("", 1); /* so that names cannot run into ids */
  }
  crypto_hash(out, "tutti.grants", parts, n);
}

/* Told again only when something of it is different. */
static err tell_grants(struct session *s, const struct msg_grants *g) {
  uint8_t hash[hash_bytes];
  struct slice *parts = calloc(2 * g->stream_count + 3 * g->staff_count + 1, sizeof *parts);
  if (!parts) return ERR_NO_MEMORY;
  hash_grants(hash, g, parts);
  free(parts);
  if (s->granted && crypto_equal(hash, s->grants_hash, hash_bytes)) return ERR_OK;
  bytes_copy(s->grants_hash, hash, hash_bytes);
  struct message m = {.type = MSG_GRANTS, .grants = *g};
  TRY(session_send(s, &m));
  return set_streams(s, g);
}

err session_on_grants(struct session *s, const struct job *job) {
  s->grants_asked = false;
  TRY(job->result);
  if (job->found.status == ENUM_device_status_revoked) return session_revoked(s);
  /* Without staff it would forget everybody's PIN: it keeps what it has until the office has decided. */
  if (job->found.status == ENUM_device_status_readmitted) return ERR_OK;
  TRY(tell_grants(s, &job->grants));
  TRY(session_tell_orders(s, job));
  if (s->grants_again) TRY(session_ask_grants(s));
  return session_pump(s);
}

err session_on_subscribe(struct session *s, const struct msg_subscribe *m) {
  if (m->count > session_streams_max || s->subscribed) return ERR_MALFORMED;
  s->subscribed = true;
  struct stream_position *claimed = calloc(m->count + 1, sizeof *claimed);
  if (!claimed) return ERR_NO_MEMORY;
  bytes_copy(claimed, m->streams, m->count * sizeof *claimed);
  s->claimed = claimed;
  s->claimed_count = m->count;
  for (size_t i = 0; i < m->count; i++) {
    if (m->epoch != s->epoch) s->claimed[i].audience = 0; /* positions of another epoch say nothing */
  }
  for (size_t i = 0; i < s->stream_count; i++) place(s, &s->streams[i]);
  if (s->granted) s->claimed_count = 0;
  return session_pump(s);
}

/* ---- batches ---- */

static struct session_stream *next_dirty(struct session *s) {
  for (size_t i = 0; i < s->stream_count; i++) {
    struct session_stream *stream = &s->streams[(s->next + i) % s->stream_count];
    if (!stream->dirty) continue;
    s->next = (s->next + i + 1) % s->stream_count;
    return stream;
  }
  return NULL;
}

/* One batch is on its way at a time: the next is read when this one was sent, so a slow device holds no rows
 * in memory. */
err session_pump(struct session *s) {
  if (s->state != STATE_ONLINE || !s->granted || !s->subscribed || s->feed_asked || s->credit == 0)
    return ERR_OK;
  struct session_stream *stream = next_dirty(s);
  if (!stream) session_caught_up(s);
  if (!stream || !session_may_catch_up(s)) return ERR_OK;
  struct job *job = job_create(JOB_FEED);
  if (!job) return ERR_NO_MEMORY;
  job->from = stream->held;
  job->begun = stream->begun;
  job->digest = stream->audit;
  job->schema = s->schema;
  if (stream->restart) job->from.position = 0;
  stream->dirty = false;
  s->feed_asked = true;
  return session_ask(s, job);
}

struct session_stream *session_stream_of(struct session *s, const struct stream_position *from) {
  for (size_t i = 0; i < s->stream_count; i++) {
    struct session_stream *stream = &s->streams[i];
    if (!id_equal(&stream->held.stream, &from->stream)) continue;
    return stream->held.audience == from->audience ? stream : NULL;
  }
  return NULL;
}

static err send_batch(struct session *s, struct session_stream *stream, const struct job *job) {
  const struct feed_batch *read = &job->feed;
  struct message m = {.type = MSG_FEED, .feed = {.batch = *read}};
  m.feed.batch.restart = read->restart || stream->restart;
  bool news = read->count || m.feed.batch.restart || !stream->whole || read->to != stream->held.position ||
              read->has_digest;
  stream->begun = job->begun;
  stream->held.position = read->to;
  stream->restart = false;
  stream->whole = read->checkpoint;
  stream->audit = stream->audit && !read->has_digest;
  stream->dirty = stream->dirty || !read->checkpoint;
  if (!news) return ERR_OK;
  s->credit--;
  s->fed_bytes += read->packed.len;
  return session_send(s, &m);
}

err session_on_feed(struct session *s, const struct job *job) {
  s->feed_asked = false;
  TRY(job->result);
  struct session_stream *stream = session_stream_of(s, &job->from);
  if (stream) TRY(send_batch(s, stream, job));
  return session_pump(s);
}

void session_all_dirty(struct session *s) {
  for (size_t i = 0; i < s->stream_count; i++) s->streams[i].dirty = true;
}

static bool names(const struct change_set *c, const struct id *stream) {
  for (size_t i = 0; i < c->stream_count; i++) {
    if (id_equal(&c->streams[i], stream)) return true;
  }
  return c->all_streams;
}

err session_on_changes(struct session *s, const struct change_set *c) {
  if (c->epoch && c->epoch != s->epoch)
    return session_bye(s, BYE_DONE); /* its positions mean nothing any more */
  if (c->grants) TRY(session_ask_grants(s));
  if (c->receipts) TRY(session_ask_receipts(s));
  for (size_t i = 0; i < s->stream_count; i++) {
    if (names(c, &s->streams[i].held.stream)) s->streams[i].dirty = true;
  }
  return session_pump(s);
}
