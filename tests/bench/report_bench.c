/* report_bench.c: what a page of a report takes over a county's year: half a million marks at twelve thousand
 * activities, while registers keep coming. The hub lead asks, by the API: every number of children is hidden
 * or rounded, and every other cut of the report is read to agree on its sum. */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/reports.h"
#include "tests/bench/figure.h"
#include "tests/contract/api/desk.h"

enum {
  schools = 500,
  weeks = 12,
  players_most = 6,
  marks_each = weeks * 7 / 2, /* of one activity, on average: one to six players */
  pages = 200,
  between = 10, /* pages from one register that comes to the next */
  batch_ops_max = 16384,
};
struct county {
  struct hub_host *host; /* the desk's */
  size_t activities;
  int32_t first; /* day of the first session */
  struct op *ops;
  size_t count;
};

static void must(err e) { ASSERT(e == ERR_OK); }

static struct id named(const struct county *c, const char *kind, size_t n) {
  char ref[24];
  struct id id;
  (void)snprintf(ref, sizeof ref, "%zu", n);
  crypto_import_id(&id, &c->host->hub.id, kind, slice_text(ref));
  return id;
}

static void flush(struct county *c) {
  struct arena a = ARENA_INIT(1U << 29);
  struct office_result result;
  if (c->count)
    must(office_apply(&result, &c->host->hub, c->host->store, &c->host->now, &c->host->hub.id, c->ops,
                      c->count, false, &a, NULL));
  arena_finish(&a);
  c->count = 0;
}

static struct op *add(struct county *c, uint8_t table, const struct id *row, uint32_t units) {
  if (c->count == batch_ops_max) flush(c);
  struct op *op = &c->ops[c->count++];
  *op = (struct op){.table = schema_table(table), .row = *row, .units = units};
  return op;
}

static struct op *add_keyed(struct county *c, uint8_t table, const struct id *keys, size_t count) {
  struct id id;
  crypto_row_id(&id, table, keys, count);
  struct op *op = add(c, table, &id, 3);
  for (size_t i = 0; i < count; i++) op->values[op->table->key_columns[i]] = value_id(&keys[i]);
  return op;
}

static void add_school(struct county *c, size_t n) {
  static const char *const areas[] = {"North", "East", "South", "West", "Centre"};
  struct id id = named(c, "school", n);
  struct op *op = add(c, TABLE_school, &id, 7);
  op->values[COL(school, name)] = value_text(slice_text("Sample School"));
  op->values[COL(school, area)] = value_text(slice_text(areas[n % 5]));
}

static void add_session(struct county *c, size_t activity, size_t week) {
  struct id at = named(c, "activity", activity), id = named(c, "session", activity * weeks + week);
  int32_t date = c->first + 7 * (int32_t)week + (int32_t)(activity % 5);
  struct op *op = add(c, TABLE_session, &id, 7);
  op->values[COL(session, activity)] = value_id(&at);
  op->values[COL(session, date)] = value_int(date);
  op->values[COL(session, starts)] = value_int(10 * 60);
  op->values[COL(session, ends)] = value_int(11 * 60);
  op->values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  op = add_keyed(c, TABLE_register, &id, 1);
  op->values[COL(register, state)] = value_int(ENUM_register_state_closed);
  op->values[COL(register, at)] = value_int(uk_instant(date, 11 * 60));
}

static size_t players_of(size_t activity) { return 1 + activity % players_most; }

static void add_marks(struct county *c, size_t activity, size_t week, int salt) {
  struct id keys[2] = {named(c, "session", activity * weeks + week)};
  for (size_t i = 0; i < players_of(activity); i++) {
    keys[1] = named(c, "learner", activity + i);
    struct op *op = add_keyed(c, TABLE_mark, keys, 2);
    op->values[COL(mark, code)] =
        value_int((activity + week + i + (size_t)salt) % 9 ? ENUM_mark_code_P : ENUM_mark_code_AN);
  }
}

/* Everybody is in as many activities as an activity has players. */
static void add_activity(struct county *c, size_t n) {
  struct id id = named(c, "activity", n), school = named(c, "school", n % schools),
            learner = named(c, "learner", n);
  struct op *op = add(c, TABLE_activity, &id, 0x1F);
  op->values[COL(activity, name)] = value_text(slice_text("Lesson"));
  op->values[COL(activity, mode)] = value_int(1 + (int64_t)(n % 5));
  op->values[COL(activity, setting)] = value_int(1 + (int64_t)(n % 7 == 0));
  op->values[COL(activity, school)] = value_id(&school);
  op = add(c, TABLE_learner, &learner, 0x1F);
  op->values[COL(learner, first_name)] = value_text(slice_text("Player"));
  op->values[COL(learner, school)] = value_id(&school);
  op->values[COL(learner, status)] = value_int(ENUM_learner_status_active);
}

