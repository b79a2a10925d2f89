/* views_activities_sql.c: activities as the office sees them. */
#include "server/core/views_activities.h"
#include "server/store/sqlite/views.h"
#include "shared/base/fold.h"

enum { week_days = 7, monday_offset = 3 }; /* day 0 was a Thursday */
_Static_assert(ENUM_grant_role_door == 3 && ENUM_session_status_scheduled == 1, "as in SQL");

/* ?1: today. */
#define HOLDS(x) x ".starts<=?1 AND (" x ".ends IS NULL OR " x ".ends>?1)"
#define CHILD    "coalesce((SELECT canon FROM alias WHERE id=e.learner), e.learner)"
#define TEACHES  "FROM grant_ g JOIN staff t ON t.id=g.staff WHERE g.role<>3 AND " HOLDS("g")
#define LINE(tutors, learners, staff)                                                                        \
  "SELECT a.id, a.school, p.id, a.ref, a.name, a.genre, a.place, c.name, c.urn, p.name, p.ref, " tutors      \
  ", a.mode, a.setting, a.family, a.level, a.ends, " learners ", " staff ", a.version, "
#define FROM                                                                                                 \
  " FROM activity a LEFT JOIN school c ON c.id=a.school LEFT JOIN partner p ON p.id=a.partner AND "          \
  "p.removed IS NOT 1 "
/* Of one. */
#define OF_ONE                                                                                               \
  LINE("(SELECT group_concat(n, ', ') FROM (SELECT t.name AS n " TEACHES                                     \
       " AND g.activity=a.id ORDER BY t.name, t.id))",                                                       \
       "(SELECT count(DISTINCT " CHILD ") FROM enrolment e WHERE e.activity=a.id AND e.removed IS NOT 1 "    \
       "AND " HOLDS("e") ")",                                                                                \
       "(SELECT count(*) " TEACHES " AND g.activity=a.id)")
/* Of all: enrolments are counted once through their index, which does not know the few that were taken back,
 * and grants are read once. Asked for each activity by itself they took half as long again. */
#define OF_ALL                                                                                               \
  "WITH gone AS MATERIALIZED (SELECT activity, learner FROM enrolment WHERE removed=1), n AS MATERIALIZED "  \
  "(SELECT e.activity AS activity, count(DISTINCT " CHILD                                                    \
  ") AS learners FROM enrolment e INDEXED BY hub_enrolment_activity WHERE " HOLDS(                           \
      "e") " AND NOT EXISTS (SELECT 1 FROM gone x WHERE x.activity=e.activity AND x.learner=e.learner) "     \
           "GROUP BY "                                                                                       \
           "e.activity), w AS MATERIALIZED (SELECT activity, count(*) AS staff, group_concat(name, ', ') "   \
           "AS tutors "                                                                                      \
           "FROM (SELECT g.activity AS activity, t.name AS name " TEACHES                                    \
           " ORDER BY g.activity, t.name, t.id) GROUP BY activity) " LINE(                                   \
               "w.tutors", "coalesce(n.learners, 0)", "coalesce(w.staff, 0)")

static err read_line(struct stmt *s, struct arena *a, struct view_activity_line *out) {
  struct slice *const texts[] = {&out->ref,          &out->name,        &out->genre,
                                 &out->place,        &out->school_name, &out->school_urn,
                                 &out->partner_name, &out->partner_ref, &out->tutors};
  *out = (struct view_activity_line){.mode = (uint8_t)stmt_column_int(s, 12),
                                     .setting = (uint8_t)stmt_column_int(s, 13),
                                     .family = (uint8_t)stmt_column_int(s, 14),
                                     .level = (uint8_t)stmt_column_int(s, 15),
                                     .ends = column_day(s, 16),
                                     .learners = (uint32_t)stmt_column_int(s, 17),
                                     .staff = (uint32_t)stmt_column_int(s, 18),
                                     .version = (uint64_t)stmt_column_int(s, 19),
                                     .meetings = (uint32_t)stmt_column_int(s, 20)};
  if (!stmt_column_id(s, 0, &out->id)) return ERR_CORRUPT;
  (void)stmt_column_id(s, 1, &out->school);
  (void)stmt_column_id(s, 2, &out->partner);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) TRY(column_text(s, 3 + (int)i, a, texts[i]));
  return ERR_OK;
}

