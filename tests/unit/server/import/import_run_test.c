/* import_run_test.c: a file previewed as a difference, applied as a run, and taken back. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
/* clang-format on */

#include "server/import/import_map.h"
#include "server/import/uploads.h"
#include "tests/unit/server/import/import_desk.h"

static struct row inclusion(struct desk *d, const char *ref) {
  struct id id, child = desk_learner(d, ref).id;
  struct row row;
  crypto_row_id(&id, TABLE_inclusion, &child, 1);
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_inclusion), &id, &d->arena, &row),
      ERR_OK);
  return row;
}

#define FIRST "ref,first_name,last_name,year_group\nL1,Jo,Testing,5\nL2,Li,Testing,6\n"
#define LATER "ref,first_name,last_name,year_group\nL1,Jo,Otherwise,6\nL3,Bo,Testing,1\n"

static void a_preview_is_a_difference_and_writes_nothing(void **state) {
  struct desk *d = *state;
  uint8_t before[hash_bytes], after[hash_bytes];
  desk_apply(d, "learners", FIRST);
  hub_host_digest(&d->host, before);
  assert_int_equal(desk_read(d, "learners", LATER), 0);
  struct import_look l = desk_look(d, IMPORT_CHANGED);
  assert_int_equal(l.counts[IMPORT_NEW], 1);
  assert_int_equal(l.counts[IMPORT_CHANGED], 1);
  assert_int_equal(l.counts[IMPORT_UNCHANGED], 0);
  assert_int_equal(l.counts[IMPORT_GONE], 1);
  assert_int_equal(l.page.line_count, 1);
  assert_int_equal(l.page.lines[0].number, 2);
  bool named = false;
  for (size_t i = 0; i < l.page.lines[0].change_count; i++) {
    const struct import_change *c = &l.page.lines[0].changes[i];
    if (strcmp(c->column->name, "last_name") != 0) continue;
    named = slice_equal(c->before.text, slice_text("Testing")) &&
            slice_equal(c->after.text, slice_text("Otherwise"));
  }
  assert_true(named);
  l = desk_look(d, IMPORT_GONE);
  assert_int_equal(l.page.line_count, 1);
  assert_true(slice_equal(l.page.lines[0].values[COL(learner, first_name)].text, slice_text("Li")));
  hub_host_digest(&d->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void a_second_run_changes_nothing_and_is_not_kept(void **state) {
  struct desk *d = *state;
  struct store_run *list;
  size_t count;
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "learners", FIRST);
  assert_int_equal(d->result.unchanged, 2);
  assert_int_equal(d->host.store->ops->run_list(d->host.store, 10, &d->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 1);
}

static void an_import_taken_back_leaves_what_was(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "learners", LATER);
  assert_int_equal(desk_undo(d, 2, &blocks), ERR_OK);
  struct row jo = desk_learner(d, "L1"), bo = desk_learner(d, "L3");
  assert_true(slice_equal(jo.values[COL(learner, last_name)].text, slice_text("Testing")));
  assert_true(slice_equal(jo.values[COL(learner, year_group)].text, slice_text("5")));
  assert_int_equal(bo.values[COL(learner, status)].i, ENUM_learner_status_left);
  assert_int_equal(desk_undo(d, 2, &blocks), ERR_CONFLICT); /* once */
  desk_apply(d, "learners", LATER);
  bo = desk_learner(d, "L3");
  assert_int_equal(bo.values[COL(learner, status)].i,
                   ENUM_learner_status_active); /* the list says so again */
}

static void what_later_work_stands_on_is_not_taken_back(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  uint8_t before[hash_bytes], after[hash_bytes];
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "learners", LATER);
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_CONFLICT);
  assert_int_equal(blocks.count, 1); /* Jo was changed since */
  assert_true(id_equal(&blocks.list[0].row, &blocks.list[0].later));
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  desk_apply(d, "enrolments", "learner_ref,activity_ref,starts\nL3,A1,2026-09-01\n");
  hub_host_digest(&d->host, before);
  assert_int_equal(desk_undo(d, 2, &blocks), ERR_CONFLICT); /* Bo is enrolled */
  assert_int_equal(blocks.count, 1);
  assert_int_equal(blocks.list[0].later_table->id, TABLE_enrolment);
  hub_host_digest(&d->host, after);
  assert_memory_equal(before, after, hash_bytes);
}

