/* journal_scrub.c: the journal's file is rewritten without what it says of learners who were erased. */
#include "server/core/erase.h"
#include "server/core/journal_file.h"

struct scrubbing {
  struct work work; /* for what the ledger says */
  struct arena arena;
  struct buf file, body, entry;
  bool changed;
};

/* A blank op stays in its place: counter, stamp and author are the office's. */
static err scrub_op(struct scrubbing *s, struct slice bytes) {
  struct changeset cs;
  bool erased;
  arena_clear(&s->arena);
  TRY(changeset_decode(&cs, bytes, &s->arena));
  if (cs.op_count != 1) return ERR_CORRUPT;
  TRY(erased_op(&s->work, &cs.ops[0], &erased));
  if (!erased || op_is_blank(&cs.ops[0])) return journal_put_entry(&s->body, JOURNAL_OPS, bytes);
  struct op blank;
  op_blank(&blank);
  cs.ops = &blank;
  s->changed = true;
  buf_clear(&s->entry);
  TRY(changeset_encode(&s->entry, &cs));
  return journal_put_entry(&s->body, JOURNAL_OPS, buf_slice(&s->entry));
}

/* Of a learner whose id stands first: a hold, or what was done about a case. */
static err scrub_about(struct scrubbing *s, enum journal_kind kind, struct slice bytes) {
  struct cursor c = cursor_of(bytes);
  struct id learner;
  uint8_t hash[hash_bytes];
  uint64_t number;
  TRY(cursor_copy(&c, &learner, id_bytes));
  erase_hash(hash, &s->work.hub->id, &learner);
  TRY(s->work.store->ops->erased(s->work.store, hash, &number));
  if (number == 0) return journal_put_entry(&s->body, kind, bytes);
  s->changed = true;
  return ERR_OK;
}

/* Why somebody released or rejected what waited: whom its words may mean is known no more, so they all go.
 * They are the last of a decision's bytes, and one without any would not be carried out. */
static err scrub_decision(struct scrubbing *s, struct slice bytes) {
  enum { before_why = id_bytes + 4 + 8 + 4 + 1 + id_bytes + 8 };
  const struct slice gone = slice_text("erased");
  if (bytes.len < before_why) return ERR_CORRUPT;
  struct slice why = slice_of(bytes.ptr + before_why, bytes.len - before_why);
  if (slice_equal(why, gone)) return journal_put_entry(&s->body, JOURNAL_DECISION, bytes);
  s->changed = true;
  buf_clear(&s->entry);
  TRY(buf_append(&s->entry, slice_of(bytes.ptr, before_why)));
  TRY(buf_append(&s->entry, gone));
  return journal_put_entry(&s->body, JOURNAL_DECISION, buf_slice(&s->entry));
}

static err scrub_record(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct scrubbing *s = ctx;
  struct cursor c = cursor_of(body);
  if (kind == JOURNAL_TIME) return journal_put_record(&s->file, kind, number, body);
  buf_clear(&s->body);
  while (cursor_left(&c) > 0) {
    enum journal_kind entry;
    struct slice bytes;
    TRY(journal_next_entry(&c, &entry, &bytes));
    switch (entry) {
    case JOURNAL_OPS: TRY(scrub_op(s, bytes)); break;
    case JOURNAL_CASE:
    case JOURNAL_HOLD: TRY(scrub_about(s, entry, bytes)); break;
    case JOURNAL_DECISION: TRY(scrub_decision(s, bytes)); break;
    default: TRY(journal_put_entry(&s->body, entry, bytes)); break;
    }
  }
  return journal_put_record(&s->file, kind, number, buf_slice(&s->body));
}

static err scrub(struct scrubbing *s, struct journal *j) {
  if (j->broken) return ERR_IO;
  TRY(journal_read_on(j, NULL, NULL)); /* whose rewriting it is the next one of */
  TRY(journal_put_head(&s->file, &j->hub, j->rewritten + 1));
  TRY(journal_read_all(j, scrub_record, s));
  return s->changed ? journal_replace(j, buf_slice(&s->file)) : ERR_OK;
}

err journal_scrub(struct journal *j, const struct hub *hub, struct store *store) {
  const struct now never = {.wall_ms = 0}; /* nothing is written that has a time */
  if (!j) return ERR_OK;
  struct scrubbing s = {.arena = ARENA_INIT(4 * (size_t)job_bytes_max),
                        .file = BUF_INIT(journal_bytes_max),
                        .body = BUF_INIT(journal_transaction_bytes_max),
                        .entry = BUF_INIT(bundle_plain_bytes_max)};
  TRY(store->ops->begin(store));
  work_init(&s.work, hub, store, &never);
  err e = scrub(&s, j);
  store->ops->rollback(store);
  work_finish(&s.work);
  arena_finish(&s.arena);
  buf_wipe(&s.file);
  buf_wipe(&s.body);
  buf_wipe(&s.entry);
  return e;
}
