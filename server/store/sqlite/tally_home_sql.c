/* tally_home_sql.c: adds up children by where they are at home, so that a report about them reads as many
 * sums as there are schools, and not as many as there are children. A home is a child's own school; the
 * children of no school, who may be very many, are in shares, by the first byte of their ids: each home is
 * added up at once. Those who came to anything in a school year count, once in all and once with each
 * partner. */
#include "server/core/inclusion.h"
#include "server/store/sqlite/report_lines.h"
#include "server/store/sqlite/tally.h"

enum { lessons_regular = 10, home_bytes_max = 67108864, known_signs = 3, stages = 5, all_years = 0 };
_Static_assert((int)ENUM_stage_lifelong_passive == (int)stages, "a column of tally_home for each stage");
_Static_assert(DISADVANTAGED_FSM == 1 && DISADVANTAGED_PUPIL_PREMIUM == 2 && DISADVANTAGED_CLA == 4 &&
                   DISADVANTAGED_ANY == 7,
               "the sets of signs number the columns yes1 to yes7");

/* In the order of tally_home's columns. */
enum count {
  CAME,
  REGULAR,
  OUT_OF_SCHOOL,
  STAGE,                              /* and the further ones */
  YES = STAGE + stages,               /* of each set of signs: who has one of it */
  NO = YES + DISADVANTAGED_ANY,       /* who has none of it for certain */
  SUPPORTED = NO + DISADVANTAGED_ANY, /* special needs: some, */
  NOT_SUPPORTED,                      /* and none */
  FEMALE,
  MALE,
  COUNTS
};
/* Of one school year, or of all years: all of them, or those who came to a partner's activities. */
struct group {
  int32_t year; /* its first of September; all_years */
  bool all;
  struct id partner; /* of not all: zero for the hub's own */
};
struct stay { /* of one child */
  struct group group;
  int64_t lessons, out_of_school; /* of all */
  int32_t first, last;            /* days of a mark here or late */
};
struct sum {
  struct group group;
  int64_t counts[COUNTS];
  struct buf days; /* of all years: of each child those from the first mark to the last, four bytes each */
};
struct known {
  int32_t day;
  uint8_t signs[known_signs], send, sex;
};
struct stage_told {
  int32_t date;
  uint8_t stage;
};
struct home {
  struct sqlite_store *q;
  struct slice key;
  struct arena *arena;
  struct stay *stays; /* of the child that is being read */
  size_t stay_count, stay_cap;
  struct known known;
  struct stage_told *told; /* in the order of days */
  size_t told_count;
  struct sum *sums;
  size_t sum_count, sum_cap;
};

/* ---- which homes have to be added up ---- */

#define HOME_OF(learner)                                                                                     \
  "coalesce((SELECT school FROM learner WHERE id=" learner "), substr(" learner ", 1, 1))"
#define HOMES_DUE "INSERT OR IGNORE INTO tally_home_due(home) SELECT "

static err due_by(struct sqlite_store *q, const char *sql, const struct id *id) {
  struct stmt *s;
  TRY(db_stmt(q->db, &s, sql));
  stmt_id(s, 1, id);
  return stmt_run(s);
}

err tally_homes_of_child(struct sqlite_store *q, const struct id *learner) {
  return due_by(q, HOMES_DUE HOME_OF("c.id") " FROM " VIEW_CLASS_1 " c", learner);
}

err tally_homes_of_activity(struct sqlite_store *q, const struct id *activity) {
  return due_by(q,
                HOMES_DUE HOME_OF("t.learner") " FROM (SELECT DISTINCT learner FROM tally_learner WHERE "
                                               "activity=?1) t",
                activity);
}

/* The child of a fact, and that of the one that it voids. */
err tally_homes_of_fact(struct sqlite_store *q, const struct id *fact) {
  return due_by(q,
                HOMES_DUE HOME_OF("c.id") " FROM (SELECT " VIEW_CANON(
                    "p.learner") " AS id FROM progress p WHERE p.id IN (SELECT ?1 UNION SELECT voids FROM "
                                 "progress WHERE id=?1)) c WHERE c.id IS NOT NULL",
                fact);
}

/* ---- one child ---- */

static bool same_group(const struct group *x, const struct group *y) {
  return x->year == y->year && x->all == y->all && id_equal(&x->partner, &y->partner);
}

static err stay_of(struct home *h, const struct group *group, struct stay **out) {
  for (size_t i = 0; i < h->stay_count; i++) {
    *out = &h->stays[i];
    if (same_group(&(*out)->group, group)) return ERR_OK;
  }
  struct stay *stays = arena_room(h->arena, h->stays, &h->stay_cap, h->stay_count, sizeof *stays);
  if (!stays) return ERR_NO_MEMORY;
  h->stays = stays;
  *out = &stays[h->stay_count++];
  **out = (struct stay){.group = *group, .first = INT32_MAX, .last = INT32_MIN};
  return ERR_OK;
}