static void put_mark(struct desk *d, const struct id *session, const struct id *learner) {
  const struct id keys[] = {*session, *learner};
  struct op op = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op.row, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(session);
  op.values[COL(mark, learner)] = value_id(learner);
  op.values[COL(mark, code)] = value_int(ENUM_mark_code_P);
  hub_world_put(&d->host, &op);
}

static void expect_mark_in_the_way(struct desk *d, uint8_t run) {
  struct run_blocks blocks;
  assert_int_equal(desk_undo(d, run, &blocks), ERR_CONFLICT);
  assert_int_equal(blocks.count, 1);
  assert_int_equal(blocks.list[0].later_table->id, TABLE_mark);
}

/* Enrolled or not, at a meeting that the hub knows, brought in itself, or that nobody knows. */
static void a_mark_keeps_what_it_stands_on_wherever_it_was_made(void **state) {
  struct desk *d = *state;
  struct hub_world w;
  struct id meeting, nowhere = {{0x55, 0x66}};
  struct run_blocks blocks;
  hub_world_make(&w, &d->host);
  put_mark(d, &w.brass_today, &w.kit); /* before all lists: in nobody's way */
  desk_apply(d, "learners", FIRST);
  struct row jo = desk_learner(d, "L1");
  put_mark(d, &w.strings_today, &jo.id);
  expect_mark_in_the_way(d, 1);
  desk_apply(d, "learners", "ref,first_name\nN1,Nowhere\n");
  struct row lost = desk_learner(d, "N1");
  put_mark(d, &nowhere, &lost.id);
  expect_mark_in_the_way(d, 2);
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  desk_apply(d, "timetable", "activity_ref,date,starts,ends\nA1,2026-11-27,15:00,16:00\n");
  crypto_import_id(&meeting, &d->host.hub.id, "session", slice_text("A1|2026-11-27|15:00"));
  assert_int_equal(desk_undo(d, 4, &blocks), ERR_OK);
  desk_apply(d, "timetable", "activity_ref,date,starts,ends\nA1,2026-11-28,15:00,16:00\n");
  crypto_import_id(&meeting, &d->host.hub.id, "session", slice_text("A1|2026-11-28|15:00"));
  put_mark(d, &meeting, &w.kit);
  expect_mark_in_the_way(d, 5);
}

/* The last list first, one after the other: what a later one wrote, and what took it back, cancel. */
static void lists_are_taken_back_one_after_the_other_from_the_latest_on(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "learners", LATER);
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  desk_apply(d, "enrolments", "learner_ref,activity_ref,starts\nL3,A1,2026-09-01\n");
  desk_apply(d, "learners", "ref,first_name,last_name,year_group,dob\nL1,Joe,Third,7,2014-02-01\n");
  for (uint8_t run = 5; run > 0; run--) {
    if (run == 3) continue; /* in any order that has nothing standing on it */
    assert_int_equal(desk_undo(d, run, &blocks), ERR_OK);
    struct row jo = desk_learner(d, "L1");
    const char *name = run == 5 || run == 4 ? "Otherwise" : "Testing";
    assert_true(slice_equal(jo.values[COL(learner, last_name)].text, slice_text(name)));
    assert_int_equal(jo.values[COL(learner, status)].i,
                     run == 1 ? ENUM_learner_status_left : ENUM_learner_status_active);
    assert_int_equal(jo.values[COL(learner, dob)].kind, VALUE_NULL);
  }
  assert_int_equal(desk_undo(d, 3, &blocks), ERR_OK);
}

/* Taken back and written again is written since, by whoever it was. */
static void what_was_written_after_a_later_list_was_taken_back_stands(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "learners", LATER);
  assert_int_equal(desk_undo(d, 2, &blocks), ERR_OK);
  desk_apply(d, "learners", "ref,first_name,last_name,year_group\nL1,Jo,Again,5\n");
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_CONFLICT);
  assert_int_equal(blocks.count, 1);
  assert_int_equal(desk_undo(d, 3, &blocks), ERR_OK);
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_OK);
}

