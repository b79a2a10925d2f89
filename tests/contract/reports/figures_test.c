/* figures_test.c: every figure of every report equals the one worked out from the rows themselves, after
 * everything that can happen to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>
#include <stdio.h>

#include "server/core/erase.h"
#include "tests/contract/reports/made_up.h"
#include "tests/contract/reports/plain.h"

static struct made_up made;
static int64_t seen[REPORT_END]; /* how much each report had to tell: a comparison of nothing shows nothing */
static int64_t beside[REPORT_END];

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
      fail_msg("%s by %s: %lld of %lld, %lld beside, and not %lld of %lld, %lld beside",
               reports[ask->report].name, report_by_word(ask->by), (long long)found.part,
               (long long)found.whole, (long long)found.beside, (long long)f.part, (long long)f.whole,
               (long long)f.beside);
    for (int k = 0; k < report_near_max; k++) assert_true(lines[first].near[k] >= 0);
    part += found.part;
    seen[ask->report] += found.part;
    beside[ask->report] += found.beside;
  }
  struct report_ask all = *ask;
  all.by = BY_HUB;
  struct id none = {{0}};
  assert_int_equal(part, sum_part(lines, count, ask));
  if (!adds_up(ask)) part = part > 0 ? plain_of(p, &all, &none, 0).part : 0;
  if (ask->by != BY_PEOPLE && ask->by != BY_LINE && ask->report != REPORT_longevity)
    assert_int_equal(part, plain_of(p, &all, &none, 0).part);
  arena_finish(&a);
}

/* Groups of people by area: each as worked out from the rows, and together those of the whole hub. */
static size_t areas_seen;
static void compare_areas(const struct plain *p, const struct report_ask *ask) {
  struct arena a = ARENA_INIT(1 << 24);
  struct report_line *lines;
  size_t count;
  struct plain_figure sums[ENUM_people_male + 1] = {{.part = 0}};
  assert_int_equal(reports_read(made.host.store, ask, &a, &lines, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) {
    const struct report_line *l = &lines[i];
    struct plain_figure f = plain_people(p, ask, l->kind, &l->area);
    if (f.part != l->part || f.whole != l->whole || f.beside != l->beside || f.of != l->of)
      fail_msg("group %d in \"%.*s\": %lld of %lld, and not %lld of %lld", l->kind, (int)l->area.len,
               l->area.len ? (const char *)l->area.ptr : "", (long long)l->part, (long long)l->whole,
               (long long)f.part, (long long)f.whole);
    sums[l->kind].part += l->part;
    sums[l->kind].whole += l->whole;
    areas_seen += l->area.len > 0 && l->of > 0;
  }
  for (int32_t kind = ENUM_people_all + 1; kind <= ENUM_people_male; kind++) {
    struct plain_figure hub = plain_people(p, ask, kind, NULL);
    assert_int_equal(sums[kind].part, hub.part);
    assert_int_equal(sums[kind].whole, hub.whole);
  }
  arena_finish(&a);
}

/* ---- lessons owed, down to the enrolment ---- */

static struct owed_counts owed_seen;

static void add_counts(struct owed_counts *to, const struct owed_counts *n) {
  to->due += n->due, to->delivered += n->delivered, to->makeups += n->makeups, to->waiting += n->waiting;
  to->charged += n->charged, to->owed += n->owed, to->disputed += n->disputed;
  for (int i = 0; i < owed_causes; i++) to->cause[i] += n->cause[i];
}

/* Every enrolment that the plain count knows is in the list, with the same counts, and no other. */
static void compare_school(const struct plain *p, const struct report_ask *ask,
                           const struct owed_school *school) {
  struct arena a = ARENA_INIT(1 << 24);
  struct owed_enrolment *list;
  struct owed_counts sum = {.due = 0};
  size_t count, wanted = 0;
  assert_int_equal(owed_enrolments(made.host.store, &school->school, ask->from, ask->to, &a, &list, &count),
                   ERR_OK);
  for (size_t i = 0; i < count; i++) {
    struct owed_counts n = plain_owed(p, ask, &list[i].activity, &list[i].learner);
    assert_memory_equal(&list[i].counts, &n, sizeof n);
    assert_true(list[i].learner_name.len > 0 && list[i].activity_name.len > 0 && list[i].starts > 0);
    add_counts(&sum, &n);
  }
  for (size_t l = 0; l < p->tables[TABLE_learner].count; l++)
    for (size_t k = 0; k < made_activities; k++) {
      const struct plain_row *learner = &p->tables[TABLE_learner].rows[l];
      const struct plain_row *activity = plain_lessons_at(p, &made.activities[k], &school->school);
      if (!activity || learner->values[COL(learner, merged_into)].kind == VALUE_ID) continue;
      struct owed_counts n = plain_owed(p, ask, &activity->id, &learner->id);
      wanted += plain_owes(&n);
    }
  assert_int_equal(count, wanted);
  assert_memory_equal(&school->counts, &sum, sizeof sum);
  add_counts(&owed_seen, &sum);
  arena_finish(&a);
}

static void compare_owed(const struct plain *p, const struct report_ask *ask) {
  struct arena a = ARENA_INIT(1 << 24);
  struct owed_school *list;
  size_t count;
  assert_int_equal(owed_schools(made.host.store, ask->from, ask->to, &a, &list, &count), ERR_OK);
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    struct owed_school one;
    assert_int_equal(owed_school(made.host.store, &list[i].school, ask->from, ask->to, &a, &one), ERR_OK);
    assert_memory_equal(&one.counts, &list[i].counts, sizeof one.counts);
    compare_school(p, ask, &list[i]);
    for (size_t k = 0; k < made_schools; k++) { /* the first has no contract, the third one without notice */
      if (!id_equal(&list[i].school, &made.schools[k])) continue;
      assert_int_equal(list[i].starts, k == 0 ? 0 : made.autumn);
      assert_int_equal(list[i].notice_days, k == 0 || k == 2 ? -1 : 7);
      found++;
    }
  }
  assert_int_equal(found, made_schools);
  arena_finish(&a);
}

