/* views_activities_sql.c: activities as the office sees them. */
#include "server/core/views_activities.h"
#include "server/store/sqlite/views.h"
#include "shared/base/fold.h"

enum { week_days = 7, monday_offset = 3 }; /* day 0 was a Thursday */
_Static_assert(ENUM_grant_role_door == 3, "as in SQL");

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
  struct sqlite_store *store;
  const struct activities_wanted *wanted;
  int32_t today;
  struct slice folded; /* what is looked for */
  struct buf line;     /* what of one is looked through */
  struct arena *arena;
  struct view_activities *out;
  struct slice name, school_name; /* of `after` */
  struct id *page;
  size_t cap;
};

/* What the list is narrowed to, of `a` and its school `c`. */
#define WANTED                                                                                               \
  " WHERE (?2 IS NULL OR a.school=?2) AND (?3=0 OR a.school IS NULL) AND (?4=0 OR a.mode=?4) AND "           \
  "(?5=0 OR a.setting=?5) AND (?6=0 OR a.family=?6) AND (?7=0 OR a.level=?7) AND (?8>?9 OR EXISTS "          \
  "(SELECT 1 FROM session s WHERE s.activity=a.id AND s.date>=?8 AND s.date<=?9 AND s.removed IS NOT "       \
  "1)) AND (?10=2 OR (a.ends IS NOT NULL AND a.ends<=?1)=?10) AND (?11<>1 OR NOT EXISTS (SELECT 1 " TEACHES  \
  " AND g.activity=a.id)) AND (?11<>2 OR NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.activity=a.id AND "   \
  "e.removed IS NOT 1 AND " HOLDS("e") ")) ORDER BY a.name, coalesce(c.name, ''), a.id"
#define MEETINGS                                                                                             \
  "(SELECT count(*) FROM session s WHERE s.activity=a.id AND s.date>=?8 AND s.date<=?9 AND s.removed IS "    \
  "NOT 1)"
_Static_assert(ACTIVITY_NOW == 0 && ACTIVITY_ENDED == 1 && ACTIVITY_ALWAYS == 2, "as in SQL");
_Static_assert(ACTIVITY_NO_STAFF == 1 && ACTIVITY_NO_LEARNERS == 2, "as in SQL");

static void bind_days(const struct listing *l, struct stmt *s) {
  stmt_int(s, 8, l->wanted->to ? l->wanted->from : 1); /* whenever: no day lies between these two */
  stmt_int(s, 9, l->wanted->to);
}

static void bind_wanted(const struct listing *l, struct stmt *s) {
  const struct activities_wanted *w = l->wanted;
  stmt_int(s, 1, l->today);
  stmt_id(s, 2, id_is_zero(&w->school) ? NULL : &w->school);
  stmt_int(s, 3, w->no_school);
  stmt_int(s, 4, w->mode);
  stmt_int(s, 5, w->setting);
  stmt_int(s, 6, w->family);
  stmt_int(s, 7, w->level);
  bind_days(l, s);
  stmt_int(s, 10, w->when);
  stmt_int(s, 11, w->lack);
}

typedef err look(struct listing *l, struct stmt *s);

static err each(struct listing *l, struct stmt *s, look *at) {
  bool there;
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    e = at(l, s);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  stmt_reset(s);
  return e;
}

/* Texts of a row from column 1 on. */
enum { looked_name = 1, looked_school, looked_first = looked_name, looked_last = 5 };

static err fits(struct listing *l, struct stmt *s, bool *out) {
  *out = l->folded.len == 0;
  if (*out) return ERR_OK;
  buf_clear(&l->line);
  for (int i = looked_first; i <= looked_last; i++) {
    TRY(buf_append(&l->line, slice_text(" ")));
    TRY(text_fold(&l->line, stmt_column_text(s, i)));
  }
  *out = text_fold_matches(buf_slice(&l->line), l->folded);
  return ERR_OK;
}

/* Does it stand behind the one that the page before ended with? */
static bool is_behind(const struct listing *l, struct stmt *s, const struct id *id) {
  if (id_is_zero(&l->wanted->after)) return true;
  int order = slice_compare(stmt_column_text(s, looked_name), l->name);
  if (order == 0) order = slice_compare(stmt_column_text(s, looked_school), l->school_name);
  return order ? order > 0 : id_compare(id, &l->wanted->after) > 0;
}

static err look_at_one(struct listing *l, struct stmt *s) {
  struct id id;
  bool found;
  if (!stmt_column_id(s, 0, &id)) return ERR_CORRUPT;
  TRY(fits(l, s, &found));
  l->out->total += found;
  if (!found || !is_behind(l, s, &id)) return ERR_OK;
  if (l->out->count == l->wanted->limit) {
    l->out->next = l->page[l->out->count - 1];
    return ERR_OK;
  }
  l->page = arena_room(l->arena, l->page, &l->cap, l->out->count, sizeof *l->page);
  if (!l->page) return ERR_NO_MEMORY;
  l->page[l->out->count++] = id;
  return ERR_OK;
}