/* What stood before the later list was not this one's: taking that one back does not bring this one up. */
static void what_was_written_between_two_lists_stands_when_the_later_one_is_taken_back(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "learners", FIRST);
  struct row jo = desk_learner(d, "L1");
  struct op op = {.table = schema_table(TABLE_learner), .row = jo.id};
  for (uint8_t i = 0; i < op.table->column_count; i++) op.values[i] = jo.values[i];
  op.values[COL(learner, last_name)] = value_text(slice_text("By-Hand"));
  op.units = 1U << op.table->columns[COL(learner, last_name)].unit;
  hub_world_put(&d->host, &op);
  desk_apply(d, "learners", LATER);
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  jo = desk_learner(d, "L1");
  assert_true(slice_equal(jo.values[COL(learner, last_name)].text, slice_text("By-Hand")));
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_CONFLICT);
}

static void a_row_changed_since_the_look_stops_everything(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", FIRST);
  assert_int_equal(desk_read(d, "learners", LATER), 0);
  uint64_t versions[2] = {d->im.sources[0].version + 1, 0};
  struct store_run run = {.id = {{9}}, .who = d->host.hub.id};
  assert_int_equal(run_apply(&d->result, &d->host.hub, d->host.store, &d->host.now, &run, d->im.ops, versions,
                             2, NULL, &d->fault),
                   ERR_CONFLICT);
  struct row jo = desk_learner(d, "L1");
  assert_true(slice_equal(jo.values[COL(learner, last_name)].text, slice_text("Testing")));
}

static void headings_of_other_systems_are_guessed_and_remembered(void **state) {
  struct desk *d = *state;
  const struct slice mis[] = {slice_text("Adno"), slice_text("Legal Surname"), slice_text("FORENAME"),
                              slice_text("Date of Birth"), slice_text("Reg")};
  const struct import_file *file = import_file_guess(mis, 5), *recalled;
  struct import_map map, again;
  assert_string_equal(file->name, "learners");
  import_map_guess(&map, file, mis, 5);
  static const char *const means[] = {"mis_id", "last_name", "first_name", "dob"};
  for (size_t i = 0; i < 4; i++) assert_string_equal(file->cells[map.cells[i] - 1].csv, means[i]);
  assert_int_equal(map.cells[4], 0);
  assert_int_equal(import_map_recall(&again, &recalled, d->host.store, mis, 5, &d->arena), ERR_NOT_FOUND);
  map.cells[3] = 0;
  map.day_first = true;
  assert_int_equal(import_map_keep(d->host.store, &map, file, mis, 5), ERR_OK);
  assert_int_equal(import_map_recall(&again, &recalled, d->host.store, mis, 5, &d->arena), ERR_OK);
  assert_ptr_equal(recalled, file);
  assert_memory_equal(again.cells, map.cells, 5);
  assert_true(again.day_first);
}

/* Systems of schools write T and F, Y and N; what is older than what the hub holds changes nothing. */
static void of_inclusion_the_newest_day_is_kept(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", FIRST);
  desk_apply(
      d, "inclusion",
      "learner_ref,as_at,fsm,pupil_premium,send,sex\nL1,2026-09-01,Y,false,K,F\nL2,2026-09-01,no,declined,,"
      "\n");
  struct row row = inclusion(d, "L1");
  assert_int_equal(row.values[COL(inclusion, fsm)].i, ENUM_answer_yes);
  assert_int_equal(row.values[COL(inclusion, pupil_premium)].i, ENUM_answer_no);
  assert_int_equal(row.values[COL(inclusion, send)].i, ENUM_send_K);
  assert_int_equal(row.values[COL(inclusion, cla)].kind, VALUE_NULL);
  assert_int_equal(desk_read(d, "inclusion", "learner_ref,as_at,fsm\nL1,2026-08-31,no\n"), 0);
  struct import_look l = desk_look(d, IMPORT_CHANGED);
  assert_int_equal(l.counts[IMPORT_CHANGED], 0);
  assert_int_equal(l.counts[IMPORT_UNCHANGED], 1);
  assert_int_equal(l.counts[IMPORT_GONE], 1);
  desk_apply(d, "inclusion", "learner_ref,as_at,fsm\nL1,2026-09-02,no\n");
  assert_int_equal(inclusion(d, "L1").values[COL(inclusion, fsm)].i, ENUM_answer_no);
  assert_int_equal(
      desk_read(d, "inclusion", "learner_ref,as_at,fsm\nL1,2199-01-01,no\nL2,2026-09-01,maybe\n"), 2);
}

