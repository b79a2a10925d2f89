/* views_work_sql.c: what a person must know to decide: names, figures, what waits because of a device. */
#include "server/store/sqlite/views.h"

enum { held_devices_max = 500, servers_max = 32 };

#define CLASS_OF_BOTH "(SELECT id FROM " VIEW_CLASS_1 " UNION SELECT id FROM " VIEW_CLASS_2 ")"
#define MARKS_OF_BOTH VIEW_MARKS_OF(VIEW_SESSIONS_OF(CLASS_OF_BOTH), "m")
#define REGISTER_OF_S VIEW_IS_OF("r", "s.id")

/* ---- what waits because of a device ---- */

static err read_held(struct stmt *s, struct arena *a, void *out) {
  struct view_held *h = out;
  *h = (struct view_held){.missing = (uint64_t)stmt_column_int(s, 2) + 1,
                          .first = (uint64_t)stmt_column_int(s, 3),
                          .last = (uint64_t)stmt_column_int(s, 4),
                          .bundles = (uint32_t)stmt_column_int(s, 5),
                          .since_ms = stmt_column_int(s, 6)};
  (void)stmt_column_id(s, 0, &h->device);
  return column_text(s, 1, a, &h->device_name);
}

/* Of a device with several sequences that wait, which is rare, the one that has waited longest speaks. */
err views_held(struct store *store, struct arena *a, struct view_held **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT c.device, coalesce(d.name, k.name), (SELECT max(p.seq) FROM bundle p WHERE p.chain=b.chain AND "
      "p.status<>3 AND p.seq<b.seq), min(b.seq), max(b.seq), count(*), min(b.received) FROM bundle b JOIN "
      "chain c ON c.no=b.chain LEFT JOIN device d ON d.id=c.device LEFT JOIN device_key k ON "
      "k.device=c.device WHERE b.status=3 GROUP BY c.device ORDER BY 7, 1 LIMIT ?1"));
  stmt_int(s, 1, held_devices_max);
  *out = read_list(&e, s, sizeof **out, read_held, a, count);
  return e;
}

static err read_server(struct stmt *s, struct arena *a, void *out) {
  struct view_server *d = out;
  *d = (struct view_server){.last_contact_ms = stmt_column_int(s, 2)};
  (void)stmt_column_id(s, 0, &d->device);
  return column_text(s, 1, a, &d->name);
}

err views_servers(struct store *store, const struct id *activity, int32_t date, struct arena *a,
                  struct view_server **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(
      sqlite_of(store)->db, &s,
      "SELECT DISTINCT k.device, coalesce(d.name, k.name) AS called, k.contact FROM grant_ g JOIN "
      "device_staff x ON x.staff=g.staff JOIN device_key k ON k.device=x.device LEFT JOIN device d ON "
      "d.id=k.device WHERE g.activity=?1 AND g.role<>3 AND g.starts<=?2 AND (g.ends IS NULL OR "
      "g.ends>?2) AND (x.ends IS NULL OR x.ends>?2) AND k.status=1 ORDER BY k.contact "
      "DESC, called, k.device LIMIT ?3"));
  stmt_id(s, 1, activity);
  stmt_int(s, 2, date);
  stmt_int(s, 3, servers_max);
  *out = read_list(&e, s, sizeof **out, read_server, a, count);
  return e;
}

/* ---- what was decided ---- */

static err read_decided(struct stmt *s, struct arena *a, void *out) {
  struct view_decided *d = out;
  (void)a;
  d->at_ms = stmt_column_int(s, 1);
  return stmt_column_id(s, 0, &d->item) ? ERR_OK : ERR_CORRUPT;
}

/* From the last decision on back, until there are enough: what was decided, opened and decided again counts
 * once. */
err views_decided(struct store *store, size_t max, struct arena *a, struct view_decided **out,
                  size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(sqlite_of(store)->db, &s,
              "SELECT e.item, e.at FROM item_event e WHERE e.event=3 AND (SELECT i.state FROM item i WHERE "
              "i.id=e.item)=2 AND NOT EXISTS (SELECT 1 FROM item_event l WHERE l.item=e.item AND l.event=3 "
              "AND (l.at, l.no)>(e.at, e.no)) ORDER BY e.at DESC, e.item DESC LIMIT ?1"));
  stmt_int(s, 1, (int64_t)max);
  *out = read_list(&e, s, sizeof **out, read_decided, a, count);
  return e;
}

/* ---- names ---- */

static const char *name_sql(uint8_t table) {
  switch (table) {
  case TABLE_learner: return "SELECT known_name, first_name, last_name FROM learner WHERE id=?1";
  case TABLE_school: return "SELECT NULL, name, NULL FROM school WHERE id=?1";
  case TABLE_partner: return "SELECT NULL, name, NULL FROM partner WHERE id=?1";
  case TABLE_staff: return "SELECT NULL, name, NULL FROM staff WHERE id=?1";
  case TABLE_activity: return "SELECT NULL, name, NULL FROM activity WHERE id=?1";
  case TABLE_term: return "SELECT NULL, name, NULL FROM term WHERE id=?1";
  case TABLE_device: return "SELECT NULL, name, NULL FROM device WHERE id=?1";
  case TABLE_instrument: return "SELECT NULL, what, serial FROM instrument WHERE id=?1";
  default: return NULL;
  }
}

