/* retire_test.c: runs of the retention schedule: what is past its period goes, line by line, and does not
 * come back; what is held stays; a run goes on where it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/erase.h"
#include "server/core/ingest.h"
#include "server/core/reports.h"
#include "server/core/retention.h"
#include "tests/lib/retire_world.h"

static struct ingest_world *const w = &ingest_world;
enum { left_days = 500, needs_months = 3 };

static void leaves(const struct id *learner) {
  hub_world_enrol(&w->host, learner, &w->world.strings, w->world.today - 900, w->world.today - left_days);
}

static struct op about(uint8_t table, const struct id *learner, uint8_t no) {
  struct op op = hub_world_about(&w->world, schema_table(table), learner, w->world.today - left_days, no);
  hub_world_put(&w->host, &op);
  return op;
}

/* ---- lines ---- */

static void needs_go_soon_after_somebody_left_and_everything_else_stays(void **state) {
  (void)state;
  struct op need = about(TABLE_need, &w->world.zoe, 1), contact = about(TABLE_contact, &w->world.zoe, 2);
  struct op other = about(TABLE_need, &w->world.jo, 3);
  leaves(&w->world.zoe);
  struct store_retention r = retire_world_run(RETENTION_LINE_needs, needs_months);
  assert_int_equal(r.records, 1);
  assert_int_equal(r.learners, 1);
  assert_false(retire_world_load(TABLE_need, &need.row).exists);
  assert_true(retire_world_load(TABLE_contact, &contact.row).exists);
  assert_true(retire_world_load(TABLE_need, &other.row).exists);
  assert_true(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_int_equal(retire_world_run(RETENTION_LINE_needs, needs_months).records, 0);
}

static void what_was_removed_is_in_no_byte_of_the_file(void **state) {
  (void)state;
  bool done;
  (void)about(TABLE_need, &w->world.zoe, 1);
  leaves(&w->world.zoe);
  assert_true(erase_world_hub_holds("Quicksilverish"));
  (void)retire_world_run(RETENTION_LINE_needs, needs_months);
  retire_world_must(erase_scrub(&w->host.hub, retire_world_store(), &done), NULL);
  assert_true(done);
  assert_false(erase_world_hub_holds("Quicksilverish"));
}

static void a_note_leaves_the_streams_that_it_travelled_in(void **state) {
  (void)state;
  struct id grant;
  struct op note = about(TABLE_note, &w->world.zoe, 1);
  leaves(&w->world.zoe);
  assert_true(retire_world_travels(&note.values[COL(note, activity)].id, &note.row, FEED_ROW));
  (void)retire_world_run(RETENTION_LINE_teaching, 12);
  stream_of_grant(&grant, &note.values[COL(note, staff)].id, &note.values[COL(note, activity)].id);
  assert_true(retire_world_travels(&note.values[COL(note, activity)].id, &note.row, FEED_LEAVE));
  assert_false(retire_world_travels(&note.values[COL(note, activity)].id, &note.row, FEED_ROW));
  assert_true(retire_world_travels(&grant, &note.row, FEED_LEAVE));
}

/* A device that was in a cupboard brings what it wrote before. */
static void what_comes_late_about_a_removed_record_is_left_out(void **state) {
  (void)state;
  struct op note = about(TABLE_note, &w->world.zoe, 1);
  leaves(&w->world.zoe);
  (void)retire_world_run(RETENTION_LINE_teaching, 12);
  note.values[COL(note, staff)] = value_id(&w->world.ada);
  (void)test_device_write(&w->device, &w->world.ada, &note);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  struct receipt r = ingest_bring(&w->device);
  assert_int_equal(r.exception_count, 1);
  assert_int_equal(r.exceptions[0].reason, ERR_ERASED);
  assert_false(retire_world_load(TABLE_note, &note.row).exists);
  assert_true(ingest_load_mark(&w->world.jo).exists);
}

/* A child comes back after the holidays and has asthma still: what a list or a form calls by the same words
 * has the id that it had, and only whoever was erased is refused by it. */
static void what_was_removed_is_said_anew_of_somebody_who_comes_back(void **state) {
  (void)state;
  struct fault fault = {.code = ERR_OK};
  struct office_result result;
  struct op need = about(TABLE_need, &w->world.zoe, 1), contact = about(TABLE_contact, &w->world.zoe, 2);
  leaves(&w->world.zoe);
  (void)retire_world_run(RETENTION_LINE_needs, needs_months);
  (void)retire_world_run(RETENTION_LINE_contacts, 12);
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today, 0);
  for (int dry_run = 1; dry_run >= 0; dry_run--) {
    retire_world_must(office_apply(&result, &w->host.hub, retire_world_store(), &w->host.now, &w->world.ben,
                                   &need, 1, dry_run, &w->arena, &fault),
                      &fault);
    assert_int_equal(result.inserted, 1);
    assert_int_equal(retire_world_load(TABLE_need, &need.row).exists, !dry_run);
  }
  leaves(&w->world.zoe);
  assert_int_equal(retire_world_run(RETENTION_LINE_needs, needs_months).records,
                   1); /* and goes again when they do */
  assert_false(retire_world_load(TABLE_need, &need.row).exists);
  (void)retire_world_run(RETENTION_LINE_register, 12);
  assert_false(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_int_equal(office_apply(&result, &w->host.hub, retire_world_store(), &w->host.now, &w->world.ben,
                                &contact, 1, false, &w->arena, &fault),
                   ERR_ERASED);
}

static void arrivals_go_by_their_own_day_though_somebody_still_plays(void **state) {
  (void)state;
  struct op session = {.table = schema_table(TABLE_session), .row = {{0x5E, 1}}, .units = 7};
  session.values[COL(session, activity)] = value_id(&w->world.strings);
  session.values[COL(session, date)] = value_int(w->world.today - left_days);
  session.values[COL(session, starts)] = value_int(960);
  session.values[COL(session, ends)] = value_int(1020);
  session.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&w->host, &session);
  struct op old = hub_world_about(&w->world, schema_table(TABLE_arrival), &w->world.zoe, 0, 1), today = old;
  old.values[COL(arrival, session)] = value_id(&session.row);
  today.values[COL(arrival, session)] = value_id(&w->world.strings_today);
  today.row.b[1] = 2;
  hub_world_put(&w->host, &old);
  hub_world_put(&w->host, &today);
  struct store_retention r = retire_world_run(RETENTION_LINE_arrivals, 12);
  assert_int_equal(r.records, 1);
  assert_int_equal(r.learners, 1);
  assert_false(retire_world_load(TABLE_arrival, &old.row).exists);
  assert_true(retire_world_load(TABLE_arrival, &today.row).exists);
  assert_true(retire_world_travels(&w->world.strings, &old.row, FEED_LEAVE) ||
              !retire_world_travels(&w->world.strings, &old.row, FEED_ROW));
}