static void inclusion_taken_back_is_as_if_nobody_had_said_it(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "learners", FIRST);
  desk_apply(d, "inclusion", "learner_ref,as_at,fsm,sex,ethnicity\nL1,2026-09-01,yes,F,Group A\n");
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  struct row row = inclusion(d, "L1");
  for (size_t i = COL(inclusion, fsm); i <= COL(inclusion, remission); i++)
    assert_int_equal(row.values[i].kind, VALUE_NULL);
  desk_apply(d, "inclusion", "learner_ref,as_at,fsm\nL2,2026-09-01,yes\n");
  desk_apply(d, "inclusion", "learner_ref,as_at,fsm\nL2,2026-09-02,no\n");
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  assert_int_equal(inclusion(d, "L2").values[COL(inclusion, fsm)].i, ENUM_answer_yes);
  assert_int_equal(inclusion(d, "L2").values[COL(inclusion, as_at)].i, desk_day("2026-09-01"));
}

static void an_activity_names_its_partner_and_an_agreement_one_side(void **state) {
  struct desk *d = *state;
  struct id trust, activity;
  struct row row;
  crypto_import_id(&trust, &d->host.hub.id, "partner", slice_text("P1"));
  crypto_import_id(&activity, &d->host.hub.id, "activity", slice_text("A1"));
  assert_int_equal(desk_read(d, "activities", "ref,name,mode,partner_ref\nA1,Pans,ensemble,P1\n"), 1);
  desk_apply(d, "partners", "ref,name,kind,stage\nP1,Sample Trust,arts,agreement\n");
  desk_apply(d, "activities", "ref,name,mode,partner_ref\nA1,Pans,ensemble,P1\n");
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_activity), &activity, &d->arena, &row),
      ERR_OK);
  assert_true(id_equal(&row.values[COL(activity, partner)].id, &trust));
  assert_int_equal(desk_read(d, "agreements", "ref,partner_ref,starts,status\nG1,,2026-09-01,live\n"), 1);
  assert_int_equal(
      desk_read(d, "agreements", "ref,partner_ref,starts,ends,status\nG1,P1,2026-09-01,2026-08-31,live\n"),
      1);
  desk_apply(d, "agreements",
             "ref,partner_ref,functions,starts,status,signed_1\nG1,P1,schools "
             "inclusion,2026-09-01,live,2026-09-02\n");
  desk_apply(d, "population",
             "area,people,number,as_at\nNorth,fsm,120,2026-09-01\nNorth,all,900,2026-09-01\n");
  assert_int_equal(d->result.inserted, 2);
  assert_int_equal(desk_read(d, "population", "area,people,number,as_at\nNorth,goblins,1,2026-09-01\n"), 1);
}

static void instruments_come_in_by_their_serial_number(void **state) {
  struct desk *d = *state;
  static const char list[] = "serial,what,condition,starts\n007,Cornet,good,2020-09-01\n";
  desk_apply(d, "instruments", list);
  assert_int_equal(d->result.inserted, 1);
  assert_int_equal(desk_read(d, "instruments", list), 0);
  assert_int_equal(desk_look(d, IMPORT_UNCHANGED).counts[IMPORT_UNCHANGED], 1);
  desk_apply(d, "instruments", "serial,what,condition,starts\n007,Cornet,repair,2020-09-01\n");
  assert_int_equal(d->result.changed, 1);
  assert_int_equal(
      desk_read(d, "instruments", "serial,what,condition,starts\n8,Cornet,shiny,2020-09-01\n9,,good,\n"), 3);
}

static void needs_come_in_by_learner_and_words(void **state) {
  struct desk *d = *state;
  static const char list[] = "learner_ref,kind,text,expires\nL1,medical,Asthma: blue inhaler,2027-07-31\n"
                             "L1,medical,Epilepsy,\nL2,access,Wheelchair,\n";
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\nL2,Li\n");
  desk_apply(d, "needs", list);
  assert_int_equal(d->result.inserted, 3);
  assert_int_equal(desk_read(d, "needs", list), 0);
  assert_int_equal(desk_look(d, IMPORT_UNCHANGED).counts[IMPORT_UNCHANGED], 3);
  desk_apply(d, "needs", "learner_ref,kind,text,expires\nL1,medical,Epilepsy,2026-12-31\n");
  assert_int_equal(d->result.changed, 1);
  assert_int_equal(
      desk_read(d, "needs", "learner_ref,kind,text\nL9,medical,Asthma\nL1,dental,Braces\nL1,access,\n"), 3);
}

