/* figures_test.c: every figure of every report equals the one worked out from the rows themselves, after
 * everything that can happen to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/contract/reports/made_up.h"
#include "tests/contract/reports/plain.h"

static struct made_up made;
static int64_t seen[REPORT_END]; /* how much each report had to tell: a comparison of nothing shows nothing */

static void refresh(void) {
  bool more = true;
  while (more) assert_int_equal(reports_refresh(made.host.store, &made.host.now, 3, &more), ERR_OK);
}

static int64_t sum_part(const struct report_line *lines, size_t count, const struct report_ask *ask) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++)
    if (lines[i].span == 0 || (lines[i].span >= ask->from && lines[i].span <= ask->to)) sum += lines[i].part;
  return sum;
}

/* By partner a learner may count twice, and groups of people overlap. */
static bool adds_up(const struct report_ask *ask) {
  enum report_whose whose = reports[ask->report].whose;
  bool learners = whose == OF_LEARNERS || whose == OF_INCLUSION;
  return !(ask->by == BY_PARTNER && learners);
}

/* The rows behind a table are as the plain figure has them, and none is missing. */
static void compare(const struct plain *p, const struct report_ask *ask) {
  struct arena a = ARENA_INIT(1 << 26);
  struct report_line *lines;
  size_t count;
  int64_t part = 0;
  assert_int_equal(reports_read(made.host.store, ask, &a, &lines, &count), ERR_OK);
  for (size_t i = 0; i < count;) {
    struct plain_figure found = {.part = 0};
    size_t first = i;
    for (; i < count && id_equal(&lines[i].key, &lines[first].key) && lines[i].kind == lines[first].kind;
         i++) {
      if (lines[i].span && (lines[i].span < ask->from || lines[i].span > ask->to)) continue;
      found.part += lines[i].part;
      found.whole += lines[i].whole;
      found.beside += lines[i].beside;
      found.of += lines[i].of;
    }
    struct plain_figure f = plain_of(p, ask, &lines[first].key, lines[first].kind);
    if (f.part != found.part || f.whole != found.whole || f.beside != found.beside || f.of != found.of)
      fail_msg("%s by %s: %lld of %lld, and not %lld of %lld", reports[ask->report].name,
               report_by_word(ask->by), (long long)found.part, (long long)found.whole, (long long)f.part,
               (long long)f.whole);
    for (int k = 0; k < report_near_max; k++) assert_true(lines[first].near[k] >= 0);
    part += found.part;
    seen[ask->report] += found.part;
  }
  struct report_ask all = *ask;
  all.by = BY_HUB;
  struct id none = {{0}};
  assert_int_equal(part, sum_part(lines, count, ask));
  if (!adds_up(ask)) part = part > 0 ? plain_of(p, &all, &none, 0).part : 0;
  if (ask->by != BY_PEOPLE && ask->report != REPORT_longevity)
    assert_int_equal(part, plain_of(p, &all, &none, 0).part);
  arena_finish(&a);
}

static void compare_all(void) {
  struct plain p;
  plain_read(&p, made.host.store, &made.host.now);
  const int32_t periods[][2] = {
      {made.year, made.year + 364}, {made.autumn, made.autumn_end}, {made.spring, made.spring + 80}};
  for (int r = 0; r < REPORT_END; r++)
    for (int by = BY_SCHOOL; by < BY_END; by++)
      for (size_t period = 0; period < 3; period++) {
        struct report_ask ask = {.report = (enum report_id)r,
                                 .by = (enum report_by)by,
                                 .year = made.year,
                                 .today = made_up_today(&made),
                                 .disadvantaged = 1 + (uint32_t)made.random % DISADVANTAGED_ANY,
                                 .from = periods[period][0],
                                 .to = periods[period][1]};
        bool yearly = reports[r].whose == OF_LEARNERS || reports[r].whose == OF_SCHOOLS ||
                      reports[r].whose == OF_INCLUSION || reports[r].whose == OF_PEOPLE;
        if (!(reports[r].by >> by & 1) || (yearly && period)) continue;
        compare(&p, &ask);
      }
  plain_finish(&p);
}

