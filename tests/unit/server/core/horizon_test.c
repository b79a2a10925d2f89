/* horizon_test.c: which day the current term begins on, and what happens to the meetings before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/horizon.h"
#include "server/core/reports.h"
#include "tests/lib/retire_world.h"

static struct ingest_world *const w = &ingest_world;

/* ---- the day ---- */

static int32_t day(int year, int month, int of_month) {
  return date_to_days((struct date){(int16_t)year, (uint8_t)month, (uint8_t)of_month});
}

struct a_day {
  int year, month, day;
};
struct day_case {
  const char *what;
  struct a_day today, horizon;
  struct {
    struct a_day starts, ends;
  } terms[4];
};

#define NONE                                                                                                 \
  {                                                                                                          \
    {0, 0, 0}, { 0, 0, 0 }                                                                                   \
  }
#define AUTUMN                                                                                               \
  {                                                                                                          \
    {2026, 9, 2}, { 2026, 12, 18 }                                                                           \
  }
#define SPRING                                                                                               \
  {                                                                                                          \
    {2027, 1, 5}, { 2027, 3, 26 }                                                                            \
  }
#define SUMMER                                                                                               \
  {                                                                                                          \
    {2027, 4, 12}, { 2027, 7, 21 }                                                                           \
  }
static const struct day_case day_cases[] = {
    {"no terms: the school year", {2026, 11, 21}, {2026, 9, 1}, {NONE}},
    {"no terms, on its fourteenth day", {2026, 9, 14}, {2025, 9, 1}, {NONE}},
    {"no terms, fourteen days later", {2026, 9, 15}, {2026, 9, 1}, {NONE}},
    {"no terms, in the spring", {2027, 3, 1}, {2026, 9, 1}, {NONE}},
    {"in a term", {2026, 11, 21}, {2026, 9, 2}, {AUTUMN, SPRING, SUMMER}},
    {"in whatever order", {2027, 3, 1}, {2027, 1, 5}, {SUMMER, SPRING, AUTUMN}},
    {"the last days of grace", {2027, 1, 18}, {2026, 9, 2}, {AUTUMN, SPRING, SUMMER}},
    {"the grace is over", {2027, 1, 19}, {2027, 1, 5}, {AUTUMN, SPRING, SUMMER}},
    {"in the holidays the last term", {2026, 12, 28}, {2026, 9, 2}, {AUTUMN, SPRING, SUMMER}},
    {"and so all summer", {2027, 8, 31}, {2027, 4, 12}, {AUTUMN, SPRING, SUMMER}},
    {"a new year whose terms nobody has entered", {2027, 9, 15}, {2027, 9, 1}, {AUTUMN, SPRING, SUMMER}},
    {"years without any", {2029, 5, 1}, {2028, 9, 1}, {AUTUMN, SPRING, SUMMER}},
    {"a half term beside its term", {2026, 12, 1}, {2026, 9, 2}, {AUTUMN, {{2026, 11, 2}, {2026, 12, 18}}}},
    {"half terms alone",
     {2026, 12, 1},
     {2026, 11, 2},
     {{{2026, 9, 2}, {2026, 10, 23}}, {{2026, 11, 2}, {2026, 12, 18}}}},
    {"the same term twice", {2026, 12, 1}, {2026, 9, 2}, {AUTUMN, AUTUMN}},
    {"terms that overlap: the later one",
     {2026, 12, 20},
     {2026, 12, 1},
     {AUTUMN, {{2026, 12, 1}, {2027, 2, 10}}}},
    {"a year as one term, begun in August", {2026, 11, 21}, {2026, 8, 24}, {{{2026, 8, 24}, {2027, 7, 21}}}},
    {"a year and its terms", {2027, 3, 1}, {2026, 8, 24}, {{{2026, 8, 24}, {2027, 7, 21}}, AUTUMN, SPRING}},
    {"none has begun yet", {2026, 11, 21}, {2026, 9, 1}, {SPRING, SUMMER}},
    {"one whose end is before its beginning is none",
     {2026, 11, 21},
     {2026, 9, 2},
     {AUTUMN, {{2026, 10, 1}, {2026, 9, 30}}}},
    {"one day", {2026, 11, 21}, {2026, 10, 30}, {{{2026, 10, 30}, {2026, 10, 30}}}},
    {"a leap day", {2028, 3, 14}, {2028, 2, 29}, {{{2028, 2, 29}, {2028, 5, 1}}}},
};