/* ---- the list ---- */

struct listing {
  const struct activities_wanted *wanted;
  struct slice folded; /* what is looked for */
  struct buf line;     /* what of one is looked through */
  struct arena *arena;
  struct view_activity_line *list;
  size_t cap, count, total;
};

static err fits(struct listing *l, const struct view_activity_line *line, bool *out) {
  const struct slice parts[] = {line->name, line->ref, line->school_name, line->place, line->tutors};
  *out = l->folded.len == 0;
  if (*out) return ERR_OK;
  buf_clear(&l->line);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (i) TRY(buf_append(&l->line, slice_text(" ")));
    TRY(text_fold(&l->line, parts[i]));
  }
  *out = text_fold_matches(buf_slice(&l->line), l->folded);
  return ERR_OK;
}

static err keep(struct listing *l, struct stmt *s) {
  struct view_activity_line line;
  bool found;
  TRY(read_line(s, l->arena, &line));
  if (l->wanted->lack == ACTIVITY_NO_STAFF && line.staff) return ERR_OK;
  if (l->wanted->lack == ACTIVITY_NO_LEARNERS && line.learners) return ERR_OK;
  TRY(fits(l, &line, &found));
  if (!found) return ERR_OK;
  if (l->total++ >= (l->wanted->whole ? activities_listed_max : activities_shown_max)) return ERR_OK;
  l->list = arena_room(l->arena, l->list, &l->cap, l->count, sizeof *l->list);
  if (!l->list) return ERR_NO_MEMORY;
  l->list[l->count++] = line;
  return ERR_OK;
}

static err list_all(struct listing *l, struct sqlite_store *q, int32_t today) {
  const struct activities_wanted *w = l->wanted;
  struct stmt *s;
  bool there;
  TRY(db_stmt(
      q->db, &s,
      OF_ALL
      "(SELECT count(*) FROM session s WHERE s.activity=a.id AND s.date>=?8 AND s.date<=?9 AND "
      "s.removed IS NOT 1)" FROM "LEFT JOIN n ON n.activity=a.id LEFT JOIN w ON w.activity=a.id "
      "WHERE (?2 IS NULL OR a.school=?2) AND (?3=0 OR a.school IS NULL) AND (?4=0 OR a.mode=?4) AND "
      "(?5=0 OR a.setting=?5) AND (?6=0 OR a.family=?6) AND (?7=0 OR a.level=?7) AND (?8>?9 OR EXISTS "
      "(SELECT 1 FROM session s WHERE s.activity=a.id AND s.date>=?8 AND s.date<=?9 AND s.removed IS NOT "
      "1)) AND (?10=2 OR (a.ends IS NOT NULL AND a.ends<=?1)=?10) ORDER BY a.name, c.name, a.id"));
  stmt_int(s, 1, today);
  stmt_id(s, 2, id_is_zero(&w->school) ? NULL : &w->school);
  stmt_int(s, 3, w->no_school);
  stmt_int(s, 4, w->mode);
  stmt_int(s, 5, w->setting);
  stmt_int(s, 6, w->family);
  stmt_int(s, 7, w->level);
  stmt_int(s, 8, w->to ? w->from : 1); /* whenever: no day lies between these two */
  stmt_int(s, 9, w->to);
  stmt_int(s, 10, w->when);
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    e = keep(l, s);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}
_Static_assert(ACTIVITY_NOW == 0 && ACTIVITY_ENDED == 1 && ACTIVITY_ALWAYS == 2, "as in SQL");

