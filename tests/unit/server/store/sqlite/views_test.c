/* views_test.c: what the office reads of what devices wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/views_day.h"
#include "tests/lib/hub_world.h"

static struct hub_host host;
static struct hub_world world;
static struct test_device device, other;
static struct arena arena;

static int setup(void **state) {
  (void)state;
  arena = (struct arena)ARENA_INIT(1 << 26);
  hub_host_open(&host, 6);
  hub_world_make(&world, &host);
  test_device_enrol(&device, &host, &world.ada, NULL);
  test_device_enrol(&other, &host, &world.ben, NULL);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  arena_finish(&arena);
  test_device_finish(&device);
  test_device_finish(&other);
  hub_host_close(&host);
  return 0;
}

static void bring(struct test_device *d) {
  struct buf bundle;
  struct job job;
  test_device_seal(d, &bundle);
  hub_host_ingest(&host, &job, buf_slice(&bundle));
  assert_int_equal(job.result, ERR_OK);
  job_finish(&job);
  buf_finish(&bundle);
}

static void mark(const struct id *learner, int code) {
  test_device_mark(&device, &world.ada, &world.strings_today, learner, code,
                   code == ENUM_mark_code_L ? 16 * 60 + 5 : -1);
}

static void set_register(int register_state) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&world.strings_today);
  op.values[COL(register, state)] = value_int(register_state);
  test_device_write(&device, &world.ada, &op);
}

/* It took place, and its register is closed: from now on its marks count. */
static void settle(const struct id *session) {
  struct op op = {.table = schema_table(TABLE_session), .row = *session, .units = 1U << 2};
  op.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&host, &op);
  struct op closed = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&closed.row, TABLE_register, session, 1);
  closed.values[COL(register, session)] = value_id(session);
  closed.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  hub_world_put(&host, &closed);
}

static struct view_register today(const struct id *session) {
  const struct day_wanted all = {.date = world.today, .limit = 9};
  struct view_day day;
  assert_int_equal(views_day(host.store, &all, &host.now, &arena, &day), ERR_OK);
  assert_int_equal(day.count, 2);
  return id_equal(&day.list[0].session, session) ? day.list[0] : day.list[1];
}

static bool text_is(struct slice text, const char *expected) {
  return slice_equal(text, slice_text(expected));
}

static void an_untouched_register_goes_from_upcoming_to_due_to_missing(void **state) {
  (void)state;
  assert_int_equal(today(&world.strings_today).state, VIEW_UPCOMING);
  hub_host_pass(&host, 4LL * 3600000 + 60000); /* 16:01 */
  assert_int_equal(today(&world.strings_today).state, VIEW_DUE);
  hub_host_pass(&host, 3600000);
  assert_int_equal(today(&world.strings_today).state, VIEW_MISSING);
}

static void put_closure(const struct id *school, const char *reason, bool removed) {
  struct op op = {
      .table = schema_table(TABLE_closure), .row = school ? *school : (struct id){{9}}, .units = 15};
  if (school) op.values[COL(closure, school)] = value_id(school);
  op.values[COL(closure, starts)] = value_int(world.today - 2);
  op.values[COL(closure, ends)] = value_int(world.today);
  op.values[COL(closure, reason)] = value_text(slice_text(reason));
  op.values[COL(closure, removed)] = value_int(removed);
  hub_world_put(&host, &op);
}

static void a_register_of_a_closed_day_is_not_missing_unless_somebody_began_it(void **state) {
  (void)state;
  struct id school = {{7, 7}}, elsewhere = {{7, 8}};
  struct view_register *list;
  size_t count;
  struct op op = {.table = schema_table(TABLE_activity), .row = world.strings, .units = 1U << 3};
  op.values[COL(activity, school)] = value_id(&school);
  hub_world_put(&host, &op);
  hub_host_pass(&host, 6LL * 3600000);
  put_closure(&elsewhere, "Fair", false); /* of another school */
  assert_int_equal(today(&world.strings_today).state, VIEW_MISSING);
  put_closure(&school, "INSET day", false);
  put_closure(NULL, "Half term", false);
  struct view_register r = today(&world.strings_today);
  assert_int_equal(r.state, VIEW_SHUT);
  assert_true(text_is(r.closure, "INSET day")); /* the school's own reason comes first */
  r = today(&world.brass_today);
  assert_int_equal(r.state, VIEW_SHUT);
  assert_true(text_is(r.closure, "Half term"));
  assert_int_equal(views_missing(host.store, world.today, world.today, 10, &host.now, &arena, &list, &count),
                   ERR_OK);
  assert_int_equal(count, 0);
  put_closure(NULL, "Half term", true);
  assert_int_equal(today(&world.brass_today).state, VIEW_MISSING);
  set_register(ENUM_register_state_open);
  bring(&device);
  r = today(&world.strings_today);
  assert_int_equal(r.state, VIEW_OPEN);
  assert_true(text_is(r.closure, "INSET day"));
}