static err add_days(struct home *h, const struct group *group, struct stmt *s) {
  struct stay *stay;
  TRY(stay_of(h, group, &stay));
  int32_t first = column_day(s, 4), last = column_day(s, 5);
  if (first < stay->first) stay->first = first;
  if (last > stay->last) stay->last = last;
  return ERR_OK;
}

static err add_visit(struct home *h, struct stmt *s) {
  struct stay *stay;
  int64_t kind = stmt_column_int(s, 1), marks = stmt_column_int(s, 2);
  uint8_t mode = report_kind_mode((int32_t)kind);
  bool out = report_kind_setting((int32_t)kind) == ENUM_setting_out_of_school;
  int year = report_school_year((int32_t)stmt_column_int(s, 0));
  struct group group = {.year = date_to_days((struct date){(int16_t)year, 9, 1}), .all = true};
  TRY(stay_of(h, &group, &stay));
  if (report_owes(mode)) stay->lessons += marks;
  if (out && mode != ENUM_mode_individual) stay->out_of_school += marks;
  struct group any = {.year = all_years, .all = true};
  TRY(add_days(h, &any, s));
  group.all = any.all = false;
  (void)stmt_column_id(s, 3, &group.partner); /* zero for none */
  any.partner = group.partner;
  TRY(add_days(h, &any, s));
  return stay_of(h, &group, &stay);
}

static err read_visits(struct home *h, const struct id *child) {
  struct stmt *s;
  bool there;
  h->stay_count = 0;
  TRY(db_stmt(h->q->db, &s,
              "SELECT t.span, t.kind, t.here+t.late, a.partner, t.first, t.last FROM tally_learner t LEFT "
              "JOIN activity a ON "
              "a.id=t.activity WHERE t.learner=?1 AND t.here+t.late>0"));
  stmt_id(s, 1, child);
  err e = stmt_step(s, &there);
  while (e == ERR_OK && there) {
    e = add_visit(h, s);
    if (e == ERR_OK) e = stmt_step(s, &there);
  }
  if (e != ERR_OK) stmt_reset(s);
  return e;
}

/* Where two rows of one day disagree, nothing is known. */
static void agree(uint8_t *kept, int64_t said, uint8_t unknown) {
  if (*kept != said) *kept = unknown;
}

static void take_known(struct known *known, struct stmt *s, bool first) {
  for (int i = 0; i < known_signs; i++) {
    int64_t said = stmt_column_int(s, 1 + i);
    if (first) known->signs[i] = (uint8_t)said;
    agree(&known->signs[i], said, ENUM_answer_unknown);
  }
  if (first) known->send = (uint8_t)stmt_column_int(s, 4), known->sex = (uint8_t)stmt_column_int(s, 5);
  agree(&known->send, stmt_column_int(s, 4), 0);
  agree(&known->sex, stmt_column_int(s, 5), 0);
}

/* Of the rows of one merged child those of the newest day count; most have one row, and none is merged. */
static err read_known(struct home *h, const struct id *child) {
  struct stmt *s;
  bool there, first = true;
  h->known = (struct known){.signs = {ENUM_answer_unknown, ENUM_answer_unknown, ENUM_answer_unknown}};
  TRY(db_stmt(h->q->db, &s,
              "SELECT as_at, coalesce(fsm, 3), coalesce(pupil_premium, 3), coalesce(cla, 3), coalesce(send, "
              "0), coalesce(sex, 0) FROM inclusion WHERE learner IN (SELECT ?1 UNION ALL SELECT id FROM "
              "alias WHERE canon=?1) ORDER BY as_at DESC"));
  stmt_id(s, 1, child);
  TRY(stmt_step(s, &there));
  while (there) {
    int32_t day = column_day(s, 0);
    if (first) h->known.day = day;
    if (day != h->known.day) break;
    take_known(&h->known, s, first);
    first = false;
    TRY(stmt_step(s, &there));
  }
  stmt_reset(s);
  return ERR_OK;
}
_Static_assert(ENUM_answer_yes == 1 && ENUM_answer_no == 2 && ENUM_answer_unknown == 3, "as in SQL");

static err read_told(struct stmt *s, struct arena *a, void *to) {
  (void)a;
  *(struct stage_told *)to = (struct stage_told){column_day(s, 0), (uint8_t)stmt_column_int(s, 1)};
  return ERR_OK;
}