err views_activity_lines(struct store *store, const struct activities_wanted *wanted, int32_t today,
                         struct arena *a, struct view_activity_line **out, size_t *count, size_t *total) {
  struct buf folded = BUF_INIT(text_bytes_max);
  struct listing l = {.wanted = wanted, .line = BUF_INIT(8 * text_bytes_max), .arena = a};
  err e = text_fold(&folded, wanted->text);
  l.folded = buf_slice(&folded);
  if (e == ERR_OK) e = list_all(&l, sqlite_of(store), today);
  *out = l.list;
  *count = l.count;
  *total = l.total;
  buf_finish(&folded);
  buf_finish(&l.line);
  return e;
}

/* ---- one ---- */

#define LEARNER_NAME                                                                                         \
  "trim(coalesce(nullif(l.known_name, ''), l.first_name, '')||' '||coalesce(l.last_name, ''))"

static err read_staff(struct stmt *s, struct arena *a, void *at) {
  struct view_activity_staff *out = at;
  *out = (struct view_activity_staff){.role = (uint8_t)stmt_column_int(s, 2),
                                      .starts = column_day(s, 3),
                                      .ends = column_day(s, 4),
                                      .left = stmt_column_int(s, 5) == ENUM_staff_status_left};
  if (!stmt_column_id(s, 0, &out->staff)) return ERR_CORRUPT;
  return column_text(s, 1, a, &out->name);
}

static err read_learner(struct stmt *s, struct arena *a, void *at) {
  struct view_activity_learner *out = at;
  const char *word = schema_enum_word(schema_enum("learner_status"), (int)stmt_column_int(s, 9));
  *out = (struct view_activity_learner){.starts = column_day(s, 7),
                                        .ends = column_day(s, 8),
                                        .version = (uint64_t)stmt_column_int(s, 10),
                                        .disputed = stmt_column_int(s, 11) != 0,
                                        .status = slice_text(word ? word : "")};
  if (!stmt_column_id(s, 0, &out->enrolment) || !stmt_column_id(s, 1, &out->learner)) return ERR_CORRUPT;
  TRY(column_text(s, 2, a, &out->name));
  TRY(column_text(s, 3, a, &out->year_group));
  TRY(column_text(s, 4, a, &out->school_name));
  TRY(column_text(s, 5, a, &out->instrument));
  return column_text(s, 6, a, &out->section);
}

static err read_time(struct stmt *s, struct arena *a, void *at) {
  struct view_activity_time *out = at;
  *out = (struct view_activity_time){.weekday = (uint8_t)(stmt_column_int(s, 0) + 1),
                                     .starts = (int32_t)stmt_column_int(s, 1),
                                     .ends = (int32_t)stmt_column_int(s, 2),
                                     .first = column_day(s, 6),
                                     .last = column_day(s, 7),
                                     .meetings = (uint32_t)stmt_column_int(s, 8)};
  (void)stmt_column_id(s, 3, &out->staff);
  TRY(column_text(s, 4, a, &out->staff_name));
  return column_text(s, 5, a, &out->place);
}

/* What holds comes first, then what is to come, then what is over, the latest first. */
#define IN_TURN(x)                                                                                           \
  "CASE WHEN " x ".ends IS NOT NULL AND " x ".ends<=?1 THEN 2 WHEN " x ".starts>?1 THEN 1 ELSE 0 END"
/* Planned, and nobody has touched it. */
#define PLANNED                                                                                              \
  "s.activity=?2 AND s.date>=?1 AND s.status=1 AND " VIEW_STANDS(                                            \
      "s") " AND NOT EXISTS (SELECT 1 FROM "                                                                 \
           "register r WHERE " VIEW_IS_OF("r", "s.id") ") AND NOT EXISTS "                                   \
                                                       "(SELECT 1 FROM mark m "                              \
                                                       "WHERE " VIEW_IS_OF("m", "s."                         \
                                                                                "id") ")"