static void needs_taken_back_are_in_no_list(void **state) {
  struct desk *d = *state;
  static const char list[] = "learner_ref,kind,text\nL1,allergy,Peanuts\n";
  struct run_blocks blocks;
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\n");
  desk_apply(d, "needs", list);
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  struct id id;
  struct row row;
  crypto_import_id(&id, &d->host.hub.id, "need", slice_text("L1|allergy|Peanuts"));
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_need), &id, &d->arena, &row), ERR_OK);
  assert_true(row.exists && row_removed(&row));
  desk_apply(d, "needs", list); /* the same words once more: in use again */
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_need), &id, &d->arena, &row), ERR_OK);
  assert_false(row_removed(&row));
}

static struct row loan_of(struct desk *d, const char *ref) {
  const struct table *t = schema_table(TABLE_instrument_loan);
  struct row row;
  struct id id;
  crypto_import_id(&id, &d->host.hub.id, "instrument_loan", slice_text(ref));
  assert_int_equal(d->host.store->ops->load_row(d->host.store, t, &id, &d->arena, &row), ERR_OK);
  assert_true(row.exists);
  return row;
}

static void loans_come_in_by_number_and_day(void **state) {
  struct desk *d = *state;
  static const char heads[] = "serial,learner_ref,starts,due,returned,charge\n";
  char list[400];
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\nL2,Li\n");
  desk_apply(d, "instruments",
             "serial,what,starts,ends\n007,Cornet,2020-09-01,\n008,Horn,2020-09-01,2021-08-31\n");
  desk_apply(d, "inclusion", "learner_ref,as_at,cla\nL2,2026-09-01,yes\n");
  snprintf(list, sizeof list, "%s%s", heads, "007,L1,2026-09-01,2026-12-18,,paid\n");
  desk_apply(d, "loans", list);
  assert_int_equal(d->result.inserted, 1);
  assert_int_equal(desk_read(d, "loans", list), 0);
  assert_int_equal(desk_look(d, IMPORT_UNCHANGED).counts[IMPORT_UNCHANGED], 1);
  /* It came back and went out again: two rows of one list, in whatever order. */
  snprintf(list, sizeof list, "%s%s%s", heads, "007,L2,2026-10-01,2026-12-18,,\n",
           "007,L1,2026-09-01,2026-12-18,2026-10-01,paid\n");
  desk_apply(d, "loans", list);
  assert_int_equal(d->result.inserted, 1);
  assert_int_equal(d->result.changed, 1);
  assert_int_equal(loan_of(d, "007|2026-10-01").values[COL(instrument_loan, charge)].i,
                   ENUM_charge_looked_after);
}

static void a_list_lends_nothing_twice(void **state) {
  struct desk *d = *state;
  static const char heads[] = "serial,learner_ref,starts,due,returned,charge\n";
  static const struct {
    const char *rows;
    size_t mistakes;
  } lists[] = {
      {"007,L2,2026-10-01,2026-12-18,,\n", 1},                                 /* it is out */
      {"007,L2,2026-08-01,2026-12-18,2026-08-20,\n", 0},                       /* before that it was not */
      {"009,L1,2026-10-01,2026-12-18,,\n009,L2,2026-10-02,2026-12-18,,\n", 1}, /* neither row is stored */
      {"008,L1,2026-10-01,2026-12-18,,\n", 1},                                 /* sold */
      {"009,L1,2026-10-01,2026-09-18,,\n", 1},                                 /* due before it goes out */
      {"009,L1,2026-10-01,2026-12-18,2026-09-18,\n", 1},                       /* back before it goes out */
      {"009,L2,2026-10-01,2026-12-18,,paid\n", 1},                             /* looked after: free */
      {"010,L1,2026-10-01,2026-12-18,,\n", 1},                                 /* no such instrument */
      {"009,L9,2026-10-01,2026-12-18,,\n", 1},                                 /* nobody */
  };
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\nL2,Li\n");
  desk_apply(
      d, "instruments",
      "serial,what,starts,ends\n007,Cornet,2020-09-01,\n008,Horn,2020-09-01,2021-08-31\n009,Oboe,2020-09-"
      "01,\n");
  desk_apply(d, "inclusion", "learner_ref,as_at,cla\nL2,2026-09-01,yes\n");
  desk_apply(d, "loans", "serial,learner_ref,starts,due\n007,L1,2026-09-01,2026-12-18\n");
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    char list[300];
    snprintf(list, sizeof list, "%s%s", heads, lists[i].rows);
    size_t found = desk_read(d, "loans", list);
    if (found != lists[i].mistakes) fail_msg("%s: %zu mistakes", lists[i].rows, found);
  }
}