static err find_after(struct listing *l) {
  struct stmt *s;
  if (id_is_zero(&l->wanted->after)) return ERR_OK;
  TRY(db_stmt(l->store->db, &s,
              "SELECT a.name, c.name FROM activity a LEFT JOIN school c ON c.id=a.school WHERE a.id=?1"));
  stmt_id(s, 1, &l->wanted->after);
  TRY(stmt_one(s));
  err e = column_text(s, 0, l->arena, &l->name);
  if (e == ERR_OK) e = column_text(s, 1, l->arena, &l->school_name);
  stmt_reset(s);
  return e;
}

/* Who teaches is put together only where it is looked through. */
static err find_page(struct listing *l) {
  struct stmt *s;
  TRY(find_after(l));
  TRY(db_stmt(l->store->db, &s,
              "SELECT a.id, a.name, c.name, a.ref, a.place, CASE WHEN ?12 THEN (SELECT group_concat(t.name, "
              "' ') " TEACHES " AND g.activity=a.id) END FROM activity a LEFT JOIN school c ON "
              "c.id=a.school" WANTED));
  bind_wanted(l, s);
  stmt_int(s, 12, l->folded.len > 0);
  return each(l, s, look_at_one);
}

static err read_page(struct listing *l) {
  struct stmt *s;
  TRY(find_page(l));
  l->out->list = arena_take(l->arena, l->out->count + 1, sizeof *l->out->list);
  if (!l->out->list) return ERR_NO_MEMORY;
  for (size_t i = 0; i < l->out->count; i++) {
    TRY(db_stmt(l->store->db, &s, OF_ONE MEETINGS FROM "WHERE a.id=?2"));
    stmt_int(s, 1, l->today);
    stmt_id(s, 2, &l->page[i]);
    bind_days(l, s);
    TRY(stmt_one(s));
    err e = read_line(s, l->arena, &l->out->list[i]);
    stmt_reset(s);
    TRY(e);
  }
  return ERR_OK;
}

static err keep(struct listing *l, struct stmt *s) {
  struct view_activities *out = l->out;
  out->list = arena_room(l->arena, out->list, &l->cap, out->count, sizeof *out->list);
  if (!out->list) return ERR_NO_MEMORY;
  TRY(read_line(s, l->arena, &out->list[out->count]));
  out->total = ++out->count;
  return ERR_OK;
}

static err read_whole(struct listing *l) {
  struct stmt *s;
  TRY(db_stmt(l->store->db, &s,
              OF_ALL MEETINGS FROM "LEFT JOIN n ON n.activity=a.id LEFT JOIN w ON w.activity=a.id" WANTED));
  bind_wanted(l, s);
  return each(l, s, keep);
}

err views_activity_lines(struct store *store, const struct activities_wanted *wanted, int32_t today,
                         struct arena *a, struct view_activities *out) {
  struct buf folded = BUF_INIT(text_bytes_max);
  struct listing l = {.store = sqlite_of(store),
                      .wanted = wanted,
                      .today = today,
                      .line = BUF_INIT(8 * text_bytes_max),
                      .arena = a,
                      .out = out};
  *out = (struct view_activities){.count = 0};
  TRY(store->ops->begin_read(store));
  err e = text_fold(&folded, wanted->text);
  l.folded = buf_slice(&folded);
  if (e == ERR_OK) e = wanted->whole ? read_whole(&l) : read_page(&l);
  store->ops->rollback(store);
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
static err read_people(struct sqlite_store *q, const struct id *activity, int32_t today, struct arena *a,
                       struct view_activity_detail *out) {
  void *staff, *learners;
  TRY(view_rows_on(
      q,
      "SELECT g.staff, coalesce(t.name, ''), g.role, g.starts, g.ends, t.status FROM grant_ g LEFT JOIN "
      "staff t ON "
      "t.id=g.staff WHERE g.activity=?2 ORDER BY " IN_TURN("g") ", g.ends DESC, t.name, g.id LIMIT ?3",
      activity, today, activity_people_max, sizeof *out->staff, read_staff, a, &staff, &out->staff_count));
  TRY(view_rows_on(
      q,
      "SELECT e.id, e.learner, " LEARNER_NAME ", l.year_group, c.name, e.instrument, e.section, e.starts, "
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
  TRY(view_rows_on(
      q,
      "SELECT (s.date+3)%7, s.starts, s.ends, s.staff, t.name, s.place, min(s.date), max(s.date), count(*) "
      "FROM session s "
      "LEFT JOIN staff t ON t.id=s.staff WHERE " VIEW_PLANNED
      " GROUP BY 1, 2, 3, s.staff, s.place ORDER BY 1, 2, "
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
  TRY(view_rows_on(
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
