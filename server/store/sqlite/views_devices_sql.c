/* views_devices_sql.c: devices with what they wait for, and the counts of everything. */
#include "server/store/sqlite/views.h"

enum { conflicts_max = 10000 };

static err count_of(struct sqlite_store *q, const char *sql, const struct id *id, uint64_t *out) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  if (id) stmt_id(s, 1, id);
  TRY(stmt_one(s));
  *out = (uint64_t)stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

static err read_device(struct sqlite_store *q, const struct id *id, struct arena *a,
                       struct view_device *out) {
  struct stmt *s;
  uint64_t held, quarantined;
  *out = (struct view_device){.held = 0};
  TRY(device_load(&q->base, id, &out->device));
  TRY(db_stmt(
      q->db, &s,
      "SELECT s.name FROM device_staff d JOIN staff s ON s.id=d.staff WHERE d.device=?1 ORDER BY s.name"));
  stmt_id(s, 1, id);
  TRY(view_texts(s, a, staff_on_device_max, &out->staff_names, &out->staff_count));
  TRY(count_of(q,
               "SELECT count(*) FROM bundle b JOIN chain c ON c.no=b.chain WHERE c.device=?1 AND b.status=3",
               id, &held));
  TRY(count_of(q,
               "SELECT count(*) FROM chain c JOIN bundle b ON b.chain=c.no JOIN quarantine x ON "
               "x.bundle=b.no AND x.state=1 WHERE c.device=?1",
               id, &quarantined));
  struct store_device_note n;
  TRY(device_note_load(&q->base, id, &n));
  out->repairs = n.repairs;
  out->restarts = n.restarts;
  out->held = (uint32_t)held;
  out->quarantined = (uint32_t)quarantined;
  return ERR_OK;
}

/* ---- conflicts: of a device when one of the values in question came from it ---- */

struct open_conflict {
  struct id row;
  uint8_t table, unit;
};