/* Every school's line, by its number, and that of children without a school; the school year before too,
 * whose children are a year older by now. */
static int64_t return_seen[inclusion_counts];
static void compare_return(const struct plain *p, int32_t year) {
  struct arena a = ARENA_INIT(1 << 22);
  const struct report_ask ask = {.year = year, .today = made_up_today(&made), .from = year, .to = year + 364};
  struct inclusion_return *list, line;
  size_t count, found = 0;
  assert_int_equal(inclusion_returns(made.host.store, &ask, &a, &list, &count), ERR_OK);
  for (size_t s = 0; s <= made_schools; s++) {
    struct id school = {{0}};
    char urn[8] = "";
    if (s < made_schools) school = made.schools[s], (void)snprintf(urn, sizeof urn, "%06zu", 100000 + s);
    plain_return(&line, p, &ask, &school);
    if (line.counts[0] == 0) continue;
    size_t at = 0;
    while (at < count && !slice_equal(list[at].urn, slice_text(urn))) at++;
    assert_true(at < count);
    assert_memory_equal(list[at].counts, line.counts, sizeof line.counts);
    for (size_t i = 0; i < inclusion_counts; i++) return_seen[i] += line.counts[i];
    found++;
  }
  assert_int_equal(found, count);
  arena_finish(&a);
}