err views_row_name(struct store *store, uint8_t table, const struct id *id, struct arena *a,
                   struct slice *out) {
  struct stmt *s;
  bool there;
  const char *sql = name_sql(table);
  *out = (struct slice){NULL, 0};
  if (!sql) return ERR_OK;
  TRY(db_stmt(sqlite_of(store)->db, &s, sql));
  stmt_id(s, 1, id);
  TRY(stmt_step(s, &there));
  if (!there) return ERR_OK;
  err e = person_name(s, 0, 1, 2, a, out);
  stmt_reset(s);
  return e;
}

/* ---- figures ---- */

struct span {
  int32_t starts, ends;
};

/* From September on. */
static err school_year(int32_t date, struct arena *a, struct span *span, struct slice *name) {
  struct date d = date_from_days(date);
  int16_t year = (int16_t)(d.month >= 9 ? d.year : d.year - 1);
  struct buf text = BUF_INIT(32);
  *span = (struct span){date_to_days((struct date){year, 9, 1}),
                        date_to_days((struct date){(int16_t)(year + 1), 8, 31})};
  err e = buf_printf(&text, "%d/%02d", year, (year + 1) % 100);
  if (e == ERR_OK) *name = arena_copy(a, buf_slice(&text));
  buf_finish(&text);
  return e == ERR_OK && !name->ptr ? ERR_NO_MEMORY : e;
}

static err span_around(struct sqlite_store *q, int32_t date, struct arena *a, struct span *span,
                       struct slice *name) {
  struct stmt *s;
  bool there;
  TRY(db_stmt(q->db, &s,
              "SELECT starts, ends, name FROM term WHERE starts<=?1 AND ends>=?1 AND removed IS NOT 1 ORDER "
              "BY starts DESC, id "
              "LIMIT 1"));
  stmt_int(s, 1, date);
  TRY(stmt_step(s, &there));
  if (!there) return school_year(date, a, span, name);
  *span = (struct span){column_day(s, 0), column_day(s, 1)};
  err e = column_text(s, 2, a, name);
  stmt_reset(s);
  return e;
}

/* A child counts once at a meeting, whatever records it has there. */
static err count_marks(struct sqlite_store *q, const struct id *learner, const struct id *other,
                       const struct id *without, const struct span *span, struct view_attendance *out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT coalesce(sum(code IN (1, 2)), 0), coalesce(sum(code IN (3, 4)), 0) FROM (SELECT m.code, "
      "row_number() OVER (PARTITION BY " VIEW_CANON_SESSION
      " ORDER BY m.learner<>?1, m.session<>" VIEW_CANON_SESSION
      ", m.learner, m.session) AS place FROM " MARKS_OF_BOTH
      " CROSS JOIN session s ON s.id=" VIEW_CANON_SESSION " CROSS JOIN register r ON " REGISTER_OF_S
      " WHERE m.learner IN " CLASS_OF_BOTH
      " AND m.code<>6 AND s.removed IS NOT 1 AND s.status=2 AND r.state=2 AND s.date BETWEEN ?3 AND ?4"
      " AND (?5 IS NULL OR s.id<>?5)) WHERE place=1"));
  stmt_id(s, 1, learner);
  stmt_id(s, 2, other ? other : learner);
  stmt_int(s, 3, span->starts);
  stmt_int(s, 4, span->ends);
  stmt_null(s, 5);
  if (without) stmt_id(s, 5, without);
  TRY(stmt_one(s));
  out->here = (uint32_t)stmt_column_int(s, 0);
  out->away = (uint32_t)stmt_column_int(s, 1);
  stmt_reset(s);
  return ERR_OK;
}

static err session_counts(struct sqlite_store *q, const struct id *session, bool *out) {
  struct stmt *s;
  TRY(db_stmt(
      q->db, &s,
      "SELECT 1 FROM session s JOIN register r ON r.session=s.id WHERE s.id=?1 AND s.removed IS NOT 1 "
      "AND s.status=2 AND r.state=2"));
  stmt_id(s, 1, session);
  TRY(stmt_step(s, out));
  stmt_reset(s);
  return ERR_OK;
}

static err read_attendance(struct sqlite_store *q, const struct id *learner, const struct id *other,
                           const struct id *without, int32_t date, struct arena *a,
                           struct view_attendance *out) {
  struct span span;
  struct id session;
  TRY(span_around(q, date, a, &span, &out->span));
  if (without) TRY(alias_canonical(&q->base, without, &session));
  TRY(count_marks(q, learner, other, without ? &session : NULL, &span, out));
  return without ? session_counts(q, &session, &out->counts) : ERR_OK;
}

err views_attendance(struct store *store, const struct id *learner, const struct id *other,
                     const struct id *without, int32_t date, struct arena *a, struct view_attendance *out) {
  *out = (struct view_attendance){.here = 0};
  TRY(store->ops->begin_read(store));
  err e = read_attendance(sqlite_of(store), learner, other, without, date, a, out);
  store->ops->rollback(store);
  return e;
}