static err read_conflicts(struct sqlite_store *q, struct arena *a, struct open_conflict **out,
                          size_t *count) {
  struct stmt *s;
  size_t cap = 0;
  bool there;
  TRY(db_stmt(q->db, &s, "SELECT row, tbl, unit FROM conflict WHERE " VIEW_OPEN_CONFLICT));
  TRY(stmt_step(s, &there));
  while (there && *count < conflicts_max) {
    struct open_conflict *list = arena_room(a, *out, &cap, *count, sizeof *list);
    if (!list) {
      stmt_reset(s);
      return ERR_NO_MEMORY;
    }
    *out = list;
    (void)stmt_column_id(s, 0, &list[*count].row);
    list[*count].table = (uint8_t)stmt_column_int(s, 1);
    list[(*count)++].unit = (uint8_t)stmt_column_int(s, 2);
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}

static bool wrote(const struct unit_heads *u, const struct id *device) {
  for (size_t i = 0; i < u->count; i++) {
    if (id_equal(&u->heads[i].op.device, device)) return true;
  }
  return false;
}

static err count_conflicts(struct sqlite_store *q, struct view_device *list, size_t count, struct arena *a) {
  struct open_conflict *open = NULL;
  size_t open_count = 0;
  TRY(read_conflicts(q, a, &open, &open_count));
  for (size_t i = 0; i < open_count; i++) {
    struct row row;
    const struct table *t = schema_table(open[i].table);
    if (!t || open[i].unit >= t->unit_count) return ERR_CORRUPT;
    TRY(rows_load(q->rows, t, &open[i].row, a, &row));
    for (size_t k = 0; k < count; k++)
      list[k].open_conflicts += wrote(&row.units[open[i].unit], &list[k].device.id);
  }
  return ERR_OK;
}

static err read_devices(struct sqlite_store *q, struct arena *a, struct view_device **out, size_t *count) {
  struct stmt *s;
  struct id *ids;
  TRY(db_stmt(q->db, &s,
              "SELECT k.device FROM device_key k LEFT JOIN device d ON d.id=k.device ORDER BY "
              "coalesce(d.name, k.name), k.device"));
  TRY(read_ids(s, a, &ids, count));
  struct view_device *list = arena_take(a, *count + 1, sizeof *list);
  if (!list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < *count; i++) TRY(read_device(q, &ids[i], a, &list[i]));
  TRY(count_conflicts(q, list, *count, a));
  *out = list;
  return ERR_OK;
}

err views_devices(struct store *store, struct arena *a, struct view_device **out, size_t *count) {
  TRY(store->ops->begin_read(store));
  err e = read_devices(sqlite_of(store), a, out, count);
  store->ops->rollback(store);
  return e;
}

/* ---- counts ---- */

static err read_counts(struct sqlite_store *q, struct view_counts *out) {
  const struct {
    const char *sql;
    uint64_t *into;
  } counts[] = {
      {"SELECT count(*) FROM learner", &out->learners},
      {"SELECT count(*) FROM school", &out->schools},
      {"SELECT count(*) FROM staff", &out->staff},
      {"SELECT count(*) FROM activity", &out->activities},
      {"SELECT count(*) FROM enrolment WHERE removed IS NOT 1", &out->enrolments},
      {"SELECT count(*) FROM session WHERE removed IS NOT 1", &out->sessions},
      {"SELECT count(*) FROM register WHERE state=2", &out->registers_closed},
      {"SELECT count(*) FROM register WHERE state IN (1, 3)", &out->registers_open},
      {"SELECT count(*) FROM mark WHERE code<>6", &out->marks},
      {"SELECT count(*) FROM note WHERE removed IS NOT 1", &out->notes},
      {"SELECT count(*) FROM progress WHERE removed IS NOT 1", &out->progress},
      {"SELECT count(*) FROM conflict WHERE " VIEW_OPEN_CONFLICT, &out->conflicts},
      {"SELECT count(*) FROM quarantine WHERE state=1", &out->quarantined},
      {"SELECT count(*) FROM bundle WHERE status=3", &out->held},
      {"SELECT count(*) FROM bundle", &out->bundles},
      {"SELECT count(*) FROM device_key", &out->devices},
  };
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    TRY(count_of(q, counts[i].sql, NULL, counts[i].into));
  return ERR_OK;
}

#define KEPT(table) "SELECT rows FROM row_count WHERE tbl=" table
static err read_counts_kept(struct sqlite_store *q, struct view_counts *out) {
  uint64_t registers;
  const struct {
    const char *sql;
    uint64_t *into;
  } counts[] = {
      {KEPT("7"), &out->learners},
      {"SELECT count(*) FROM school", &out->schools},
      {"SELECT count(*) FROM staff", &out->staff},
      {"SELECT count(*) FROM activity", &out->activities},
      {KEPT("9"), &out->enrolments},
      {KEPT("10"), &out->sessions},
      {KEPT("11"), &registers},
      {"SELECT count(*) FROM register WHERE state IN (1, 3)", &out->registers_open},
      {KEPT("12"), &out->marks},
      {KEPT("14"), &out->notes},
      {KEPT("15"), &out->progress},
      {"SELECT count(*) FROM conflict WHERE " VIEW_OPEN_CONFLICT, &out->conflicts},
      {"SELECT count(*) FROM quarantine WHERE state=1", &out->quarantined},
      {"SELECT count(*) FROM bundle WHERE status=3", &out->held},
      {"SELECT coalesce(max(no), 0) FROM bundle", &out->bundles},
      {"SELECT count(*) FROM device_key", &out->devices},
  };
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    TRY(count_of(q, counts[i].sql, NULL, counts[i].into));
  out->registers_closed = registers - out->registers_open;
  return ERR_OK;
}

err views_counts_kept(struct store *store, struct view_counts *out) {
  *out = (struct view_counts){.learners = 0};
  TRY(store->ops->begin_read(store));
  err e = read_counts_kept(sqlite_of(store), out);
  store->ops->rollback(store);
  return e;
}

err views_counts(struct store *store, struct view_counts *out) {
  *out = (struct view_counts){.learners = 0};
  TRY(store->ops->begin_read(store));
  err e = read_counts(sqlite_of(store), out);
  store->ops->rollback(store);
  return e;
}