static void every_figure_is_as_worked_out_from_the_rows(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) {
    made_up_open(&made, seed);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 90; i++) made_up_happen(&made);
      refresh();
      compare_all();
    }
    made_up_close(&made);
  }
  for (int r = 0; r < REPORT_END; r++)
    if (seen[r] == 0) fail_msg("nothing to tell of %s", reports[r].name);
}

/* 5 due, 4 delivered, 1 cancelled by the school with notice: one is owed; at short notice none is. */
static int64_t owed_after(int cause) {
  struct hub_world w;
  struct arena a = ARENA_INIT(1 << 20);
  struct id school, activity, learner;
  made = (struct made_up){.random = 1};
  hub_host_open(&made.host, 9);
  hub_world_make(&w, &made.host);
  crypto_import_id(&school, &made.host.hub.id, "school", slice_text("1"));
  crypto_import_id(&activity, &made.host.hub.id, "activity", slice_text("lesson"));
  learner = w.zoe;
  struct op op = {.table = schema_table(TABLE_school), .row = school, .units = 7};
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&made.host, &op);
  op = (struct op){.table = schema_table(TABLE_activity), .row = activity, .units = 0x1F};
  op.values[COL(activity, name)] = value_text(slice_text("Flute lesson"));
  op.values[COL(activity, mode)] = value_int(ENUM_mode_individual);
  op.values[COL(activity, school)] = value_id(&school);
  hub_world_put(&made.host, &op);
  hub_world_enrol(&made.host, &learner, &activity, w.today - 60, 0);
  for (int i = 0; i < 5; i++) {
    struct id id;
    char ref[2] = {(char)('a' + i), 0};
    crypto_import_id(&id, &made.host.hub.id, "session", slice_text(ref));
    op = (struct op){.table = schema_table(TABLE_session), .row = id, .units = 7};
    op.values[COL(session, activity)] = value_id(&activity);
    op.values[COL(session, date)] = value_int(w.today - 7 * (i + 1));
    op.values[COL(session, starts)] = value_int(600);
    op.values[COL(session, ends)] = value_int(630);
    op.values[COL(session, status)] =
        value_int(i < 4 ? ENUM_session_status_delivered : ENUM_session_status_cancelled);
    if (i == 4) op.values[COL(session, cause)] = value_int(cause);
    hub_world_put(&made.host, &op);
  }
  refresh();
  struct report_ask ask = {.report = REPORT_owed, .by = BY_SCHOOL, .from = w.today - 365, .to = w.today};
  struct report_line *lines;
  size_t count;
  assert_int_equal(reports_read(made.host.store, &ask, &a, &lines, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_int_equal(lines[0].whole, 5);
  int64_t owed = lines[0].part;
  arena_finish(&a);
  hub_host_close(&made.host);
  return owed;
}

static void a_lesson_cancelled_with_notice_is_owed_and_one_at_short_notice_is_not(void **state) {
  (void)state;
  assert_int_equal(owed_after(ENUM_cancel_cause_school_notice), 1);
  assert_int_equal(owed_after(ENUM_cancel_cause_school_short), 0);
  assert_int_equal(owed_after(ENUM_cancel_cause_tutor_absent), 1);
}

static void an_empty_hub_has_reports_without_rows(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1 << 22);
  hub_host_open(&made.host, 3);
  refresh();
  for (int r = 0; r < REPORT_END; r++) {
    struct report_ask ask = {
        .report = (enum report_id)r, .by = BY_HUB, .year = 20000, .from = 20000, .to = 20364};
    struct report_line *lines;
    struct report_table table;
    size_t count;
    assert_int_equal(reports_read(made.host.store, &ask, &a, &lines, &count), ERR_OK);
    assert_int_equal(count, 0);
    assert_int_equal(report_table_make(&table, &ask, lines, count, NULL, 0, true, NULL, &a), ERR_OK);
    assert_int_equal(table.total.whole, 0);
  }
  arena_finish(&a);
  hub_host_close(&made.host);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_figure_is_as_worked_out_from_the_rows),
      cmocka_unit_test(a_lesson_cancelled_with_notice_is_owed_and_one_at_short_notice_is_not),
      cmocka_unit_test(an_empty_hub_has_reports_without_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