/* Whose loan it is stays as it was first written: a list that says another must not pass for unchanged, nor
 * bring back what was taken back for that very reason. */
static void what_cannot_be_changed_is_said(void **state) {
  struct desk *d = *state;
  static const char own[] = "serial,learner_ref,starts,due\n007,L1,2026-09-01,2026-12-18\n",
                    other[] = "serial,learner_ref,starts,due\n007,L2,2026-09-01,2026-12-18\n";
  struct run_blocks blocks;
  desk_apply(d, "learners", "ref,first_name\nL1,Jo\nL2,Li\n");
  desk_apply(d, "instruments", "serial,what,starts\n007,Cornet,2020-09-01\n");
  desk_apply(d, "loans", own);
  for (int back = 0; back < 2; back++) {
    assert_int_equal(desk_read(d, "loans", own), 0);
    assert_int_equal(desk_read(d, "loans", other), 1);
    if (back == 0) assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  }
  assert_int_equal(d->im.errors[0].row, 2);
  assert_string_equal(d->im.errors[0].column, "learner_ref");
  assert_non_null(strstr(d->im.errors[0].text, "leave the row out"));
}

static void a_row_whose_key_is_a_day_is_the_same_however_the_day_is_written(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n012345,Sample School\n");
  desk_apply(d, "contracts", "school_urn,lessons_a_year,starts\n012345,33,2026-09-01\n");
  assert_int_equal(d->result.inserted, 1);
  desk_apply(d, "contracts", "school_urn,lessons_a_year,starts\n012345,30,31/08/2026\n");
  assert_int_equal(d->result.inserted, 1);
  desk_apply(d, "contracts", "school_urn,lessons_a_year,starts\n012345,30,2026-08-31\n");
  assert_int_equal(d->result.inserted + d->result.changed, 0);
}

static void closed_days_are_of_a_school_or_of_everything(void **state) {
  struct desk *d = *state;
  static const char list[] = "school_urn,starts,ends,reason\n012345,13/11/2026,13/11/2026,INSET day\n"
                             ",2026-10-26,2026-10-30,Half term\n",
                    wrong[] = "school_urn,starts,ends,reason\n,2026-10-30,2026-10-26,Half term\n";
  struct arena a = ARENA_INIT(1 << 16);
  struct row row;
  struct id id;
  desk_apply(d, "schools", "urn,name\n012345,Sample School\n");
  desk_apply(d, "closures", list);
  assert_int_equal(d->result.inserted, 2);
  desk_apply(d, "closures", list);
  assert_int_equal(d->result.inserted + d->result.changed, 0);
  desk_apply(d, "closures", "starts,ends,reason\n2026-10-26,2026-10-30,Autumn half term\n");
  assert_int_equal(d->result.inserted, 0);
  assert_int_equal(d->result.changed, 1);
  crypto_import_id(&id, &d->host.hub.id, "closure", slice_text("2026-10-26"));
  assert_int_equal(d->host.store->ops->load_row(d->host.store, schema_table(TABLE_closure), &id, &a, &row),
                   ERR_OK);
  assert_true(row.exists && row.values[COL(closure, school)].kind == VALUE_NULL);
  arena_finish(&a);
  assert_int_equal(desk_read(d, "closures", wrong), 1);
  assert_string_equal(d->im.errors[0].column, "ends");
}

/* The office took it back, and a list of the year's terms has it once more. */
static void a_term_that_was_taken_back_stands_again_by_a_list(void **state) {
  static const char list[] = "name,starts,ends\nSpring 2027,2027-01-04,2027-03-26\n";
  struct desk *d = *state;
  struct run_blocks blocks;
  desk_apply(d, "terms", list);
  assert_int_equal(d->result.inserted, 1);
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_OK); /* a list that is taken back takes its terms with it */
  struct arena a = ARENA_INIT(1 << 20);
  struct row row;
  struct id id;
  crypto_import_id(&id, &d->host.hub.id, "term", slice_text("Spring 2027"));
  assert_int_equal(d->host.store->ops->load_row(d->host.store, schema_table(TABLE_term), &id, &a, &row),
                   ERR_OK);
  assert_true(row_removed(&row));
  desk_apply(d, "terms", list);
  assert_int_equal(d->result.changed, 1);
  assert_int_equal(d->host.store->ops->load_row(d->host.store, schema_table(TABLE_term), &id, &a, &row),
                   ERR_OK);
  assert_false(row_removed(&row));
  arena_finish(&a);
}