static int32_t days_of(const struct a_day *d) { return day(d->year, d->month, d->day); }

static void the_day_follows_from_the_terms_and_the_date(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof day_cases / sizeof *day_cases; i++) {
    const struct day_case *c = &day_cases[i];
    struct horizon_term terms[4];
    size_t count = 0;
    for (; count < 4 && c->terms[count].starts.year; count++)
      terms[count] = (struct horizon_term){days_of(&c->terms[count].starts), days_of(&c->terms[count].ends)};
    struct date got = date_from_days(horizon_day(terms, count, days_of(&c->today)));
    if (got.year != c->horizon.year || got.month != c->horizon.month || got.day != c->horizon.day)
      fail_msg("%s: %04d-%02d-%02d", c->what, got.year, got.month, got.day);
  }
}

/* However the days of a year go by, and whichever terms are known. */
static void the_day_never_falls_by_itself(void **state) {
  static const struct horizon_term none[1];
  (void)state;
  for (int known = 0; known < 4; known++) {
    const struct horizon_term terms[] = {{day(2026, 8, 20), day(2026, 12, 18)},
                                         {day(2027, 1, 5), day(2027, 3, 26)},
                                         {day(2027, 4, 12), day(2027, 7, 21)}};
    int32_t before = 0;
    for (int32_t today = day(2026, 1, 1); today < day(2028, 12, 31); today++) {
      int32_t now = horizon_day(known ? terms : none, (size_t)known, today);
      if (now < before) fail_msg("with %d terms it falls on day %d", known, today);
      assert_true(now <= today - open_before_days); /* which a device lists while their registers are open */
      before = now;
    }
  }
}

/* ---- leaving ---- */

static struct store *store(void) { return w->host.store; }

static void put_term(uint8_t no, int32_t starts, int32_t ends, bool removed) {
  struct op op = {
      .table = schema_table(TABLE_term), .row = {{0x7E, no}}, .units = 1U << 1 | 1U << 2 | 1U << 3};
  op.values[COL(term, name)] = value_text(slice_text("A term"));
  op.values[COL(term, starts)] = value_int(starts);
  op.values[COL(term, ends)] = value_int(ends);
  op.values[COL(term, removed)] = removed ? value_int(1) : value_null();
  hub_world_put(&w->host, &op);
}

static struct op meeting_of(uint8_t no, int32_t date) {
  struct op op = {.table = schema_table(TABLE_session), .row = {{0x5E, no}}, .units = 7};
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, date)] = value_int(date);
  op.values[COL(session, starts)] = value_int(960);
  op.values[COL(session, ends)] = value_int(1020);
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  return op;
}

enum { rows_of_meeting = 5 };
struct whole_meeting {
  struct row_key rows[rows_of_meeting]; /* itself, its register, a mark, an arrival, a call */
};

static struct id put(const struct op *op) {
  hub_world_put(&w->host, op);
  return op->row;
}

static struct id put_mark(const struct id *session, const struct id *learner, int code) {
  struct op mark = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&mark.row, TABLE_mark, (const struct id[]){*session, *learner}, 2);
  mark.values[COL(mark, session)] = value_id(session);
  mark.values[COL(mark, learner)] = value_id(learner);
  mark.values[COL(mark, code)] = value_int(code);
  return put(&mark);
}

static struct id put_about(uint8_t table, const struct id *session, uint8_t no) {
  struct op op = hub_world_about(&w->world, schema_table(table), &w->world.zoe, w->world.today, no);
  for (uint8_t i = 0; i < op.table->column_count; i++) {
    if (op.table->columns[i].type == TYPE_ID && op.values[i].kind == VALUE_ID &&
        id_equal(&op.values[i].id, &w->world.strings_today))
      op.values[i] = value_id(session);
  }
  if (op.table->key_count == 1) crypto_row_id(&op.row, table, session, 1);
  return put(&op);
}

static struct whole_meeting put_meeting(uint8_t no, int32_t date) {
  struct op op = meeting_of(no, date);
  struct id session = put(&op);
  return (struct whole_meeting){
      {{schema_table(TABLE_session), session},
       {schema_table(TABLE_register), put_about(TABLE_register, &session, no)},
       {schema_table(TABLE_mark), put_mark(&session, &w->world.zoe, ENUM_mark_code_P)},
       {schema_table(TABLE_arrival), put_about(TABLE_arrival, &session, no)},
       {schema_table(TABLE_absence_call), put_about(TABLE_absence_call, &session, no)}}};
}