/* What a later fact voids was none; of one day the one with the highest id counts. */
static err read_stages(struct home *h, const struct id *child) {
  struct stmt *s;
  err e;
  TRY(db_stmt(h->q->db, &s,
              "SELECT p.date, p.stage FROM progress p WHERE p.learner IN (SELECT ?1 UNION ALL SELECT id FROM "
              "alias WHERE canon=?1) AND p.kind=1 AND p.stage IS NOT NULL AND p.date IS NOT NULL AND "
              "p.removed IS NOT 1 AND NOT EXISTS(SELECT 1 FROM progress v WHERE v.voids=p.id AND v.removed "
              "IS NOT 1) ORDER BY p.date, p.id"));
  stmt_id(s, 1, child);
  h->told = read_list(&e, s, sizeof *h->told, read_told, h->arena, &h->told_count);
  return e;
}
_Static_assert(ENUM_progress_kind_stage == 1, "as in SQL");

/* ---- adding up ---- */

static int stage_at(const struct home *h, int32_t day) {
  int stage = 0;
  for (size_t i = 0; i < h->told_count && h->told[i].date <= day; i++) stage = h->told[i].stage;
  return stage;
}

/* One sign of the set is enough; who has none must have none of all. */
static void count_signs(int64_t *counts, const struct known *known) {
  for (int set = 1; set <= DISADVANTAGED_ANY; set++) {
    bool yes = false, no = true;
    for (int i = 0; i < known_signs; i++) {
      if (!(set >> i & 1)) continue;
      yes = yes || known->signs[i] == ENUM_answer_yes;
      no = no && known->signs[i] == ENUM_answer_no;
    }
    counts[YES + set - 1] += yes;
    counts[NO + set - 1] += no;
  }
}

static void count_child(const struct home *h, int64_t *counts, const struct stay *year) {
  int stage = stage_at(h, report_year_end(year->group.year));
  counts[CAME]++;
  counts[REGULAR] += year->lessons >= lessons_regular;
  counts[OUT_OF_SCHOOL] += year->out_of_school > 0;
  if (stage >= 1 && stage <= stages) counts[STAGE + stage - 1]++;
  count_signs(counts, &h->known);
  counts[SUPPORTED] += h->known.send > ENUM_send_none;
  counts[NOT_SUPPORTED] += h->known.send == ENUM_send_none;
  counts[FEMALE] += h->known.sex == ENUM_sex_F;
  counts[MALE] += h->known.sex == ENUM_sex_M;
}

static err sum_of(struct home *h, const struct group *group, struct sum **out) {
  for (size_t i = 0; i < h->sum_count; i++) {
    *out = &h->sums[i];
    if (same_group(&(*out)->group, group)) return ERR_OK;
  }
  struct sum *sums = arena_room(h->arena, h->sums, &h->sum_cap, h->sum_count, sizeof *sums);
  if (!sums) return ERR_NO_MEMORY;
  h->sums = sums;
  *out = &sums[h->sum_count++];
  **out = (struct sum){.group = *group, .days = BUF_INIT(home_bytes_max)};
  return ERR_OK;
}

static err add_child(struct home *h, const struct id *child) {
  struct stay *year;
  struct sum *sum;
  TRY(read_visits(h, child));
  if (h->stay_count == 0) return ERR_OK;
  TRY(read_known(h, child));
  TRY(read_stages(h, child));
  for (size_t i = 0; i < h->stay_count; i++) {
    const struct stay *stay = &h->stays[i];
    struct group all = {.year = stay->group.year, .all = true};
    TRY(sum_of(h, &stay->group, &sum));
    if (stay->group.year == all_years) {
      TRY(buf_put_u32(&sum->days, (uint32_t)(stay->last - stay->first)));
      continue;
    }
    TRY(stay_of(h, &all, &year));
    count_child(h, sum->counts, year);
  }
  return ERR_OK;
}

/* ---- one home ---- */

static bool is_school(struct slice key) { return key.len == id_bytes; }

static err read_children(struct home *h, struct id **out, size_t *count) {
  struct stmt *s;
  if (is_school(h->key)) {
    TRY(db_stmt(h->q->db, &s, "SELECT id FROM learner WHERE school=?1"));
  } else {
    TRY(db_stmt(h->q->db, &s,
                "SELECT DISTINCT t.learner FROM tally_learner t WHERE t.learner>=?1 AND t.learner<?2 AND NOT "
                "EXISTS(SELECT 1 FROM learner l WHERE l.id=t.learner AND l.school IS NOT NULL)"));
    uint8_t *next = arena_take(h->arena, id_bytes + 1, 1); /* a blob behind every id of the share */
    if (!next) return ERR_NO_MEMORY;
    for (size_t i = 0; i <= id_bytes; i++) next[i] = i ? 0xFF : h->key.ptr[0];
    stmt_blob(s, 2, slice_of(next, id_bytes + 1));
  }
  stmt_blob(s, 1, h->key);
  return read_ids(s, h->arena, out, count);
}