static void compare_all(void) {
  struct plain p;
  plain_read(&p, made.host.store, &made.host.now);
  const int32_t periods[][2] = {{made.year, made.year + 364},
                                {made.august, made.autumn_end},
                                {made.autumn, made.autumn + 39},
                                {made.year - 365, made.year - 1},
                                {made.spring, made.spring + 80}};
  for (int r = 0; r < REPORT_END; r++)
    for (int by = 0; by < BY_END; by++)
      for (size_t period = 0; period < sizeof periods / sizeof *periods; period++) {
        struct report_ask ask = {.report = (enum report_id)r,
                                 .by = (enum report_by)by,
                                 .year = period == 3 ? made.year - 365 : made.year,
                                 .today = made_up_today(&made),
                                 .disadvantaged = 1 + (uint32_t)made.random % DISADVANTAGED_ANY,
                                 .from = periods[period][0],
                                 .to = periods[period][1]};
        bool yearly = reports[r].whose == OF_LEARNERS || reports[r].whose == OF_SCHOOLS ||
                      reports[r].whose == OF_INCLUSION || reports[r].whose == OF_PEOPLE ||
                      reports[r].whose == OF_PLAN;
        if (by == BY_AREA && reports[r].whose == OF_PEOPLE && !period) compare_areas(&p, &ask);
        if (by == BY_AREA || (by == BY_HUB && r != REPORT_longevity)) continue; /* made of schools */
        if (!(reports[r].by >> by & 1) || (yearly && period)) continue;
        compare(&p, &ask);
      }
  compare_return(&p, made.year);
  compare_return(&p, made.year - 365);
  for (size_t period = 0; period < 2; period++) {
    const struct report_ask ask = {.from = periods[period][0], .to = periods[period][1]};
    compare_owed(&p, &ask);
  }
  plain_finish(&p);
}

/* With everybody who was merged with them; not while an absence of theirs is being followed up. */
static bool erase(size_t which) {
  struct erase_result result;
  struct fault fault = {.code = ERR_OK};
  const struct erase_order order = {
      .learner = made.learners[which], .by = made.host.hub.id, .reason = slice_text("The family asked")};
  err e = erase_learner(&result, &made.host.hub, made.host.store, &made.host.now, &order, &fault);
  if (e != ERR_OK && e != ERR_FORBIDDEN) fail_msg("%s", fault.text);
  return e == ERR_OK;
}

static void erase_some(void) {
  size_t erased = 0;
  for (size_t i = 0; i < made_learners; i += 2) /* into whom others are merged */
    if (erased < 4) erased += erase(i);
  assert_true(erased > 1);
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
    erase_some();
    refresh();
    compare_all();
    made_up_close(&made);
  }
  assert_true(areas_seen > 0);
  for (size_t i = 0; i < inclusion_counts; i++)
    if (return_seen[i] == 0) fail_msg("nothing to tell of the return's count %zu", i);
  const int64_t *counts = (const int64_t *)&owed_seen;
  for (size_t i = 0; i < sizeof owed_seen / sizeof *counts; i++)
    if (counts[i] == 0 && &counts[i] != &owed_seen.cause[0] && &counts[i] != &owed_seen.disputed)
      fail_msg("nothing to tell of lesson count %zu", i);
  for (int r = 0; r < REPORT_END; r++)
    if (seen[r] == 0 || (report_beside(&reports[r]) && beside[r] == 0))
      fail_msg("nothing to tell of %s", reports[r].name);
}

/* 5 due, 4 delivered, 1 cancelled by the school with notice: one is owed; at short notice none is. */
struct five {
  struct hub_world w;
  struct id school, activity, last;
};
static void five_lessons(struct five *f, int cause) {
  made = (struct made_up){.random = 1};
  hub_host_open(&made.host, 9);
  hub_world_make(&f->w, &made.host);
  crypto_import_id(&f->school, &made.host.hub.id, "school", slice_text("1"));
  crypto_import_id(&f->activity, &made.host.hub.id, "activity", slice_text("lesson"));
  struct op op = {.table = schema_table(TABLE_school), .row = f->school, .units = 7};
  op.values[COL(school, name)] = value_text(slice_text("Sample School"));
  hub_world_put(&made.host, &op);
  op = (struct op){.table = schema_table(TABLE_activity), .row = f->activity, .units = 0x1F};
  op.values[COL(activity, name)] = value_text(slice_text("Flute lesson"));
  op.values[COL(activity, mode)] = value_int(ENUM_mode_individual);
  op.values[COL(activity, school)] = value_id(&f->school);
  hub_world_put(&made.host, &op);
  hub_world_enrol(&made.host, &f->w.zoe, &f->activity, f->w.today - 60, 0);
  for (int i = 0; i < 5; i++) {
    struct id id;
    char ref[2] = {(char)('a' + i), 0};
    crypto_import_id(&id, &made.host.hub.id, "session", slice_text(ref));
    op = (struct op){.table = schema_table(TABLE_session), .row = id, .units = 7};
    op.values[COL(session, activity)] = value_id(&f->activity);
    op.values[COL(session, date)] = value_int(f->w.today - 7 * (i + 1));
    op.values[COL(session, starts)] = value_int(600);
    op.values[COL(session, ends)] = value_int(630);
    op.values[COL(session, status)] =
        value_int(i < 4 ? ENUM_session_status_delivered : ENUM_session_status_cancelled);
    if (i == 4) op.values[COL(session, cause)] = value_int(cause);
    hub_world_put(&made.host, &op);
    f->last = id;
  }
}

