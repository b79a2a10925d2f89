/* session_repair.c: does the device hold what it should? Asked once a stream and session, of what it held
 * before the session began, and only while nothing else is going on: whoever comes in a hurry pays nothing
 * for it. */
#include "proto/digest.h"
#include "server/core/session_state.h"

static bool is_quiet(const struct session *s) {
  if (!s->granted || !s->subscribed || s->feed_asked || s->credit == 0 || s->bundles) return false;
  for (size_t i = 0; i < s->stream_count; i++) {
    if (s->streams[i].dirty) return false;
  }
  return true;
}

err session_audit(struct session *s) {
  if (s->schema != schema_version) return ERR_OK; /* its rows have other columns, and other hashes */
  if (!is_quiet(s)) return ERR_OK;
  for (size_t i = 0; i < s->stream_count; i++) {
    struct session_stream *stream = &s->streams[i];
    if (!stream->old || !stream->whole || stream->audited) continue;
    stream->audited = stream->audit = stream->dirty = true;
    return session_pump(s);
  }
  return ERR_OK;
}

static err note(struct session *s, const struct stream_position *at, bool restart) {
  struct job *job = job_create(JOB_REPAIRED);
  char stream[id_text_bytes], device[id_text_bytes];
  if (!job) return ERR_NO_MEMORY;
  id_text(stream, &at->stream);
  id_text(device, &s->device);
  log_write(s->hub->log, LOG_WARN, "session", "a device is put right device=%s stream=%s restart=%d", device,
            stream, restart);
  job->device = s->device;
  job->from = *at;
  job->restart = restart;
  return session_ask(s, job);
}

/* All of it again; the digest is sent once more when that is done. */
static err restart(struct session *s, struct session_stream *stream) {
  stream->restart = stream->dirty = stream->old = true;
  stream->audited = false;
  TRY(note(s, &stream->held, true));
  return session_pump(s);
}

static err ask(struct session *s, const struct session_stream *stream, const struct msg_repair *m) {
  struct job *job = job_create(JOB_REPAIR);
  if (!job) return ERR_NO_MEMORY;
  job->from = stream->held;
  job->has_after = m->after.len == sizeof job->after;
  bytes_copy(job->after, m->after.ptr, m->after.len);
  job->last = m->last;
  err e = buf_append(&job->bytes, m->rows);
  if (e == ERR_OK) return session_ask(s, job);
  job_destroy(job);
  return e;
}

err session_on_repair(struct session *s, const struct msg_repair *m) {
  struct session_stream *stream =
      session_stream_of(s, &(struct stream_position){.stream = m->stream, .audience = m->audience});
  if (++s->repair_pieces > repair_pieces_max) return ERR_FORBIDDEN;
  if (!stream || !s->subscribed || stream->restart) return ERR_OK; /* it is gone, or comes anew anyway */
  if (m->restart) return restart(s, stream);
  if (m->after.len == 0) TRY(note(s, &stream->held, false));
  return ask(s, stream, m);
}

/* What came in between is sent by itself; the rows that were wrong are right at whatever position they stand.
 */
err session_on_repaired(struct session *s, const struct job *job) {
  TRY(job->result);
  struct session_stream *stream = session_stream_of(s, &job->from);
  if (!stream || stream->restart) return ERR_OK;
  if (job->restart) return restart(s, stream);
  struct message m = {.type = MSG_FEED, .feed = {.batch = job->feed}};
  m.feed.batch.from = m.feed.batch.to = stream->held.position;
  if (job->last) stream->audit = stream->dirty = true;
  if (job->feed.count && s->credit) s->credit--;
  if (job->feed.count) TRY(session_send(s, &m));
  return session_pump(s);
}
