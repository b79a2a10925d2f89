/* report_spell_sql.c: for how long learners stay: the median of the days from the first mark to the last,
 * which tally_home_sql.c keeps of every child. */
#include <stdlib.h>

#include "server/store/sqlite/report_lines.h"

enum { spell_bytes_max = 268435456 }; /* of 67 million children */
struct spells {
  struct id partner; /* zero for the hub's own, and for all */
  struct buf days;   /* four bytes a child */
};
struct reading {
  struct arena *arena;
  struct spells *list;
  size_t count, cap;
};

static err spells_of(struct reading *r, const struct id *partner, struct spells **out) {
  for (size_t i = 0; i < r->count; i++) {
    *out = &r->list[i];
    if (id_equal(&(*out)->partner, partner)) return ERR_OK;
  }
  struct spells *list = arena_room(r->arena, r->list, &r->cap, r->count, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  r->list = list;
  *out = &list[r->count++];
  **out = (struct spells){.partner = *partner, .days = BUF_INIT(spell_bytes_max)};
  return ERR_OK;
}

static err read_all(struct reading *r, struct stmt *s) {
  bool there;
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    struct spells *of;
    struct id partner;
    (void)stmt_column_id(s, 0, &partner);
    e = spells_of(r, &partner, &of);
    if (e == ERR_OK) e = buf_append(&of->days, stmt_column_blob(s, 1));
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

static int by_number(const void *a, const void *b) {
  const uint32_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* The middle one, or the mean of the two: in half days, so that it is a whole number. */
static int64_t months_of_the_middle(const uint32_t *days, size_t count) {
  int64_t halves = (int64_t)days[(count - 1) / 2] + days[count / 2];
  return (halves * 12 + 365) / 730;
}

static err add_line(struct reading *r, const struct spells *of, struct report_line *out) {
  size_t count = of->days.len / sizeof(uint32_t);
  uint32_t *days = arena_take(r->arena, count, sizeof *days);
  struct cursor c = cursor_of(buf_slice(&of->days));
  if (!days) return ERR_NO_MEMORY;
  for (size_t i = 0; i < count; i++) TRY(cursor_u32(&c, &days[i]));
  qsort(days, count, sizeof *days, by_number);
  *out = (struct report_line){.key = of->partner,
                              .part = months_of_the_middle(days, count),
                              .whole = (int64_t)count,
                              .people = report_small};
  return ERR_OK;
}

static int in_order(const void *a, const void *b) {
  const struct report_line *x = a, *y = b;
  return id_compare(&x->key, &y->key);
}

err report_spells_read(struct sqlite_store *q, const struct report_ask *ask, enum report_by by,
                       struct arena *a, struct report_line **out, size_t *count) {
  struct reading r = {.arena = a};
  struct stmt *s;
  *out = NULL;
  *count = 0;
  if (ask->in_school) return ERR_OK; /* it is told of the whole hub alone */
  TRY(db_stmt(q->db, &s,
              by == BY_PARTNER ? "SELECT partner, days FROM tally_spell WHERE partner<>x''"
                               : "SELECT partner, days FROM tally_spell WHERE partner=x''"));
  err e = read_all(&r, s);
  struct report_line *lines = e == ERR_OK ? arena_take(a, r.count + 1, sizeof *lines) : NULL;
  if (e == ERR_OK && !lines) e = ERR_NO_MEMORY;
  for (size_t i = 0; e == ERR_OK && i < r.count; i++) e = add_line(&r, &r.list[i], &lines[i]);
  for (size_t i = 0; i < r.count; i++) buf_finish(&r.list[i].days);
  TRY(e);
  if (r.count > 1) qsort(lines, r.count, sizeof *lines, in_order);
  *out = lines;
  *count = r.count;
  return ERR_OK;
}