static struct owed_counts counts_of(const struct five *f) {
  struct arena a = ARENA_INIT(1 << 20);
  struct owed_school one;
  struct report_line *lines;
  size_t count;
  const int32_t from = date_to_days((struct date){2026, 9, 1}),
                to = from + 364; /* the school year of the host */
  const struct report_ask ask = {.report = REPORT_owed, .by = BY_SCHOOL, .from = from, .to = to};
  refresh();
  assert_int_equal(owed_school(made.host.store, &f->school, from, to, &a, &one), ERR_OK);
  assert_int_equal(reports_read(made.host.store, &ask, &a, &lines, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_int_equal(lines[0].whole, one.counts.due);
  assert_int_equal(lines[0].part, one.counts.owed);
  arena_finish(&a);
  return one.counts;
}

static int64_t owed_after(int cause) {
  struct five f;
  five_lessons(&f, cause);
  struct owed_counts n = counts_of(&f);
  assert_int_equal(n.due, 5);
  assert_int_equal(n.delivered, 4);
  assert_int_equal(n.cause[cause], 1);
  assert_int_equal(n.disputed, 0);
  hub_host_close(&made.host);
  return n.owed;
}

static void close_day(const struct five *f, int32_t date, bool everything) {
  struct op op = {.table = schema_table(TABLE_closure), .units = 7};
  crypto_import_id(&op.row, &made.host.hub.id, "closure", slice_text(everything ? "all" : "one"));
  if (!everything) op.values[COL(closure, school)] = value_id(&f->school);
  op.values[COL(closure, starts)] = value_int(date);
  op.values[COL(closure, ends)] = value_int(date);
  op.values[COL(closure, reason)] = value_text(slice_text("Snow"));
  hub_world_put(&made.host, &op);
}

/* On a closed day nothing was due: not what was called off at short notice either. What was held counts as
 * ever. */
static void a_lesson_on_a_closed_day_was_not_due_unless_it_was_held(void **state) {
  (void)state;
  struct five f;
  five_lessons(&f, ENUM_cancel_cause_school_short);
  struct owed_counts n = counts_of(&f);
  assert_int_equal(n.due, 5);
  assert_int_equal(n.charged, 1);
  close_day(&f, f.w.today - 35, false);
  n = counts_of(&f);
  assert_int_equal(n.due, 4);
  assert_int_equal(n.charged, 0);
  assert_int_equal(n.cause[ENUM_cancel_cause_school_short], 0);
  assert_int_equal(n.owed, 0);
  close_day(&f, f.w.today - 28, true);
  n = counts_of(&f);
  assert_int_equal(n.due, 4);
  assert_int_equal(n.delivered, 4);
  struct op op = {.table = schema_table(TABLE_session), .row = f.last, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled); /* it took place after all, */
  hub_world_put(&made.host, &op);
  assert_int_equal(counts_of(&f).due, 4);
  struct op begun = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&begun.row, TABLE_register, &f.last, 1);
  begun.values[COL(register, session)] = value_id(&f.last);
  begun.values[COL(register, state)] =
      value_int(ENUM_register_state_open); /* for somebody began its register */
  hub_world_put(&made.host, &begun);
  n = counts_of(&f);
  assert_int_equal(n.due, 5);
  assert_int_equal(n.waiting, 1);
  assert_int_equal(n.owed, 1);
  hub_host_close(&made.host);
}

/* The office has it cancelled by the school; a tutor who had not heard of that says that it was the weather.
 */
static void a_lesson_of_which_two_say_different_things_is_disputed(void **state) {
  (void)state;
  struct five f;
  struct test_device d;
  struct job job;
  struct buf bundle = BUF_INIT(1 << 16);
  five_lessons(&f, ENUM_cancel_cause_school_notice);
  hub_world_grant(&made.host, &f.w.ada, &f.activity, ENUM_grant_role_tutor, f.w.today - 60, 0);
  test_device_enrol(&d, &made.host, &f.w.ada, NULL);
  assert_int_equal(counts_of(&f).disputed, 0);
  struct op op = {.table = schema_table(TABLE_session), .row = f.last, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  op.values[COL(session, cause)] = value_int(ENUM_cancel_cause_weather);
  test_device_write(&d, &f.w.ada, &op);
  test_device_seal(&d, &bundle);
  hub_host_ingest(&made.host, &job, buf_slice(&bundle));
  job_finish(&job);
  buf_finish(&bundle);
  struct owed_counts n = counts_of(&f);
  assert_int_equal(n.disputed, 1);
  assert_int_equal(n.due, 5);
  assert_int_equal(n.cause[ENUM_cancel_cause_school_notice] + n.cause[ENUM_cancel_cause_weather], 1);
  op.values[COL(session, cause)] = value_int(ENUM_cancel_cause_hub); /* the office settles it */
  hub_world_put(&made.host, &op);
  n = counts_of(&f);
  assert_int_equal(n.disputed, 0);
  assert_int_equal(n.cause[ENUM_cancel_cause_hub], 1);
  test_device_finish(&d);
  hub_host_close(&made.host);
}

static void a_lesson_cancelled_with_notice_is_owed_and_one_at_short_notice_is_not(void **state) {
  (void)state;
  assert_int_equal(owed_after(ENUM_cancel_cause_school_notice), 1);
  assert_int_equal(owed_after(ENUM_cancel_cause_school_short), 0);
  assert_int_equal(owed_after(ENUM_cancel_cause_tutor_absent), 1);
}

/* A lesson of next week that was called off at short notice is neither due nor charged yet: what is owed of
 * the lessons before stays owed. */
static void a_lesson_called_off_ahead_of_its_day_changes_nothing_yet(void **state) {
  (void)state;
  struct five f;
  five_lessons(&f, ENUM_cancel_cause_hub);
  struct id next;
  crypto_import_id(&next, &made.host.hub.id, "session", slice_text("next"));
  struct op op = {.table = schema_table(TABLE_session), .row = next, .units = 7};
  op.values[COL(session, activity)] = value_id(&f.activity);
  op.values[COL(session, date)] = value_int(f.w.today + 5);
  op.values[COL(session, starts)] = value_int(600);
  op.values[COL(session, ends)] = value_int(630);
  op.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  op.values[COL(session, cause)] = value_int(ENUM_cancel_cause_school_short);
  hub_world_put(&made.host, &op);
  f.w.today += 6; /* the period reaches beyond it */
  struct owed_counts n = counts_of(&f);
  assert_int_equal(n.owed, 1);
  assert_int_equal(n.charged, 0);
  hub_host_pass(&made.host, INT64_C(6) * 86400000);
  n = counts_of(&f);
  assert_int_equal(n.owed, 1);
  assert_int_equal(n.charged, 1);
  assert_int_equal(n.due, 6);
  hub_host_close(&made.host);
}

static void an_empty_hub_has_reports_without_rows(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(1 << 22);
  hub_host_open(&made.host, 3);
  refresh();
  for (int cut = 0; cut < REPORT_END * BY_END; cut++) {
    const struct report_ask ask = {.report = (enum report_id)(cut / BY_END),
                                   .by = (enum report_by)(cut % BY_END),
                                   .year = 20000,
                                   .from = 20000,
                                   .to = 20364};
    struct report_line *lines;
    struct report_table table;
    size_t count;
    if (!(reports[ask.report].by >> ask.by & 1)) continue;
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
      cmocka_unit_test(a_lesson_on_a_closed_day_was_not_due_unless_it_was_held),
      cmocka_unit_test(a_lesson_of_which_two_say_different_things_is_disputed),
      cmocka_unit_test(a_lesson_called_off_ahead_of_its_day_changes_nothing_yet),
      cmocka_unit_test(an_empty_hub_has_reports_without_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