static void parts_of_a_file_arrive_once_and_in_order(void **state) {
  (void)state;
  char dir[] = "/tmp/tutti-uploads-XXXXXX", path[upload_path_bytes_max];
  struct fault fault;
  struct id id = {{1}}, other = {{2}};
  assert_non_null(mkdtemp(dir));
  assert_int_equal(uploads_begin(dir, &id, 0), ERR_OK);
  assert_int_equal(uploads_add(dir, &id, 0, slice_text("abc")), ERR_OK);
  assert_int_equal(uploads_add(dir, &id, 0, slice_text("abc")), ERR_OK); /* said twice */
  assert_int_equal(uploads_add(dir, &id, 4, slice_text("e")), ERR_CONFLICT);
  assert_int_equal(uploads_add(dir, &id, 2, slice_text("cd")), ERR_CONFLICT);
  assert_int_equal(uploads_add(dir, &id, 3, slice_text("d")), ERR_OK);
  assert_int_equal(uploads_add(dir, &id, upload_bytes_max, slice_text("d")), ERR_TOO_BIG);
  assert_int_equal(uploads_add(dir, &other, 0, slice_text("d")), ERR_NOT_FOUND);
  assert_int_equal(uploads_path(path, dir, &id), ERR_OK);
  assert_int_equal(access(path, R_OK), 0);
  assert_int_equal(uploads_clear(dir, &fault), ERR_OK); /* as after a crash */
  assert_int_not_equal(access(path, R_OK), 0);
  assert_int_equal(rmdir(dir), 0);
}

static void touch(const char *dir, const char *name) {
  char path[128];
  (void)snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fclose(f), 0);
}

/* A workbook loses its name when it has just been made; a hub that is killed before that leaves it. */
static void what_a_killed_hub_left_of_a_workbook_is_gone_when_it_starts(void **state) {
  (void)state;
  char dir[] = "/tmp/tutti-uploads-XXXXXX", kept[64];
  struct fault fault;
  assert_non_null(mkdtemp(dir));
  touch(dir, "sheet-a1B2c3");
  touch(dir, "tmp.d4E5f6");
  touch(dir, "somebody's own");
  assert_int_equal(uploads_clear(dir, &fault), ERR_OK);
  (void)snprintf(kept, sizeof kept, "%s/somebody's own", dir);
  assert_int_equal(unlink(kept), 0);
  assert_int_equal(rmdir(dir), 0);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(a_preview_is_a_difference_and_writes_nothing),
      CASE(a_second_run_changes_nothing_and_is_not_kept),
      CASE(an_import_taken_back_leaves_what_was),
      CASE(what_later_work_stands_on_is_not_taken_back),
      CASE(a_mark_keeps_what_it_stands_on_wherever_it_was_made),
      CASE(lists_are_taken_back_one_after_the_other_from_the_latest_on),
      CASE(what_was_written_after_a_later_list_was_taken_back_stands),
      CASE(what_was_written_between_two_lists_stands_when_the_later_one_is_taken_back),
      CASE(a_row_changed_since_the_look_stops_everything),
      CASE(headings_of_other_systems_are_guessed_and_remembered),
      CASE(of_inclusion_the_newest_day_is_kept),
      CASE(inclusion_taken_back_is_as_if_nobody_had_said_it),
      CASE(an_activity_names_its_partner_and_an_agreement_one_side),
      CASE(needs_come_in_by_learner_and_words),
      CASE(needs_taken_back_are_in_no_list),
      CASE(instruments_come_in_by_their_serial_number),
      CASE(loans_come_in_by_number_and_day),
      CASE(what_cannot_be_changed_is_said),
      CASE(a_list_lends_nothing_twice),
      CASE(a_row_whose_key_is_a_day_is_the_same_however_the_day_is_written),
      CASE(closed_days_are_of_a_school_or_of_everything),
      CASE(a_term_that_was_taken_back_stands_again_by_a_list),
      CASE(parts_of_a_file_arrive_once_and_in_order),
      CASE(what_a_killed_hub_left_of_a_workbook_is_gone_when_it_starts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