/* A table that is new needs its place in work_touch_meeting, and in forget_past of the devices. */
static void these_are_all_that_belongs_to_a_meeting(void **state) {
  size_t tables = 1;
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id))
    tables += t->scope == SCOPE_SESSION_ACTIVITY;
  assert_int_equal(tables, rows_of_meeting);
}

static bool travels(const struct id *row) { return retire_world_travels(&w->world.strings, row, FEED_ROW); }
static bool left(const struct id *row) { return retire_world_travels(&w->world.strings, row, FEED_LEAVE); }

static void must_travel(const struct whole_meeting *m, bool there) {
  for (size_t i = 0; i < rows_of_meeting; i++) {
    if (travels(&m->rows[i].id) != there)
      fail_msg("the %s %s", m->rows[i].table->name, there ? "does not travel" : "travels");
  }
}

static void must_have_left(const struct whole_meeting *m) {
  must_travel(m, false);
  for (size_t i = 0; i < rows_of_meeting; i++) assert_true(left(&m->rows[i].id));
}

static struct horizon_piece step(void) {
  struct horizon_piece piece;
  retire_world_must(horizon_step(&piece, &w->host.hub, store(), &w->host.now), NULL);
  return piece;
}

static void turn(void) {
  while (step().more) continue;
}

static int32_t horizon_date_now(void) {
  struct horizon_place at;
  retire_world_must(horizon_load(store(), &at), NULL);
  assert_true(id_is_zero(&at.id));
  return at.date;
}

/* It is 21 November 2026. */
static void a_meeting_of_the_term_before_leaves_with_all_that_belongs_to_it(void **state) {
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 21), new = put_meeting(2, w->world.today - 20);
  struct id note = put_about(TABLE_note, &old.rows[0].id, 3);
  turn();
  assert_int_equal(horizon_date_now(), day(2026, 9, 1));
  must_travel(&old, true);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  assert_int_equal(horizon_date_now(), w->world.today - 20);
  must_have_left(&old);
  must_travel(&new, true);
  assert_true(travels(&note)); /* it is about a child, and not of a meeting */
  assert_false(step().more);
  assert_int_equal(step().changes.position, 0);
}

static void whoever_is_on_the_line_hears_of_it_and_no_page_of_the_office_does(void **state) {
  (void)state;
  (void)put_meeting(1, w->world.today - 21);
  turn();
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  struct change_set changes = step().changes;
  assert_int_equal(changes.stream_count, 1);
  assert_true(id_equal(&changes.streams[0], &w->world.strings));
  assert_int_equal(changes.session_count, 0);
}

static void what_is_written_about_an_old_meeting_is_accepted_and_travels_nowhere(void **state) {
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 21);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  struct test_device *d = &w->device;
  struct buf bundle;
  struct job job;
  test_device_mark(d, &w->world.ada, &old.rows[0].id, &w->world.jo, ENUM_mark_code_L, 970);
  test_device_seal(d, &bundle);
  hub_host_ingest(&w->host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  struct receipt r = test_receipt(&w->host, job.receipt, &w->arena);
  assert_int_equal(r.status, RECEIPT_APPLIED);
  job_finish(&job);
  buf_finish(&bundle);
  struct id late, amended = put_mark(&old.rows[0].id, &w->world.zoe, ENUM_mark_code_AU);
  crypto_row_id(&late, TABLE_mark, (const struct id[]){old.rows[0].id, w->world.jo}, 2);
  assert_true(retire_world_load(TABLE_mark, &late).exists);
  assert_int_equal(retire_world_load(TABLE_mark, &amended).values[COL(mark, code)].i, ENUM_mark_code_AU);
  assert_false(travels(&late));
  must_have_left(&old);
  put_meeting(3, w->world.today - 100); /* one that was never there, neither */
  struct op op = meeting_of(3, 0);
  assert_false(travels(&op.row));
}

struct referring {
  struct id to;
  size_t seen;
};

static err count_reference(void *ctx, const struct table *t, const struct id *row, const struct id *to) {
  struct referring *r = ctx;
  (void)t;
  (void)row;
  r->seen += id_equal(to, &r->to);
  return ERR_OK;
}

static size_t marks_since(uint64_t position, const struct id *learner) {
  struct referring r = {.to = *learner};
  retire_world_must(
      store()->ops->references_since(store(), schema_table(TABLE_mark), position, count_reference, &r), NULL);
  return r.seen;
}