static void totals_add_up_and_count_visitors_once_marked(void **state) {
  (void)state;
  mark(&world.zoe, ENUM_mark_code_P);
  mark(&world.jo, ENUM_mark_code_L);
  mark(&world.kit, ENUM_mark_code_P);
  set_register(ENUM_register_state_open);
  bring(&device);
  struct view_register r = today(&world.strings_today);
  assert_int_equal(r.state, VIEW_OPEN);
  assert_int_equal(r.totals.here, 2);
  assert_int_equal(r.totals.late, 1);
  assert_int_equal(r.totals.of, 4);
  assert_int_equal(r.totals.unmarked, 1);
  assert_int_equal(r.updated_ms, host.now.wall_ms);
  assert_true(text_is(r.activity_name, "Strings"));
  assert_int_equal(r.staff_count, 2);
  assert_int_equal(today(&world.brass_today).totals.of, 1);
}

static void a_register_shows_who_wrote_what_where_and_every_version(void **state) {
  (void)state;
  struct view_register_detail d;
  mark(&world.zoe, ENUM_mark_code_P);
  mark(&world.kit, ENUM_mark_code_AU);
  set_register(ENUM_register_state_closed);
  bring(&device);
  test_device_mark(&other, &world.ben, &world.strings_today, &world.zoe, ENUM_mark_code_AN, -1);
  bring(&other);
  assert_int_equal(views_register(host.store, &world.strings_today, &host.now, &arena, &d), ERR_OK);
  assert_int_equal(d.summary.state, VIEW_CLOSED);
  assert_int_equal(d.mark_count, 4);
  assert_int_equal(d.change_count, 1);
  assert_true(text_is(d.changes[0].author_name, "Ada"));
  for (size_t i = 0; i < d.mark_count; i++) {
    const struct view_mark *m = &d.marks[i];
    if (id_equal(&m->learner, &world.zoe)) {
      assert_true(m->conflict);
      assert_true(m->enrolled);
      assert_int_equal(m->history_count, 2);
      assert_int_equal(m->history[0].in_use + m->history[1].in_use, 1);
      assert_true(text_is(m->device_name, "Kiosk"));
      assert_true(text_is(m->learner_name, "Zo\xc3\xab Testing"));
    } else if (id_equal(&m->learner, &world.kit)) {
      assert_false(m->enrolled);
      assert_int_equal(m->code, ENUM_mark_code_AU);
    } else {
      assert_int_equal(m->code, 0);
      assert_int_equal(m->history_count, 0);
    }
  }
}

static void plays_in(const struct id *learner, const char *section) {
  struct id keys[2] = {*learner, world.strings};
  struct op op = {.table = schema_table(TABLE_enrolment), .units = 7};
  crypto_row_id(&op.row, TABLE_enrolment, keys, 2);
  op.values[COL(enrolment, learner)] = value_id(learner);
  op.values[COL(enrolment, activity)] = value_id(&world.strings);
  op.values[COL(enrolment, starts)] = value_int(world.today - 60);
  op.values[COL(enrolment, section)] = value_text(slice_text(section));
  hub_world_put(&host, &op);
}

static void the_basses_of_an_orchestra_stand_below_its_cellos(void **state) {
  (void)state;
  struct view_register_detail d;
  static const char *const order[] = {"Flutes", "Cellos", "Basses"};
  plays_in(&world.zoe, "Basses");
  plays_in(&world.jo, "Flutes");
  plays_in(&world.li, "Cellos");
  assert_int_equal(views_register(host.store, &world.strings_today, &host.now, &arena, &d), ERR_OK);
  assert_int_equal(d.mark_count, 3);
  for (size_t i = 0; i < d.mark_count; i++) assert_true(text_is(d.marks[i].section, order[i]));
}

static void a_register_nobody_planned_is_not_found(void **state) {
  (void)state;
  struct view_register_detail d;
  assert_int_equal(views_register(host.store, &world.ada, &host.now, &arena, &d), ERR_NOT_FOUND);
}

static size_t search(const char *text, struct slice after, size_t limit, struct view_learner **out,
                     struct slice *next, uint64_t *total) {
  size_t count;
  assert_int_equal(
      views_learners(host.store, slice_text(text), true, after, limit, &arena, out, &count, next, total),
      ERR_OK);
  return count;
}