static err list_of(struct sqlite_store *q, const char *sql, const struct id *activity, int32_t day,
                   size_t most, size_t size, row_reader *one, struct arena *a, void **out, size_t *count) {
  struct stmt *s;
  err e;
  TRY(db_stmt(q->db, &s, sql));
  stmt_int(s, 1, day);
  stmt_id(s, 2, activity);
  stmt_int(s, 3, (int64_t)most);
  *out = read_list(&e, s, size, one, a, count);
  return e;
}

static err read_people(struct sqlite_store *q, const struct id *activity, int32_t today, struct arena *a,
                       struct view_activity_detail *out) {
  void *staff, *learners;
  TRY(list_of(
      q,
      "SELECT g.staff, coalesce(t.name, ''), g.role, g.starts, g.ends, t.status FROM grant_ g LEFT JOIN "
      "staff t ON "
      "t.id=g.staff WHERE g.activity=?2 ORDER BY " IN_TURN("g") ", g.ends DESC, t.name, g.id LIMIT ?3",
      activity, today, activity_people_max, sizeof *out->staff, read_staff, a, &staff, &out->staff_count));
  TRY(list_of(q,
              "SELECT e.id, e.learner, " LEARNER_NAME
              ", l.year_group, c.name, e.instrument, e.section, e.starts, "
              "e.ends, l.status, e.version, EXISTS (SELECT 1 FROM conflict WHERE row=e.id AND tbl=9) FROM "
              "enrolment e LEFT JOIN "
              "learner l ON l.id=e.learner LEFT JOIN school c ON c.id=l.school WHERE e.activity=?2 AND "
              "e.removed IS NOT 1 "
              "ORDER BY " IN_TURN("e") ", e.ends DESC, 3, e.id LIMIT ?3",
              activity, today, activity_people_max, sizeof *out->learners, read_learner, a, &learners,
              &out->learner_count));
  out->staff = staff;
  out->learners = learners;
  return ERR_OK;
}
_Static_assert(TABLE_enrolment == 9, "as in SQL");

static err read_times(struct sqlite_store *q, const struct id *activity, int32_t today, struct arena *a,
                      struct view_activity_detail *out) {
  void *times;
  TRY(list_of(
      q,
      "SELECT (s.date+3)%7, s.starts, s.ends, s.staff, t.name, s.place, min(s.date), max(s.date), count(*) "
      "FROM session s "
      "LEFT JOIN staff t ON t.id=s.staff WHERE " PLANNED " GROUP BY 1, 2, 3, s.staff, s.place ORDER BY 1, 2, "
      "min(s.date), s.staff LIMIT ?3",
      activity, today, activity_times_max, sizeof *out->times, read_time, a, &times, &out->time_count));
  out->times = times;
  return ERR_OK;
}
_Static_assert(week_days == 7 && monday_offset == 3, "as in SQL");

static err read_one(struct sqlite_store *q, const struct id *activity, int32_t today, struct arena *a,
                    struct view_activity_detail *out) {
  struct stmt *s;
  *out = (struct view_activity_detail){.staff_count = 0};
  TRY(db_stmt(q->db, &s, OF_ONE "0" FROM "WHERE a.id=?2"));
  stmt_int(s, 1, today);
  stmt_id(s, 2, activity);
  TRY(stmt_one(s));
  err e = read_line(s, a, &out->line);
  stmt_reset(s);
  TRY(e);
  TRY(read_people(q, activity, today, a, out));
  return read_times(q, activity, today, a, out);
}

err views_activity(struct store *store, const struct id *activity, int32_t today, struct arena *a,
                   struct view_activity_detail *out) {
  TRY(store->ops->begin_read(store));
  err e = read_one(sqlite_of(store), activity, today, a, out);
  store->ops->rollback(store);
  return e;
}