static void add_up(void) {
  bool more = true;
  while (more) retire_world_must(reports_refresh(retire_world_store(), &w->host.now, 32, &more), NULL);
}

static bool sums_are_due(void) {
  bool due;
  retire_world_must(reports_are_due(retire_world_store(), &w->host.now, &due), NULL);
  return due;
}

/* Without its notice an absence is one that nobody told of. */
static void figures_follow_what_was_removed(void **state) {
  (void)state;
  static const struct {
    enum retention_line line;
    uint8_t table;
  } counted[] = {{RETENTION_LINE_absences, TABLE_absence_notice},
                 {RETENTION_LINE_inclusion, TABLE_inclusion},
                 {RETENTION_LINE_teaching, TABLE_progress}};
  for (uint8_t i = 0; i < sizeof counted / sizeof *counted; i++)
    (void)about(counted[i].table, &w->world.zoe, i);
  leaves(&w->world.zoe);
  for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
    add_up();
    assert_false(sums_are_due());
    assert_int_equal(retire_world_run(counted[i].line, 12).records, 1);
    assert_true(sums_are_due());
  }
}

static void a_closed_complaint_goes_and_an_open_one_stays(void **state) {
  (void)state;
  struct op closed = hub_world_about(&w->world, schema_table(TABLE_feedback), &w->world.zoe, 0, 1);
  struct op open = hub_world_about(&w->world, schema_table(TABLE_feedback), &w->world.zoe, 0, 2);
  closed.values[COL(feedback, closed_on)] = value_int(w->world.today - left_days);
  open.values[COL(feedback, closed_on)] = value_null();
  hub_world_put(&w->host, &closed);
  hub_world_put(&w->host, &open);
  assert_int_equal(retire_world_run(RETENTION_LINE_feedback, 12).records, 1);
  assert_false(retire_world_load(TABLE_feedback, &closed.row).exists);
  assert_true(retire_world_load(TABLE_feedback, &open.row).exists);
}