static void learners_are_found_without_accents_or_case(void **state) {
  (void)state;
  struct view_learner *list;
  struct slice next;
  uint64_t total;
  assert_int_equal(search("zoe", slice_of(NULL, 0), 10, &list, &next, &total), 1);
  assert_true(id_equal(&list[0].id, &world.zoe));
  assert_true(text_is(list[0].name, "Zo\xc3\xab Testing"));
  assert_true(text_is(list[0].status, "active"));
  assert_int_equal(list[0].activity_count, 1);
  assert_int_equal(search("test jo", slice_of(NULL, 0), 10, &list, &next, &total), 1);
  assert_int_equal(search("nobody", slice_of(NULL, 0), 10, &list, &next, &total), 0);
  assert_int_equal(total, 0);
}

static void the_office_finds_a_learner_by_a_number_of_another_system(void **state) {
  (void)state;
  struct view_learner *list;
  struct slice next, nothing = slice_of(NULL, 0);
  uint64_t total;
  size_t count;
  struct op op = {.table = schema_table(TABLE_learner_key), .units = 7};
  crypto_row_id(&op.row, TABLE_learner_key, &world.jo, 1);
  op.values[COL(learner_key, learner)] = value_id(&world.jo);
  op.values[COL(learner_key, upn)] = value_text(slice_text("P000000000001"));
  op.values[COL(learner_key, mis_id)] = value_text(slice_text("00017"));
  hub_world_put(&host, &op);
  static const char *const asked[] = {"P000000000001", "p0000 0000", "00017", "000"};
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    assert_int_equal(search(asked[i], nothing, 10, &list, &next, &total), 1);
    assert_true(id_equal(&list[0].id, &world.jo));
  }
  assert_int_equal(search("P000000000002", nothing, 10, &list, &next, &total), 0);
  assert_int_equal(search("17", nothing, 10, &list, &next, &total), 0);
  assert_int_equal(views_learners(host.store, slice_text("00017"), false, nothing, 10, &arena, &list, &count,
                                  &next, &total),
                   ERR_OK);
  assert_int_equal(count, 0);
}

static void an_account_never_takes_the_place_of_another_of_its_name(void **state) {
  (void)state;
  struct store_user first = {.id = {{1}}, .roles = 2}, second = {.id = {{2}}, .roles = 4}, read;
  (void)snprintf(first.name, sizeof first.name, "office");
  (void)snprintf(second.name, sizeof second.name, "office");
  assert_int_equal(users_save(host.store, &first), ERR_OK);
  assert_int_equal(users_save(host.store, &second), ERR_EXISTS);
  assert_int_equal(users_load_id(host.store, &first.id, &read), ERR_OK);
  assert_int_equal(read.roles, 2);
  assert_int_equal(users_load_id(host.store, &second.id, &read), ERR_NOT_FOUND);
  first.roles = 8;
  assert_int_equal(users_save(host.store, &first), ERR_OK); /* the same one is written anew */
  (void)snprintf(second.name, sizeof second.name, "other");
  assert_int_equal(users_save(host.store, &second), ERR_OK);
  (void)snprintf(second.name, sizeof second.name, "office");
  assert_int_equal(users_save(host.store, &second), ERR_EXISTS); /* nor by a new name */
  assert_int_equal(users_load_id(host.store, &first.id, &read), ERR_OK);
  assert_int_equal(read.roles, 8);
}

static void all_learners_come_in_pages_that_neither_skip_nor_repeat(void **state) {
  (void)state;
  struct view_learner *list;
  struct slice next = {NULL, 0};
  struct id seen[8];
  size_t count = 0;
  uint64_t total;
  do {
    size_t n = search("", next, 3, &list, &next, &total);
    for (size_t i = 0; i < n; i++) {
      for (size_t k = 0; k < count; k++) assert_false(id_equal(&seen[k], &list[i].id));
      assert_true(count < 8);
      seen[count++] = list[i].id;
    }
  } while (next.len);
  assert_int_equal(count, 4);
  assert_int_equal(total, 4);
}

