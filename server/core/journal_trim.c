/* journal_trim.c: what no backup can need any more leaves the journal. */
#include "server/core/journal_file.h"

enum { day_ms = 86400000 };

struct trimming {
  struct journal *j;
  int64_t before_ms;       /* a record of the time that is not later may begin the file */
  size_t keep, times, cut; /* so many of them must follow; how many there are; which one begins it, from 1 */
  size_t passed;           /* while it is rewritten */
  struct buf file;
};

static err count_times(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct trimming *t = ctx;
  (void)number;
  (void)body;
  t->times += kind == JOURNAL_TIME;
  return ERR_OK;
}

static err find_cut(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct trimming *t = ctx;
  struct cursor c = cursor_of(body);
  int64_t at_ms;
  (void)number;
  if (kind != JOURNAL_TIME) return ERR_OK;
  t->passed++;
  TRY(journal_get_time(&c, &at_ms));
  if (at_ms <= t->before_ms && t->times - t->passed >= t->keep) t->cut = t->passed;
  return ERR_OK;
}

static err keep_record(void *ctx, enum journal_record kind, uint64_t number, struct slice body) {
  struct trimming *t = ctx;
  t->passed += kind == JOURNAL_TIME;
  return t->passed >= t->cut ? journal_put_record(&t->file, kind, number, body) : ERR_OK;
}

static err trim(struct trimming *t) {
  struct journal *j = t->j;
  TRY(journal_read_all(j, count_times, t));
  TRY(journal_read_all(j, find_cut, t));
  if (t->cut <= journal_trim_days) return ERR_OK;
  t->passed = 0;
  TRY(journal_put_head(&t->file, &j->hub, j->rewritten + 1));
  TRY(journal_read_all(j, keep_record, t));
  return journal_replace(j, buf_slice(&t->file));
}

static err write_time(struct journal *j, int64_t now_ms) {
  struct buf body = BUF_INIT(8);
  err e = buf_put_u64(&body, (uint64_t)now_ms);
  if (e == ERR_OK) e = journal_append(j, JOURNAL_TIME, j->last, buf_slice(&body));
  buf_finish(&body);
  return e;
}

static bool is_noted(const struct journal *j, int64_t now_ms) {
  return j->noted_ms && j->noted_ms / day_ms == now_ms / day_ms;
}

static err keep(struct journal *j, const struct hub *hub, int64_t now_ms) {
  size_t days = hub->backup_days ? hub->backup_days : backup_days_default;
  TRY(journal_read_on(j, NULL, NULL)); /* another process may have done it */
  if (is_noted(j, now_ms)) return ERR_OK;
  TRY(write_time(j, now_ms));
  struct trimming t = {.j = j,
                       .before_ms = now_ms - (int64_t)(days + journal_margin_days) * day_ms,
                       .keep = days + journal_margin_days,
                       .file = BUF_INIT(journal_bytes_max)};
  err e = trim(&t);
  buf_wipe(&t.file);
  return e;
}

err journal_keep(struct journal *j, const struct hub *hub, struct store *store, const struct now *now) {
  if (!j || is_noted(j, now->wall_ms)) return ERR_OK;
  if (j->broken) return ERR_IO;
  TRY(store->ops->begin(store));
  err e = keep(j, hub, now->wall_ms);
  store->ops->rollback(store);
  return e;
}

err journal_reaches(bool *out, struct journal *j, struct store *store) {
  uint64_t known;
  TRY(store->ops->number_load(store, STORE_JOURNAL, &known));
  TRY(journal_read_on(j, NULL, NULL));
  *out = known > 0 && j->first > 0 && j->first <= known + 1 && j->last >= known;
  return ERR_OK;
}