static void whoever_is_held_keeps_everything_and_is_counted(void **state) {
  (void)state;
  struct store_retained *list;
  struct op need = about(TABLE_need, &w->world.zoe, 1), arrival = about(TABLE_arrival, &w->world.zoe, 2);
  leaves(&w->world.zoe);
  retire_world_hold_zoe();
  for (int line = 0; line < RETENTION_LINES; line++) {
    struct store_retention r = retire_world_run((enum retention_line)line, 12);
    if (!retention_is_about_learners((enum retention_line)line)) continue;
    assert_int_equal(r.records, 0);
    if (line != RETENTION_LINE_needs) continue;
    assert_int_equal(r.held, 1);
    assert_int_equal(retire_world_retained(&r, &list), 1);
    assert_true(list[0].held);
  }
  assert_true(retire_world_load(TABLE_need, &need.row).exists);
  assert_true(retire_world_load(TABLE_arrival, &arrival.row).exists);
  assert_true(retire_world_load(TABLE_learner, &w->world.zoe).exists);
}

/* ---- the last line ---- */

static void the_last_line_erases_and_its_certificate_knows_the_erasure(void **state) {
  (void)state;
  struct store_retained *list;
  uint8_t hash[hash_bytes];
  leaves(&w->world.zoe);
  struct store_retention r = retire_world_run(RETENTION_LINE_register, 12);
  assert_int_equal(r.learners, 1);
  assert_false(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_int_equal(retire_world_retained(&r, &list), 1);
  erase_hash(hash, &w->host.hub.id, &w->world.zoe);
  assert_memory_equal(list[0].hash, hash, hash_bytes);
  assert_int_equal(list[0].erasure, 1);
  assert_int_equal(list[0].last, w->world.today - left_days);
  assert_true(list[0].records > 1);
}

static void merge_zoe_into_jo(void) {
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.jo);
  hub_world_put(&w->host, &op);
}