/* Of every year there is: the table is read by years, and has no index of homes. */
static err forget(struct home *h) {
  struct stmt *s;
  TRY(db_stmt(h->q->db, &s, "SELECT (SELECT min(year) FROM tally_home), (SELECT max(year) FROM tally_home)"));
  TRY(stmt_one(s));
  bool none = stmt_column_null(s, 0);
  int from = report_school_year(column_day(s, 0)), to = report_school_year(column_day(s, 1));
  stmt_reset(s);
  for (int year = from; !none && year <= to; year++) {
    TRY(db_stmt(h->q->db, &s, "DELETE FROM tally_home WHERE year=?1 AND home=?2"));
    stmt_int(s, 1, date_to_days((struct date){(int16_t)year, 9, 1}));
    stmt_blob(s, 2, h->key);
    TRY(stmt_run(s));
  }
  TRY(db_stmt(h->q->db, &s, "DELETE FROM tally_spell WHERE home=?1"));
  stmt_blob(s, 1, h->key);
  TRY(stmt_run(s));
  TRY(db_stmt(h->q->db, &s, "DELETE FROM tally_home_due WHERE home=?1"));
  stmt_blob(s, 1, h->key);
  return stmt_run(s);
}

_Static_assert(COUNTS == 26, "as in SQL");
static const char add_sql[] =
    "INSERT INTO tally_home(year, home, partner, came, regular, out_of_school, stage1, stage2, stage3, "
    "stage4, stage5, yes1, yes2, yes3, yes4, yes5, yes6, yes7, no1, no2, no3, no4, no5, no6, no7, "
    "supported, not_supported, female, male) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
    "?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)";

static struct slice partner_key(const struct group *group) {
  return group->all ? slice_text("") : slice_of(group->partner.b, id_bytes);
}

static err save_days(struct home *h, const struct sum *sum) {
  struct stmt *s;
  TRY(db_stmt(h->q->db, &s, "INSERT INTO tally_spell(home, partner, days) VALUES(?1, ?2, ?3)"));
  stmt_blob(s, 1, h->key);
  stmt_blob(s, 2, partner_key(&sum->group));
  stmt_blob(s, 3, buf_slice(&sum->days));
  return stmt_run(s);
}

static err save(struct home *h, const struct sum *sum) {
  struct stmt *s;
  if (sum->group.year == all_years) return save_days(h, sum);
  TRY(db_stmt(h->q->db, &s, add_sql));
  stmt_int(s, 1, sum->group.year);
  stmt_blob(s, 2, h->key);
  stmt_blob(s, 3, partner_key(&sum->group));
  for (int i = 0; i < COUNTS; i++) stmt_int(s, 4 + i, sum->counts[i]);
  return stmt_run(s);
}

static err add_up(struct sqlite_store *q, struct slice key, struct arena *a) {
  struct home h = {.q = q, .key = key, .arena = a};
  struct id *children;
  size_t count;
  TRY(forget(&h));
  TRY(read_children(&h, &children, &count));
  err e = ERR_OK;
  for (size_t i = 0; e == ERR_OK && i < count; i++) e = add_child(&h, &children[i]);
  for (size_t i = 0; e == ERR_OK && i < h.sum_count; i++) e = save(&h, &h.sums[i]);
  for (size_t i = 0; i < h.sum_count; i++) buf_finish(&h.sums[i].days);
  return e;
}

/* ---- all that are due ---- */

static err read_key(struct stmt *s, struct arena *a, void *to) {
  struct slice *out = to;
  *out = arena_copy(a, stmt_column_blob(s, 0));
  return out->len ? ERR_OK : ERR_NO_MEMORY;
}

err tally_homes_refresh(struct sqlite_store *q, size_t max, bool *more) {
  struct arena lists = ARENA_INIT(home_bytes_max), a = ARENA_INIT(home_bytes_max);
  struct stmt *s;
  size_t count = 0;
  err e = db_stmt(q->db, &s, "SELECT home FROM tally_home_due LIMIT ?1");
  if (e != ERR_OK) return e;
  stmt_int(s, 1, (int64_t)max);
  struct slice *keys = read_list(&e, s, sizeof *keys, read_key, &lists, &count);
  *more = count == max;
  for (size_t i = 0; e == ERR_OK && i < count; i++) {
    e = add_up(q, keys[i], &a);
    arena_clear(&a);
  }
  arena_finish(&a);
  arena_finish(&lists);
  return e;
}