static void one_learner_has_notes_and_attendance(void **state) {
  (void)state;
  struct view_learner_detail d;
  struct op op = {.table = schema_table(TABLE_note), .row = {{7}}, .units = 3};
  op.values[COL(note, learner)] = value_id(&world.zoe);
  op.values[COL(note, activity)] = value_id(&world.strings);
  op.values[COL(note, staff)] = value_id(&world.ada);
  op.values[COL(note, date)] = value_int(world.today);
  op.values[COL(note, areas)] = value_int(5);
  op.values[COL(note, text)] = value_text(slice_text("Good bow hold"));
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_office);
  test_device_write(&device, &world.ada, &op);
  op.row.b[0]++; /* another one, between tutors */
  op.values[COL(note, text)] = value_text(slice_text("Ask me about last week"));
  op.values[COL(note, visibility)] = value_int(ENUM_visibility_tutor);
  test_device_write(&device, &world.ada, &op);
  mark(&world.zoe, ENUM_mark_code_L);
  bring(&device);
  assert_int_equal(views_learner(host.store, &world.zoe, &arena, &d), ERR_OK);
  assert_int_equal(d.note_count, 1);
  assert_true(text_is(d.notes[0].text, "Good bow hold"));
  assert_true(text_is(d.notes[0].author_name, "Ada"));
  assert_int_equal(d.here, 0); /* the register is not closed yet */
  settle(&world.strings_today);
  assert_int_equal(views_learner(host.store, &world.zoe, &arena, &d), ERR_OK);
  assert_int_equal(d.here, 1);
  assert_int_equal(d.away, 0);
  assert_int_equal(views_learner(host.store, &world.ada, &arena, &d), ERR_NOT_FOUND);
}

static void a_visitors_marks_count_once_also_when_they_enrol_later(void **state) {
  (void)state;
  struct view_learner_detail d;
  mark(&world.zoe, ENUM_mark_code_P);
  bring(&device);
  test_device_mark(&other, &world.ben, &world.brass_today, &world.zoe, ENUM_mark_code_AU, -1);
  bring(&other);
  settle(&world.strings_today);
  settle(&world.brass_today);
  for (int enrolled = 0; enrolled < 2; enrolled++) {
    assert_int_equal(views_learner(host.store, &world.zoe, &arena, &d), ERR_OK);
    assert_int_equal(d.here, 1);
    assert_int_equal(d.away, 1);
    if (!enrolled) hub_world_enrol(&host, &world.zoe, &world.brass, world.today, 0);
  }
}

/* Who is enrolled is asked once for a whole register: a visitor among the players is found all the same. */
static void a_visitor_marked_with_a_whole_register_is_found(void **state) {
  (void)state;
  const struct id *all[] = {&world.zoe, &world.kit, &world.jo, &world.li};
  for (size_t i = 0; i < 4; i++) mark(all[i], ENUM_mark_code_P);
  bring(&device);
  settle(&world.strings_today);
  for (size_t i = 0; i < 4; i++) {
    struct view_learner_detail d;
    assert_int_equal(views_learner(host.store, all[i], &arena, &d), ERR_OK);
    assert_int_equal(d.here, 1);
  }
}

static void the_records_of_one_child_name_one_another(void **state) {
  (void)state;
  struct view_learner_detail d;
  assert_int_equal(views_learner(host.store, &world.zoe, &arena, &d), ERR_OK);
  assert_int_equal(d.same_count, 0);
  struct op op = {.table = schema_table(TABLE_learner), .row = world.jo};
  op.units = 1U << op.table->columns[COL(learner, merged_into)].unit;
  op.values[COL(learner, merged_into)] = value_id(&world.zoe);
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  hub_world_put(&host, &op);
  assert_int_equal(views_learner(host.store, &world.zoe, &arena, &d), ERR_OK);
  assert_int_equal(d.same_count, 1);
  assert_true(id_equal(&d.same[0].id, &world.jo) && id_equal(&d.same[0].into, &world.zoe));
  assert_int_equal(views_learner(host.store, &world.jo, &arena, &d), ERR_OK);
  assert_int_equal(d.same_count, 1);
  assert_true(id_equal(&d.same[0].id, &world.zoe) && id_is_zero(&d.same[0].into));
  assert_true(id_equal(&d.into, &world.zoe));
}

static void who_stands_for_a_player_is_no_visitor(void **state) {
  (void)state;
  struct op op = {.table = schema_table(TABLE_learner), .row = world.kit};
  op.units = 1U << op.table->columns[COL(learner, merged_into)].unit;
  op.values[COL(learner, merged_into)] = value_id(&world.zoe);
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  mark(&world.kit, ENUM_mark_code_P);
  bring(&device);
  assert_int_equal(today(&world.strings_today).totals.of, 4); /* Kit has no place in Strings */
  hub_world_put(&host, &op);
  struct view_register r = today(&world.strings_today);
  assert_int_equal(r.totals.of, 3); /* and is Zoe, who has one */
  assert_int_equal(r.totals.here, 1);
  assert_int_equal(r.totals.unmarked, 2);
}