static err read_place(struct stmt *s, struct arena *a, void *at) {
  struct view_place_at *out = at;
  *out = (struct view_place_at){.starts = column_day(s, 6), .ends = column_day(s, 7)};
  if (!stmt_column_id(s, 0, &out->enrolment) || !stmt_column_id(s, 1, &out->activity)) return ERR_CORRUPT;
  TRY(column_text(s, 2, a, &out->name));
  TRY(column_text(s, 3, a, &out->school_name));
  TRY(column_text(s, 4, a, &out->instrument));
  return column_text(s, 5, a, &out->section);
}

err views_places(struct store *store, const struct id *learner, int32_t today, struct arena *a,
                 struct view_place_at **out, size_t *count) {
  void *list;
  TRY(list_of(
      sqlite_of(store),
      "SELECT e.id, e.activity, coalesce(v.name, ''), c.name, e.instrument, e.section, e.starts, e.ends FROM "
      "enrolment e LEFT JOIN activity v ON v.id=e.activity LEFT JOIN school c ON c.id=v.school WHERE "
      "e.learner "
      "IN " VIEW_CLASS_2
      " AND e.removed IS NOT 1 ORDER BY " IN_TURN("e") ", e.ends DESC, v.name, e.id LIMIT ?3",
      learner, today, activity_times_max, sizeof **out, read_place, a, &list, count));
  *out = list;
  return ERR_OK;
}

/* ---- what may still be changed ---- */

static err read_planned(struct stmt *s, struct arena *a, void *at) {
  struct view_planned *out = at;
  *out = (struct view_planned){.date = column_day(s, 1),
                               .starts = (int32_t)stmt_column_int(s, 2),
                               .ends = (int32_t)stmt_column_int(s, 3)};
  if (!stmt_column_id(s, 0, &out->session)) return ERR_CORRUPT;
  (void)stmt_column_id(s, 4, &out->staff);
  return column_text(s, 5, a, &out->place);
}

#define IN_SLOT PLANNED " AND (?3=0 OR ((s.date+3)%7+1=?3 AND s.starts=?4))"

static void bind_slot(struct stmt *s, const struct id *activity, int32_t from,
                      const struct planned_slot *slot) {
  stmt_int(s, 1, from);
  stmt_id(s, 2, activity);
  stmt_int(s, 3, slot ? slot->weekday : 0);
  stmt_int(s, 4, slot ? slot->starts : 0);
}

static err count_of(struct stmt *s, int64_t *out) {
  TRY(stmt_one(s));
  *out = stmt_column_int(s, 0);
  stmt_reset(s);
  return ERR_OK;
}

err views_planned(struct store *store, const struct id *activity, int32_t from,
                  const struct planned_slot *slot, struct arena *a, struct view_planned_list *out) {
  struct db *db = sqlite_of(store)->db;
  struct stmt *s;
  err e;
  int64_t total, held;
  TRY(db_stmt(db, &s,
              "SELECT s.id, s.date, s.starts, s.ends, s.staff, s.place FROM session s WHERE " IN_SLOT
              " ORDER BY s.date, s.starts, s.id LIMIT ?5"));
  bind_slot(s, activity, from, slot);
  stmt_int(s, 5, meetings_at_once_max);
  out->list = read_list(&e, s, sizeof *out->list, read_planned, a, &out->count);
  TRY(e);
  TRY(db_stmt(db, &s, "SELECT count(*) FROM session s WHERE " IN_SLOT));
  bind_slot(s, activity, from, slot);
  TRY(count_of(s, &total));
  TRY(db_stmt(
      db, &s,
      "SELECT count(*) FROM session s WHERE s.activity=?2 AND s.date>=?1 AND " VIEW_STANDS(
          "s") " AND (s.status=2 OR EXISTS (SELECT 1 FROM register r WHERE " VIEW_IS_OF("r", "s.id") "))"));
  stmt_int(s, 1, from);
  stmt_id(s, 2, activity);
  TRY(count_of(s, &held));
  out->total = (size_t)total;
  out->held = (uint32_t)held;
  return ERR_OK;
}