/* Erasing one erases the other, who still plays. */
static void who_was_merged_with_somebody_who_plays_is_kept(void **state) {
  (void)state;
  struct op need = about(TABLE_need, &w->world.zoe, 1);
  leaves(&w->world.zoe);
  merge_zoe_into_jo();
  assert_int_equal(retire_world_run(RETENTION_LINE_register, 12).records, 0);
  assert_int_equal(retire_world_run(RETENTION_LINE_needs, 12).records, 0);
  assert_true(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_true(retire_world_load(TABLE_learner, &w->world.jo).exists);
  assert_true(retire_world_load(TABLE_need, &need.row).exists);
}

static void who_was_merged_goes_with_the_other_and_both_are_certified(void **state) {
  (void)state;
  struct store_retained *list;
  leaves(&w->world.zoe);
  leaves(&w->world.jo);
  merge_zoe_into_jo();
  struct store_retention r = retire_world_run(RETENTION_LINE_register, 12);
  assert_false(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_false(retire_world_load(TABLE_learner, &w->world.jo).exists);
  assert_int_equal(retire_world_retained(&r, &list), 2);
  assert_int_equal(r.learners, 2);
}

/* Something happens after the run has listed whom it is about, and before it is their turn. */
static struct {
  const struct store_ops *real;
  struct store_ops ops;
  struct retention_ops retention;
  void (*happens)(void);
} between;

static err next_and_then(struct store *s, const struct store_retention *r, struct arena *a,
                         struct retention_next *out) {
  err e = between.real->retention->next(s, r, a, out);
  retire_world_store()->ops = between.real;
  between.happens();
  return e;
}

static void once_listed(void (*happens)(void)) {
  between.real = retire_world_store()->ops;
  between.ops = *between.real;
  between.retention = *between.real->retention;
  between.retention.next = next_and_then;
  between.ops.retention = &between.retention;
  between.happens = happens;
  retire_world_store()->ops = &between.ops;
}

static void zoe_comes_back(void) {
  hub_world_enrol(&w->host, &w->world.zoe, &w->world.strings, w->world.today, 0);
}

static void whoever_comes_back_while_a_piece_is_under_way_is_kept(void **state) {
  (void)state;
  leaves(&w->world.zoe);
  leaves(&w->world.jo);
  struct store_retention r = retire_world_order(RETENTION_LINE_register, 12);
  once_listed(zoe_comes_back);
  while (retire_world_piece()) continue;
  retire_world_must(retention_run_load(retire_world_store(), &r.id, &r), NULL);
  assert_true(retire_world_load(TABLE_learner, &w->world.zoe).exists);
  assert_false(retire_world_load(TABLE_learner, &w->world.jo).exists);
  assert_int_equal(r.learners, 1);
  assert_int_equal(r.held, 0);
  assert_true(r.ended_ms > 0);
}

static void the_others_do_all_of_it(void) {
  while (retire_world_piece()) continue;
}

/* The hub, and the command beside it. */
static void two_who_are_at_one_run_count_nobody_twice(void **state) {
  (void)state;
  struct store_retained *list;
  leaves(&w->world.zoe);
  leaves(&w->world.jo);
  retire_world_hold_zoe();
  struct store_retention r = retire_world_order(RETENTION_LINE_register, 12);
  once_listed(the_others_do_all_of_it);
  assert_false(retire_world_piece());
  retire_world_must(retention_run_load(retire_world_store(), &r.id, &r), NULL);
  assert_int_equal(r.learners, 1);
  assert_int_equal(r.held, 1);
  assert_int_equal(retire_world_retained(&r, &list), 2);
}

/* ---- a run ---- */

/* The hub is killed between any two pieces: nobody is left out, and nobody is counted twice. */
static void a_run_goes_on_where_it_was_when_the_hub_starts_again(void **state) {
  (void)state;
  enum { many = 11 };
  struct store_retained *list;
  struct id learners[many];
  size_t pieces = 1;
  for (uint8_t i = 0; i < many; i++) {
    struct op op = {.table = schema_table(TABLE_learner), .row = {{(uint8_t)(11 * i + 3), 7}}, .units = 3};
    op.values[COL(learner, ref)] = value_text(slice_text("L900"));
    op.values[COL(learner, first_name)] = value_text(slice_text("Leaver"));
    hub_world_put(&w->host, &op);
    learners[i] = op.row;
    leaves(&learners[i]);
  }
  struct store_retention r = retire_world_order(RETENTION_LINE_register, 12);
  while (retire_world_piece()) {
    hub_host_reopen(&w->host);
    pieces++;
  }
  retire_world_must(retention_run_load(retire_world_store(), &r.id, &r), NULL);
  assert_in_range(pieces, 2, many);
  assert_int_equal(r.learners, many);
  assert_int_equal(retire_world_retained(&r, &list), many);
  for (size_t i = 0; i < many; i++) assert_false(retire_world_load(TABLE_learner, &learners[i]).exists);
  assert_true(retire_world_load(TABLE_learner, &w->world.jo).exists);
}

/* Stopped after its first piece, and while an erasure of the second one begins. */
static void a_run_that_is_stopped_removes_nothing_more_and_is_certified(void **state) {
  (void)state;
  enum { many = 11 };
  struct fault fault = {.code = ERR_OK};
  struct store_retained *list;
  size_t there = 0;
  struct id learners[many];
  for (uint8_t i = 0; i < many; i++) {
    struct op op = {.table = schema_table(TABLE_learner), .row = {{(uint8_t)(11 * i + 3), 7}}, .units = 3};
    op.values[COL(learner, ref)] = value_text(slice_text("L900"));
    op.values[COL(learner, first_name)] = value_text(slice_text("Leaver"));
    hub_world_put(&w->host, &op);
    learners[i] = op.row;
    leaves(&learners[i]);
  }
  struct store_retention r = retire_world_order(RETENTION_LINE_register, 12), stopped;
  assert_true(retire_world_piece());
  retire_world_must(
      retention_stop(&stopped, retire_world_store(), &w->host.now, &r.id, &w->world.ada, "Ada", &fault),
      &fault);
  assert_false(retire_world_piece());
  retire_world_must(retention_run_load(retire_world_store(), &r.id, &r), NULL);
  assert_string_equal(r.stopped, "Ada");
  assert_true(r.ended_ms > 0);
  assert_in_range(r.learners, 1, many - 1);
  assert_int_equal(retire_world_retained(&r, &list), r.learners);
  for (size_t i = 0; i < many; i++) there += retire_world_load(TABLE_learner, &learners[i]).exists;
  assert_int_equal(there, many - r.learners);
  assert_int_equal(
      retention_stop(&stopped, retire_world_store(), &w->host.now, &r.id, &w->world.ada, "Ada", &fault),
      ERR_CONFLICT);
  assert_int_equal(retire_world_run(RETENTION_LINE_register, 12).learners,
                   there); /* another one may be ordered */
}

static void a_second_run_waits_for_the_first_and_a_kept_line_has_none(void **state) {
  (void)state;
  struct fault fault = {.code = ERR_OK};
  struct store_retention second = {.who = w->world.ben, .line = RETENTION_LINE_needs, .months = 3};
  struct store_retention kept = {.who = w->world.ben, .line = RETENTION_LINE_visits, .months = 0};
  assert_int_equal(retention_order(&kept, &w->host.hub, retire_world_store(), &w->host.now, &fault),
                   ERR_INVALID);
  (void)retire_world_order(RETENTION_LINE_contacts, 12);
  assert_int_equal(retention_order(&second, &w->host.hub, retire_world_store(), &w->host.now, &fault),
                   ERR_CONFLICT);
  assert_non_null(strstr(fault.text, "Run 1"));
  while (retire_world_piece()) continue;
  assert_int_equal(retention_order(&second, &w->host.hub, retire_world_store(), &w->host.now, &fault),
                   ERR_OK);
  assert_int_equal(second.number, 2);
}

/* What the office's page shows of a large hub is kept, and not counted: both say the same. */
static void the_counts_that_are_kept_follow(void **state) {
  (void)state;
  struct view_counts counted, kept;
  (void)about(TABLE_note, &w->world.zoe, 1);
  (void)about(TABLE_progress, &w->world.jo, 2);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  for (int erased = 0; erased < 2; erased++) {
    if (erased) (void)erase_world_erase(&w->world.zoe);
    retire_world_must(views_counts(retire_world_store(), &counted), NULL);
    retire_world_must(views_counts_kept(retire_world_store(), &kept), NULL);
    assert_int_equal(counted.marks, erased ? 1 : 2);
    assert_memory_equal(&kept, &counted, sizeof kept);
  }
}

/* ---- periods ---- */

static uint32_t months_of(enum retention_line line) {
  struct retention_period all[RETENTION_LINES];
  retire_world_must(retention_periods(retire_world_store(), w->host.hub.retention_years, all), NULL);
  return all[line].months;
}

static err set(enum retention_line line, uint32_t months) {
  struct fault fault = {.code = ERR_OK};
  return retention_set(retire_world_store(), &w->host.hub, &w->host.now, &w->world.ben, line, months, &fault);
}

static void a_period_is_what_somebody_set_and_else_the_usual_one(void **state) {
  (void)state;
  w->host.hub.retention_years = 9;
  assert_int_equal(months_of(RETENTION_LINE_register), 108);
  assert_int_equal(months_of(RETENTION_LINE_needs), 3);
  assert_int_equal(set(RETENTION_LINE_needs, 6), ERR_OK);
  assert_int_equal(months_of(RETENTION_LINE_needs), 6);
  assert_int_equal(set(RETENTION_LINE_register, 84), ERR_OK);
  assert_int_equal(months_of(RETENTION_LINE_register), 84);
  assert_int_equal(set(RETENTION_LINE_needs, 73), ERR_INVALID);
  assert_int_equal(set(RETENTION_LINE_needs, 0), ERR_INVALID);
  assert_int_equal(set(RETENTION_LINE_visits, 11), ERR_INVALID);
  assert_int_equal(set(RETENTION_LINE_visits, 60), ERR_OK);
  assert_int_equal(set(RETENTION_LINE_visits, 0), ERR_OK);
  assert_int_equal(months_of(RETENTION_LINE_needs), 6);
}

static void months_are_counted_as_people_count_them(void **state) {
  (void)state;
  const int32_t end_of_march = date_to_days((struct date){2026, 3, 31});
  assert_int_equal(retention_before(end_of_march, 1), date_to_days((struct date){2026, 2, 28}));
  assert_int_equal(retention_before(end_of_march, 12), date_to_days((struct date){2025, 3, 31}));
  assert_int_equal(retention_before(date_to_days((struct date){2028, 2, 29}), 72),
                   date_to_days((struct date){2022, 2, 28}));
  assert_int_equal(retention_before(date_to_days((struct date){2026, 1, 15}), 1),
                   date_to_days((struct date){2025, 12, 15}));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(needs_go_soon_after_somebody_left_and_everything_else_stays),
      TEST(what_was_removed_is_in_no_byte_of_the_file),
      TEST(a_note_leaves_the_streams_that_it_travelled_in),
      TEST(what_comes_late_about_a_removed_record_is_left_out),
      TEST(what_was_removed_is_said_anew_of_somebody_who_comes_back),
      TEST(arrivals_go_by_their_own_day_though_somebody_still_plays),
      TEST(figures_follow_what_was_removed),
      TEST(a_closed_complaint_goes_and_an_open_one_stays),
      TEST(whoever_is_held_keeps_everything_and_is_counted),
      TEST(the_last_line_erases_and_its_certificate_knows_the_erasure),
      TEST(who_was_merged_with_somebody_who_plays_is_kept),
      TEST(who_was_merged_goes_with_the_other_and_both_are_certified),
      TEST(whoever_comes_back_while_a_piece_is_under_way_is_kept),
      TEST(two_who_are_at_one_run_count_nobody_twice),
      TEST(a_run_goes_on_where_it_was_when_the_hub_starts_again),
      TEST(a_run_that_is_stopped_removes_nothing_more_and_is_certified),
      TEST(a_second_run_waits_for_the_first_and_a_kept_line_has_none),
      TEST(the_counts_that_are_kept_follow),
      TEST(a_period_is_what_somebody_set_and_else_the_usual_one),
      TEST(months_are_counted_as_people_count_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
