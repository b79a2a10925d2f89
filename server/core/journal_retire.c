/* journal_retire.c: runs of the retention schedule in the journal, and whom each was about: a hub that comes
 * back from an older backup can show what was removed, and why. */
#include "server/core/journal_file.h"
#include "server/core/retention.h"

enum { retire_entry_bytes_max = 4096 };

static err get_day(struct cursor *c, int32_t *out) {
  uint32_t v;
  TRY(cursor_u32(c, &v));
  *out = (int32_t)v;
  return ERR_OK;
}

/* Lines have names, for their numbers are this program's. */
static err get_line(struct cursor *c, enum retention_line *out) {
  char name[32];
  TRY(journal_get_text(c, name, sizeof name));
  *out = retention_named(slice_text(name));
  return *out == RETENTION_LINES ? ERR_VERSION : ERR_OK;
}

/* ---- a run, as it stood after a piece ---- */

static err put_run(struct buf *out, const struct store_retention *run) {
  TRY(buf_put_u64(out, run->number));
  TRY(buf_append(out, id_slice(&run->id)));
  TRY(buf_append(out, id_slice(&run->who)));
  TRY(journal_put_text(out, run->by));
  TRY(journal_put_text(out, retention_rules[run->line].name));
  TRY(buf_put_u32(out, run->months));
  TRY(buf_put_u32(out, (uint32_t)run->before));
  TRY(buf_put_u64(out, (uint64_t)run->at_ms));
  TRY(buf_put_u64(out, (uint64_t)run->ended_ms));
  TRY(buf_append(out, id_slice(&run->cursor)));
  TRY(buf_put_u64(out, run->records));
  TRY(buf_put_u64(out, run->learners));
  TRY(buf_put_u64(out, run->held));
  return journal_put_text(out, run->stopped);
}

err journal_run(struct journal *j, const struct store_retention *run) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(retire_entry_bytes_max);
  err e = put_run(&bytes, run);
  return journal_add(j, JOURNAL_RUN, &bytes, e);
}

static err get_run(struct cursor *c, struct store_retention *run) {
  TRY(cursor_u64(c, &run->number));
  TRY(cursor_copy(c, &run->id, id_bytes));
  TRY(cursor_copy(c, &run->who, id_bytes));
  TRY(journal_get_text(c, run->by, sizeof run->by));
  TRY(get_line(c, &run->line));
  TRY(cursor_u32(c, &run->months));
  TRY(get_day(c, &run->before));
  TRY(journal_get_time(c, &run->at_ms));
  TRY(journal_get_time(c, &run->ended_ms));
  TRY(cursor_copy(c, &run->cursor, id_bytes));
  TRY(cursor_u64(c, &run->records));
  TRY(cursor_u64(c, &run->learners));
  TRY(cursor_u64(c, &run->held));
  /* Written before runs could be stopped: it ends here. */
  if (cursor_left(c) > 0) TRY(journal_get_text(c, run->stopped, sizeof run->stopped));
  return cursor_end(c);
}

err journal_apply_run(struct store *s, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_retention run = {.number = 0};
  TRY(get_run(&c, &run));
  TRY(s->ops->retention->run_save(s, &run));
  return retention_note_entries(s, &run);
}

/* ---- what became of one learner ---- */

static err put_retained(struct buf *out, const struct id *run, const struct store_retained *kept) {
  TRY(buf_append(out, id_slice(run)));
  TRY(buf_append(out, slice_of(kept->hash, hash_bytes)));
  TRY(buf_put_u32(out, (uint32_t)kept->last));
  TRY(buf_put_u8(out, kept->held));
  TRY(buf_put_u64(out, kept->records));
  return buf_put_u64(out, kept->erasure);
}

err journal_retained(struct journal *j, const struct id *run, const struct store_retained *kept) {
  if (!j) return ERR_OK;
  struct buf bytes = BUF_INIT(retire_entry_bytes_max);
  err e = put_retained(&bytes, run, kept);
  return journal_add(j, JOURNAL_RETAINED, &bytes, e);
}

err journal_apply_retained(struct store *s, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct store_retained kept = {.last = 0};
  struct id run;
  uint8_t held;
  TRY(cursor_copy(&c, &run, id_bytes));
  TRY(cursor_copy(&c, kept.hash, hash_bytes));
  TRY(get_day(&c, &kept.last));
  TRY(cursor_u8(&c, &held));
  TRY(cursor_u64(&c, &kept.records));
  TRY(cursor_u64(&c, &kept.erasure));
  TRY(cursor_end(&c));
  kept.held = held != 0;
  return s->ops->retention->retained_add(s, &run, &kept);
}