/* A list of learners is not taken back from under it. */
static void what_came_since_is_found_also_before_the_horizon(void **state) {
  uint64_t imported, turned;
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 21);
  retire_world_must(store()->ops->number_load(store(), STORE_POSITION, &imported), NULL);
  (void)put_mark(&old.rows[0].id, &w->world.jo, ENUM_mark_code_P);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  must_have_left(&old);
  assert_int_equal(marks_since(imported, &w->world.jo), 1);
  retire_world_must(store()->ops->number_load(store(), STORE_POSITION, &turned), NULL);
  assert_int_equal(marks_since(turned, &w->world.jo), 0);
  (void)put_mark(&old.rows[0].id, &w->world.jo, ENUM_mark_code_AU);
  assert_int_equal(marks_since(turned, &w->world.jo), 1);
  put_meeting(3, w->world.today - 100); /* one that was never there */
  struct op never = meeting_of(3, 0);
  (void)put_mark(&never.row, &w->world.jo, ENUM_mark_code_P);
  assert_int_equal(marks_since(turned, &w->world.jo), 2);
}

static bool sums_are_due(void) {
  bool due;
  retire_world_must(reports_are_due(store(), &w->host.now, &due), NULL);
  return due;
}

static void add_up(void) {
  bool more = true;
  while (more) retire_world_must(reports_refresh(store(), &w->host.now, 32, &more), NULL);
}

static void reports_count_it_as_ever_and_a_term_that_turns_changes_no_figure(void **state) {
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 21);
  turn();
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  add_up();
  turn();
  must_have_left(&old);
  assert_false(sums_are_due());
  (void)put_mark(&old.rows[0].id, &w->world.zoe, ENUM_mark_code_AU);
  assert_true(sums_are_due());
}

static void a_meeting_that_is_given_another_day_crosses_with_all_that_belongs_to_it(void **state) {
  (void)state;
  struct whole_meeting m = put_meeting(1, w->world.today - 21);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  must_have_left(&m);
  struct op op = meeting_of(1, w->world.today - 1);
  hub_world_put(&w->host, &op);
  must_travel(&m, true);
  op = meeting_of(1, w->world.today - 30);
  hub_world_put(&w->host, &op);
  must_have_left(&m);
}

static void terms_that_are_corrected_bring_back_what_left_too_early(void **state) {
  (void)state;
  struct whole_meeting m = put_meeting(1, w->world.today - 21), older = put_meeting(2, w->world.today - 200);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  must_have_left(&m);
  put_term(1, w->world.today - 22, w->world.today + 60, false);
  turn();
  must_travel(&m, true);
  must_travel(&older, false);
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  turn();
  must_have_left(&m);
  put_term(1, w->world.today - 20, w->world.today + 60, true);
  turn();
  must_travel(&m, true);
}

/* More of one day than a piece takes, in whatever order of their ids. */
enum { many = 3 * horizon_piece_meetings_max + 5 };

static struct op one_of_many(size_t i, int32_t date) {
  struct op op = meeting_of(0, date);
  op.row = (struct id){{(uint8_t)(i * 37 + 1), 0x5E, (uint8_t)(i >> 7)}};
  return op;
}

static size_t how_many_travel(void) {
  const struct stream_position from = {.stream = w->world.strings, .audience = AUDIENCE_REGISTER};
  struct feed_batch b;
  struct arena a = ARENA_INIT(1 << 24);
  size_t there = 0;
  retire_world_must(store()->ops->read_feed(store(), &from, 2048, &a, &b), NULL);
  assert_true(b.checkpoint);
  for (size_t i = 0; i < b.count; i++) there += b.items[i].kind == FEED_ROW && b.items[i].id.b[1] == 0x5E;
  arena_finish(&a);
  return there;
}

static void put_many(int32_t date) {
  for (size_t i = 0; i < many; i++) {
    struct op op = one_of_many(i, date);
    hub_world_put(&w->host, &op);
  }
}

static void it_goes_in_pieces_and_on_from_where_it_was_after_a_restart(void **state) {
  size_t pieces = 0, before = many;
  (void)state;
  put_many(w->world.today - 21);
  turn();
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  for (bool more = true; more; pieces++) {
    more = step().more;
    size_t now = how_many_travel();
    assert_true(now < before || !more);
    assert_true(before - now <= horizon_piece_meetings_max);
    before = now;
    hub_host_reopen(&w->host);
  }
  assert_int_equal(before, 0);
  assert_true(pieces >= 4);
}

