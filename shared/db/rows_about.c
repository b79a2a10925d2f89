/* rows_about.c: which rows are about a learner. */
#include <stdlib.h>

#include "shared/db/rows.h"
#include "shared/db/rows_sql.h"

enum { about_sql_bytes_max = 512, about_rows_max = 1000000 };

struct about {
  struct db *db;
  struct row_key *list;
  size_t count, cap;
};

static err add(struct about *w, const struct table *t, struct stmt *s) {
  if (w->count == w->cap) {
    size_t cap = w->cap ? 2 * w->cap : 64;
    if (cap > about_rows_max) return ERR_TOO_BIG;
    struct row_key *list = realloc(w->list, cap * sizeof *list);
    if (!list) return ERR_NO_MEMORY;
    w->list = list;
    w->cap = cap;
  }
  w->list[w->count].table = t;
  if (!stmt_column_id(s, 0, &w->list[w->count].id)) return ERR_CORRUPT;
  w->count++;
  return ERR_OK;
}

static err read(struct about *w, const struct table *t, struct stmt *s, const struct id *learner) {
  bool there = true;
  stmt_id(s, 1, learner);
  for (;;) {
    TRY(stmt_step(s, &there));
    if (!there) return ERR_OK;
    TRY(add(w, t, s));
  }
}

static err read_table(struct about *w, const struct table *t, const struct id *learner) {
  uint8_t column;
  struct stmt *s = NULL;
  struct buf sql = BUF_INIT(about_sql_bytes_max);
  if (!schema_subject(t, &column)) return ERR_OK;
  err e = rows_sql_about(&sql, t, column == op_columns_max ? "id" : t->columns[column].name);
  if (e == ERR_OK) e = stmt_create(&s, w->db, (const char *)sql.ptr);
  if (e == ERR_OK) e = read(w, t, s, learner);
  stmt_destroy(s);
  buf_finish(&sql);
  return e;
}

err rows_about_but(struct rows *r, const struct id *learner, uint8_t but, struct row_key **out,
                   size_t *count_out) {
  struct about w = {.db = rows_db(r)};
  err e = ERR_OK;
  for (const struct table *t = schema_after(0); e == ERR_OK && t; t = schema_after(t->id))
    if (t->id != but) e = read_table(&w, t, learner);
  if (e != ERR_OK) {
    free(w.list);
    w = (struct about){.count = 0};
  }
  *out = w.list;
  *count_out = w.count;
  return e;
}

err rows_about(struct rows *r, const struct id *learner, struct row_key **out, size_t *count_out) {
  return rows_about_but(r, learner, 0, out, count_out);
}