static void devices_show_what_they_wait_for(void **state) {
  (void)state;
  struct view_device *list;
  size_t count;
  mark(&world.zoe, ENUM_mark_code_P);
  bring(&device);
  test_device_mark(&other, &world.ben, &world.strings_today, &world.zoe, ENUM_mark_code_AU, -1);
  test_device_mark(&other, &world.ada, &world.strings_today, &world.jo, ENUM_mark_code_AU, -1);
  bring(&other);
  assert_int_equal(views_devices(host.store, &arena, &list, &count), ERR_OK);
  assert_int_equal(count, 2);
  for (size_t i = 0; i < count; i++) {
    bool bens = id_equal(&list[i].device.id, &other.id);
    assert_int_equal(list[i].quarantined, bens);
    assert_int_equal(list[i].open_conflicts, 1);
    assert_int_equal(list[i].staff_count, 1);
    assert_int_equal(list[i].device.last_receipt_ms, host.now.wall_ms);
    assert_int_equal(list[i].device.seq, 1);
  }
}

struct exported {
  size_t count, stop_after;
  struct view_export_row last;
};

static bool take_row(void *ctx, const struct view_export_row *r) {
  struct exported *x = ctx;
  x->last = *r;
  assert_true(text_is(r->author_name, "Ada"));
  assert_int_equal(r->received_ms, host.now.wall_ms);
  return ++x->count < x->stop_after;
}

static void registers_are_exported_mark_by_mark(void **state) {
  (void)state;
  struct exported x = {.stop_after = 100};
  mark(&world.zoe, ENUM_mark_code_P);
  mark(&world.jo, ENUM_mark_code_L);
  mark(&world.li, ENUM_mark_code_none);
  assert_int_equal(views_export_registers(host.store, 0, 99999, take_row, &x), ERR_OK);
  assert_int_equal(x.count, 0);
  set_register(ENUM_register_state_closed);
  bring(&device);
  assert_int_equal(views_export_registers(host.store, world.today, world.today, take_row, &x), ERR_OK);
  assert_int_equal(x.count, 2);
  x = (struct exported){.stop_after = 1};
  assert_int_equal(views_export_registers(host.store, world.today, world.today, take_row, &x), ERR_OK);
  assert_int_equal(x.count, 1);
  assert_int_equal(views_export_registers(host.store, world.today + 1, world.today + 2, take_row, &x),
                   ERR_OK);
  assert_int_equal(x.count, 1);
}

static void the_digest_is_the_same_after_a_restart(void **state) {
  (void)state;
  uint8_t before[hash_bytes], after[hash_bytes];
  mark(&world.zoe, ENUM_mark_code_P);
  bring(&device);
  hub_host_digest(&host, before);
  hub_host_reopen(&host);
  hub_host_digest(&host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void a_hub_is_never_made_over_another(void **state) {
  (void)state;
  struct store *s = NULL;
  struct fault fault = {.code = ERR_OK};
  struct store_sqlite_config config = {.path = host.path, .create = true};
  assert_int_equal(store_sqlite_open(&s, &config, &fault), ERR_EXISTS);
  assert_non_null(fault.text);
  config = (struct store_sqlite_config){.path = "/nowhere/hub.db"};
  assert_int_equal(store_sqlite_open(&s, &config, &fault), ERR_NOT_FOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_untouched_register_goes_from_upcoming_to_due_to_missing),
      TEST(a_register_of_a_closed_day_is_not_missing_unless_somebody_began_it),
      TEST(totals_add_up_and_count_visitors_once_marked),
      TEST(a_register_shows_who_wrote_what_where_and_every_version),
      TEST(the_basses_of_an_orchestra_stand_below_its_cellos),
      TEST(a_register_nobody_planned_is_not_found),
      TEST(learners_are_found_without_accents_or_case),
      TEST(an_account_never_takes_the_place_of_another_of_its_name),
      TEST(the_office_finds_a_learner_by_a_number_of_another_system),
      TEST(all_learners_come_in_pages_that_neither_skip_nor_repeat),
      TEST(one_learner_has_notes_and_attendance),
      TEST(a_visitors_marks_count_once_also_when_they_enrol_later),
      TEST(a_visitor_marked_with_a_whole_register_is_found),
      TEST(who_stands_for_a_player_is_no_visitor),
      TEST(the_records_of_one_child_name_one_another),
      TEST(devices_show_what_they_wait_for),
      TEST(registers_are_exported_mark_by_mark),
      TEST(the_digest_is_the_same_after_a_restart),
      TEST(a_hub_is_never_made_over_another),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