static void between_two_pieces_each_meeting_is_on_its_side_alone(void **state) {
  (void)state;
  put_many(w->world.today - 21);
  turn();
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  assert_true(step().more);
  size_t there = how_many_travel();
  assert_int_equal(there, many - horizon_piece_meetings_max);
  for (size_t i = 0; i < many; i++) {
    struct op op = one_of_many(i, w->world.today - 21);
    op.values[COL(session, ends)] = value_int(1030);
    hub_world_put(&w->host, &op);
  }
  assert_int_equal(how_many_travel(), there);
  put_term(1, w->world.today - 22, w->world.today + 60, false); /* and back, from there */
  turn();
  assert_int_equal(how_many_travel(), many);
}

/* A machine that has no clock of its own begins in 1970, until somebody tells it. */
static void a_clock_that_stands_before_there_was_any_hub_moves_nothing(void **state) {
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 200);
  turn();
  must_travel(&old, false);
  int64_t now = w->host.now.wall_ms;
  w->host.now.wall_ms = 86400000;
  assert_false(step().more);
  w->host.now.wall_ms = now;
  assert_int_equal(horizon_date_now(), day(2026, 9, 1));
  must_travel(&old, false);
}

static struct change_set keep_house(void) {
  struct job job;
  job_init(&job, JOB_KEEP);
  retire_world_must(store()->ops->number_load(store(), STORE_POSITION, &job.known_position), NULL);
  job_run(&job, &w->host.hub, store(), &w->host.now);
  assert_int_equal(job.result, ERR_OK);
  struct change_set changes = job.changes;
  job_finish(&job);
  return changes;
}

/* It takes an old hub hours: whoever is on the line hears of their own streams in each of its seconds, and of
 * nothing else. */
static void the_housekeeping_does_it_and_tells_those_whom_it_concerns(void **state) {
  (void)state;
  struct whole_meeting old = put_meeting(1, w->world.today - 21);
  (void)keep_house();
  put_term(1, w->world.today - 20, w->world.today + 60, false);
  struct change_set changes = keep_house();
  must_have_left(&old);
  assert_int_equal(changes.stream_count, 1);
  assert_true(id_equal(&changes.streams[0], &w->world.strings));
  assert_false(changes.all_streams || changes.grants || changes.learners || changes.devices);
  assert_int_equal(keep_house().position, 0);
}

static void what_a_day_has_ended_is_told_though_a_term_turns_with_it(void **state) {
  (void)state;
  (void)put_meeting(1, w->world.today - 21);
  (void)keep_house();
  hub_world_enrol(&w->host, &w->world.jo, &w->world.strings, w->world.today - 30, w->world.today + 1);
  put_term(1, w->world.today - 13, w->world.today + 60, false);
  hub_host_pass(&w->host, 86400000);
  struct change_set changes = keep_house();
  assert_true(changes.all_streams && changes.grants && changes.learners);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_day_follows_from_the_terms_and_the_date),
      cmocka_unit_test(the_day_never_falls_by_itself),
      cmocka_unit_test(these_are_all_that_belongs_to_a_meeting),
      IN_A_WORLD(a_meeting_of_the_term_before_leaves_with_all_that_belongs_to_it),
      IN_A_WORLD(whoever_is_on_the_line_hears_of_it_and_no_page_of_the_office_does),
      IN_A_WORLD(what_is_written_about_an_old_meeting_is_accepted_and_travels_nowhere),
      IN_A_WORLD(what_came_since_is_found_also_before_the_horizon),
      IN_A_WORLD(reports_count_it_as_ever_and_a_term_that_turns_changes_no_figure),
      IN_A_WORLD(a_meeting_that_is_given_another_day_crosses_with_all_that_belongs_to_it),
      IN_A_WORLD(terms_that_are_corrected_bring_back_what_left_too_early),
      IN_A_WORLD(it_goes_in_pieces_and_on_from_where_it_was_after_a_restart),
      IN_A_WORLD(between_two_pieces_each_meeting_is_on_its_side_alone),
      IN_A_WORLD(a_clock_that_stands_before_there_was_any_hub_moves_nothing),
      IN_A_WORLD(the_housekeeping_does_it_and_tells_those_whom_it_concerns),
      IN_A_WORLD(what_a_day_has_ended_is_told_though_a_term_turns_with_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
