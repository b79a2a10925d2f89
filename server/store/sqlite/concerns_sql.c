/* concerns_sql.c: the sealed concerns, the latest first. */
#include "server/core/safeguarding.h"
#include "server/store/sqlite/views.h"

static err read_concern(struct sqlite_store *q, const struct id *id, struct arena *a,
                        struct view_concern *out) {
  const struct table *t = schema_table(TABLE_concern);
  struct row row;
  TRY(rows_load(q->rows, t, id, a, &row));
  const struct head *head = row.exists ? view_head(&row, t->columns[COL(concern, sealed)].unit) : NULL;
  if (!head) return ERR_CORRUPT;
  *out = (struct view_concern){
      .id = *id, .sealed = row.values[COL(concern, sealed)].text, .written_ms = (int64_t)head->stamp};
  TRY(view_author(q, &head->author, a, &out->author_name));
  TRY(view_device_name(q, &head->op.device, a, &out->device_name));
  return view_received(q, head, &out->received_ms);
}

static void sort_latest_first(struct view_concern *list, size_t count) {
  for (size_t i = 1; i < count; i++) {
    struct view_concern one = list[i];
    size_t at = i;
    for (; at > 0 && list[at - 1].received_ms < one.received_ms; at--) list[at] = list[at - 1];
    list[at] = one;
  }
}

static err read_all(struct sqlite_store *q, size_t max, struct arena *a, struct view_concern **out,
                    size_t *count) {
  struct stmt *s;
  struct id *ids;
  TRY(db_stmt(q->db, &s, "SELECT id FROM concern ORDER BY version DESC LIMIT ?1"));
  stmt_int(s, 1, (int64_t)max);
  TRY(read_ids(s, a, &ids, count));
  *out = arena_take(a, *count ? *count : 1, sizeof **out);
  if (!*out) return ERR_NO_MEMORY;
  for (size_t i = 0; i < *count; i++) TRY(read_concern(q, &ids[i], a, &(*out)[i]));
  sort_latest_first(*out, *count);
  return ERR_OK;
}

err views_concerns(struct store *store, size_t max, struct arena *a, struct view_concern **out,
                   size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_all(sqlite_of(store), max, a, out, count);
  store->ops->rollback(store);
  return e;
}