static void make(struct county *c) {
  c->first = date_to_days((struct date){2026, 9, 7});
  for (size_t i = 0; i < schools; i++) add_school(c, i);
  for (size_t i = 0; i < c->activities; i++) add_activity(c, i);
  for (size_t i = 0; i < c->activities; i++) {
    for (size_t k = 0; k < players_of(i); k++) {
      struct id keys[2] = {named(c, "learner", i + k), named(c, "activity", i)};
      add_keyed(c, TABLE_enrolment, keys, 2)->values[COL(enrolment, starts)] = value_int(c->first);
    }
    for (size_t week = 0; week < weeks; week++) add_session(c, i, week);
  }
  for (size_t i = 0; i < c->activities; i++)
    for (size_t week = 0; week < weeks; week++) add_marks(c, i, week, 0);
  flush(c);
}

static double refresh(struct county *c) {
  bool more = true;
  double start = bench_now_ms();
  while (more) must(reports_refresh(c->host->store, &c->host->now, 256, &more));
  return bench_now_ms() - start;
}

/* Any cut of it but by activity, which the lead does not see. */
static enum report_by cut_of(const struct report *r, size_t n) {
  enum report_by found[BY_END];
  size_t count = 0;
  for (int by = 0; by < BY_END; by++)
    if (by != BY_ACTIVITY && r->by >> by & 1) found[count++] = (enum report_by)by;
  ASSERT(count > 0);
  return found[n % count];
}

/* Sums brought up to date, lines, places, the table, small numbers hidden in every cut, JSON. */
static double one_page(size_t n) {
  const struct report *r = &reports[n % REPORT_END];
  char path[120];
  (void)snprintf(path, sizeof path, "/api/reports/table?report=%s&by=%s", r->name,
                 report_by_word(cut_of(r, n / REPORT_END)));
  double start = bench_now_ms();
  desk_get(path);
  double ms = bench_now_ms() - start;
  if (desk.status != 200) fprintf(stderr, "bench: %s: %s\n", path, desk.text);
  ASSERT(desk.status == 200);
  return ms;
}

static double one_snapshot(void) {
  double start = bench_now_ms();
  desk_send("/api/snapshots/save", json_pack("{s:s}", "title", "A year"));
  double ms = bench_now_ms() - start;
  if (desk.status != 200) fprintf(stderr, "bench: snapshot: %s\n", desk.text);
  ASSERT(desk.status == 200);
  return ms;
}

static int by_value(const void *a, const void *b) {
  const double *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv) {
  size_t marks = 500000;
  double ms[pages];
  if (argc > 1 && (sscanf(argv[1], "%zu", &marks) != 1 || marks < 100 * (size_t)marks_each)) {
    fprintf(stderr, "usage: report_bench [MARKS: from %d]\n", 100 * marks_each);
    return 2;
  }
  struct county *c = calloc(1, sizeof *c);
  ASSERT(c != NULL);
  c->activities = marks / marks_each;
  c->ops = calloc(batch_ops_max, sizeof *c->ops);
  ASSERT(c->ops != NULL);
  void *state = NULL;
  ASSERT(desk_open(&state) == 0);
  c->host = &ingest_world.host;
  c->host->now.wall_ms += INT64_C(30) * 86400000;
  make(c);
  desk_return(ENUM_role_lead);
  double all = refresh(c);
  for (size_t n = 0; n < pages; n++) {
    if (n % between == 0) add_marks(c, n * 7 % c->activities, n % weeks, (int)n + 1);
    flush(c);
    ms[n] = one_page(n);
    if (getenv("TUTTI_BENCH_ALL"))
      fprintf(stderr, "bench: %s: %.1f ms\n", reports[n % REPORT_END].name, ms[n]);
  }
  qsort(ms, pages, sizeof *ms, by_value);
  const struct figure figures[] = {{"report.first", "ms", all, 0, 0, 0, LOWER},
                                   {"report.p50", "ms", ms[pages / 2], 0, 0, 0, LOWER},
                                   {"report.p95", "ms", ms[pages * 95 / 100], 0, 200, 0, LOWER},
                                   {"report.snapshot", "ms", one_snapshot(), 0, 0, 0, LOWER}};
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) figure_print(&figures[i]);
  ASSERT(desk_close(&state) == 0);
  free(c->ops);
  free(c);
  return 0;
}
