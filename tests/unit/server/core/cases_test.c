/* cases_test.c: an absence that nobody explained becomes a case with the receipt of its closed register, ends
 * by itself when something explains it, and is never gone; a concern is taken from whoever may sign in, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/cases.h"
#include "server/core/erase.h"
#include "server/core/safeguarding.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static void put_register(int state) {
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &w->world.strings_today, 1);
  op.values[COL(register, session)] = value_id(&w->world.strings_today);
  op.values[COL(register, state)] = value_int(state);
  w->host.now.wall_ms += 1000;
  (void)test_device_write(&w->device, &w->world.ada, &op);
}

/* Zoe is away and nobody was told. */
static void away_in_a_closed_register(void) {
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_P);
  put_register(ENUM_register_state_closed);
  (void)ingest_bring(&w->device);
}

static struct view_case *cases(size_t *count) {
  struct view_case *list;
  uint64_t open;
  assert_int_equal(views_cases(w->host.store, 100, &w->arena, &list, count, &open), ERR_OK);
  return list;
}

static struct view_case the_case(void) {
  size_t count;
  struct view_case *list = cases(&count);
  assert_int_equal(count, 1);
  return list[0];
}

static struct view_case_detail detail(void) {
  struct view_case_detail d;
  struct id id = the_case().id;
  assert_int_equal(views_case(w->host.store, &id, &w->arena, &d), ERR_OK);
  return d;
}

static void notice(int32_t first, int32_t last, bool removed) {
  struct op op = {.table = schema_table(TABLE_absence_notice), .row = {{0x77}}, .units = removed ? 9 : 7};
  op.values[COL(absence_notice, learner)] = value_id(&w->world.zoe);
  op.values[COL(absence_notice, starts)] = value_int(first);
  op.values[COL(absence_notice, ends)] = value_int(last);
  op.values[COL(absence_notice, reason)] = value_text(slice_text("ill"));
  op.values[COL(absence_notice, removed)] = value_int(1);
  w->host.now.wall_ms += 1000;
  hub_world_put(&w->host, &op);
}

static err act(enum case_event_kind kind, const char *text, uint8_t outcome) {
  struct fault fault = {.code = ERR_OK};
  const struct case_act a = {.id = the_case().id,
                             .who = w->world.ben,
                             .by = slice_text("Sam Lead"),
                             .text = slice_text(text),
                             .kind = kind,
                             .outcome = outcome};
  err e = case_do(w->host.store, &w->host.now, &a, &fault);
  if (e != ERR_OK) assert_true(strlen(fault.text) > 8);
  return e;
}

static void it_opens_with_the_receipt_of_the_closed_register_and_not_before(void **state) {
  (void)state;
  size_t count;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  (void)ingest_bring(&w->device);
  (void)cases(&count);
  assert_int_equal(count, 0);
  put_register(ENUM_register_state_closed);
  (void)ingest_bring(&w->device);
  struct view_case one = the_case();
  assert_int_equal(one.state, CASE_OPEN);
  assert_true(id_equal(&one.learner, &w->world.zoe));
  assert_int_equal(one.opened_ms, w->host.now.wall_ms);
}

static void of_many_the_latest_is_listed_and_all_are_counted(void **state) {
  (void)state;
  struct view_case *list;
  size_t count;
  uint64_t open;
  away_in_a_closed_register();
  w->host.now.wall_ms += 60000;
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_AU);
  (void)ingest_bring(&w->device);
  assert_int_equal(views_cases(w->host.store, 1, &w->arena, &list, &count, &open), ERR_OK);
  assert_int_equal(count, 1);
  assert_true(id_equal(&list[0].learner, &w->world.jo));
  assert_int_equal(open, 2);
}

static void a_notice_that_comes_later_closes_it_by_itself_and_it_opens_again_without(void **state) {
  (void)state;
  away_in_a_closed_register();
  notice(w->world.today, w->world.today, false);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
  notice(w->world.today, w->world.today, true);
  assert_int_equal(the_case().state, CASE_OPEN);
  struct view_case_detail d = detail();
  assert_int_equal(d.event_count, 3);
  assert_int_equal(d.events[1].kind, CASE_EVENT_EXPLAINED);
  assert_int_equal(d.events[2].kind, CASE_EVENT_AGAIN);
}

static void an_absence_that_was_told_before_opens_none(void **state) {
  (void)state;
  size_t count;
  notice(w->world.today - 1, w->world.today + 1, false);
  away_in_a_closed_register();
  (void)cases(&count);
  assert_int_equal(count, 0);
}

static void reopening_the_register_ends_nothing_but_amending_the_mark_does(void **state) {
  (void)state;
  away_in_a_closed_register();
  put_register(ENUM_register_state_reopened);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_OPEN);
  w->host.now.wall_ms += 1000;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
}

static void what_a_person_ended_stays_ended_and_every_step_stays(void **state) {
  (void)state;
  away_in_a_closed_register();
  assert_int_equal(act(CASE_EVENT_TAKEN, "", 0), ERR_OK);
  assert_int_equal(act(CASE_EVENT_STEP, "Rang the school", 0), ERR_OK);
  assert_int_equal(act(CASE_EVENT_ENDED, "They have her", 0), ERR_INVALID);
  assert_int_equal(act(CASE_EVENT_ENDED, "They have her", 2), ERR_OK);
  notice(w->world.today, w->world.today, false);
  notice(w->world.today, w->world.today, true);
  struct view_case_detail d = detail();
  assert_int_equal(d.summary.state, CASE_ENDED);
  assert_true(slice_equal(d.summary.taken_by, slice_text("Sam Lead")));
  assert_int_equal(d.event_count, 4);
  assert_true(slice_equal(d.events[2].text, slice_text("Rang the school")));
  assert_int_equal(act(CASE_EVENT_ENDED, "again", 1), ERR_CONFLICT);
  assert_int_equal(act(CASE_EVENT_REOPENED, "there is news", 0), ERR_OK);
  assert_int_equal(the_case().state, CASE_OPEN);
}

static void contact(bool not_to_be_rung) {
  struct op op = {.table = schema_table(TABLE_contact), .row = {{0x66}}, .units = 7};
  op.values[COL(contact, learner)] = value_id(&w->world.zoe);
  op.values[COL(contact, name)] = value_text(slice_text("Mo Testing"));
  op.values[COL(contact, do_not_contact)] = value_int(not_to_be_rung);
  w->host.now.wall_ms += 1000;
  hub_world_put(&w->host, &op);
}

/* Ada rings somebody about Zoe; `number` names the row. */
static void ring(uint8_t number, int outcome, int minute, const char *said) {
  struct id mo = {{0x66}};
  struct op op = {.table = schema_table(TABLE_absence_call), .row = {{number}}, .units = 3};
  op.values[COL(absence_call, session)] = value_id(&w->world.strings_today);
  op.values[COL(absence_call, learner)] = value_id(&w->world.zoe);
  op.values[COL(absence_call, staff)] = value_id(&w->world.ada);
  op.values[COL(absence_call, contact)] = value_id(&mo);
  op.values[COL(absence_call, outcome)] = value_int(outcome);
  op.values[COL(absence_call, at)] = value_int(minute);
  if (said) op.values[COL(absence_call, said)] = value_text(slice_text(said));
  w->host.now.wall_ms += 1000;
  (void)test_device_write(&w->device, &w->world.ada, &op);
}

static bool last_event_says(const char *words) {
  struct view_case_detail d = detail();
  struct slice text = d.events[d.event_count - 1].text;
  char said[case_text_bytes_max + 1];
  bytes_copy(said, text.ptr, text.len);
  said[text.len] = '\0';
  return strstr(said, words) != NULL;
}

static void what_the_family_explains_on_the_telephone_ends_it_and_is_named(void **state) {
  (void)state;
  contact(false);
  away_in_a_closed_register();
  ring(1, ENUM_call_outcome_message, 1020, NULL);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_OPEN);
  ring(2, ENUM_call_outcome_explained, 1041, "Ill at home");
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
  assert_int_equal(detail().event_count, 2);
  assert_true(last_event_says("On the telephone at 17:21, Mo Testing to "));
  assert_true(last_event_says(": Ill at home"));
}

/* Both came at once, a week later: it was an absence nobody had explained, and it is followed up. */
static void a_call_that_comes_with_its_register_opens_a_case_that_is_explained(void **state) {
  (void)state;
  contact(false);
  ring(2, ENUM_call_outcome_explained, 1041, NULL);
  away_in_a_closed_register();
  struct view_case_detail d = detail();
  assert_int_equal(d.summary.state, CASE_EXPLAINED);
  assert_int_equal(d.event_count, 2);
  assert_int_equal(d.events[0].kind, CASE_EVENT_OPENED);
  assert_int_equal(d.events[1].kind, CASE_EVENT_EXPLAINED);
}

static void a_family_that_does_not_know_or_must_not_be_asked_ends_nothing(void **state) {
  (void)state;
  contact(false);
  away_in_a_closed_register();
  ring(2, ENUM_call_outcome_explained, 1041, NULL);
  (void)ingest_bring(&w->device);
  ring(3, ENUM_call_outcome_unaware, 1050, NULL); /* the other parent */
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_OPEN);
  ring(4, ENUM_call_outcome_explained, 1060, NULL); /* she is at her friend's after all */
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
  assert_true(last_event_says("17:40"));
  contact(true);
  ring(5, ENUM_call_outcome_no_answer, 1061, NULL);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_OPEN);
}

static void what_a_person_opened_again_only_a_person_ends(void **state) {
  (void)state;
  contact(false);
  away_in_a_closed_register();
  ring(2, ENUM_call_outcome_explained, 1041, NULL);
  (void)ingest_bring(&w->device);
  assert_int_equal(act(CASE_EVENT_REOPENED, "Nobody at home has seen her", 0), ERR_OK);
  ring(3, ENUM_call_outcome_explained, 1051, NULL);
  ingest_mark(&w->device, &w->world.ada, &w->world.jo, ENUM_mark_code_L);
  (void)ingest_bring(&w->device);
  notice(w->world.today, w->world.today, false);
  assert_int_equal(the_case().state, CASE_OPEN);
  assert_int_equal(act(CASE_EVENT_ENDED, "She is back", 1), ERR_OK);
  assert_int_equal(the_case().state, CASE_ENDED);
}

static void a_step_without_words_or_on_no_case_changes_nothing(void **state) {
  (void)state;
  away_in_a_closed_register();
  assert_int_equal(act(CASE_EVENT_STEP, "", 0), ERR_INVALID);
  struct fault fault;
  const struct case_act a = {.id = {{0x99}}, .text = slice_text("x"), .kind = CASE_EVENT_STEP};
  assert_int_equal(case_do(w->host.store, &w->host.now, &a, &fault), ERR_NOT_FOUND);
  assert_int_equal(detail().event_count, 1);
}

static err erase_zoe(void) {
  struct erase_result result;
  struct fault fault;
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->world.ben, .reason = slice_text("asked")};
  return erase_learner(&result, &w->host.hub, w->host.store, &w->host.now, &order, &fault);
}

static void an_open_case_holds_the_learner_and_an_ended_one_keeps_that_it_was(void **state) {
  (void)state;
  away_in_a_closed_register();
  assert_int_equal(erase_zoe(), ERR_FORBIDDEN);
  assert_int_equal(act(CASE_EVENT_ENDED, "Zoe was at home", 1), ERR_OK);
  assert_int_equal(erase_zoe(), ERR_OK);
  struct view_case_detail d = detail();
  assert_int_equal(d.summary.state, CASE_ENDED);
  assert_int_equal(d.event_count, 2);
  assert_int_equal(d.events[1].text.len, 0);
  assert_true(id_is_zero(&d.summary.learner)); /* nobody can tell any more whom */
}

static void arrive(const struct id *learner, struct id *row, const struct id *voids) {
  struct op op = {.table = schema_table(TABLE_arrival), .row = *row, .units = 3};
  op.values[COL(arrival, session)] = value_id(&w->world.strings_today);
  op.values[COL(arrival, learner)] = value_id(learner);
  if (voids) op.values[COL(arrival, voids)] = value_id(voids);
  op.values[COL(arrival, way)] = value_int(ENUM_arrival_way_in);
  op.values[COL(arrival, at)] = value_int(962);
  (void)test_device_write(&w->device, &w->world.ada, &op);
}

/* The kiosk's sign-in may be weeks late: what was said on the telephone is no explanation of it. */
static void whoever_signed_in_at_the_door_is_not_explained_by_a_call(void **state) {
  (void)state;
  struct id in = {{51}}, back = {{52}};
  contact(false);
  away_in_a_closed_register();
  ring(2, ENUM_call_outcome_explained, 1041, "Ill at home");
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
  arrive(&w->world.zoe, &in, NULL);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_OPEN);
  arrive(&w->world.zoe, &back, &in); /* "not me" */
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().state, CASE_EXPLAINED);
}

static void at_the_door_and_away_in_the_register_is_an_alert_until_it_is_taken_back(void **state) {
  (void)state;
  struct id first = {{0xa1}}, back = {{0xa2}};
  struct view_door_alert *alerts;
  size_t count;
  arrive(&w->world.zoe, &first, NULL);
  away_in_a_closed_register();
  assert_int_equal(the_case().door_in, 962);
  assert_int_equal(views_door_alerts(w->host.store, w->world.today, 10, &w->arena, &alerts, &count), ERR_OK);
  assert_int_equal(count, 1);
  assert_int_equal(alerts[0].code, ENUM_mark_code_AU);
  arrive(&w->world.zoe, &back, &first);
  (void)ingest_bring(&w->device);
  assert_int_equal(the_case().door_in, -1);
  assert_int_equal(views_door_alerts(w->host.store, w->world.today, 10, &w->arena, &alerts, &count), ERR_OK);
  assert_int_equal(count, 0);
}

/* ---- concerns ---- */

static void write_concern(const struct id *author, const struct id *staff, const char *sealed) {
  struct op op = {.table = schema_table(TABLE_concern), .row = {{0xc0, 1}}, .units = 3};
  op.values[COL(concern, staff)] = value_id(staff);
  op.values[COL(concern, sealed)] = value_text(slice_text(sealed));
  w->host.now.wall_ms += 1000;
  (void)test_device_write(&w->device, author, &op);
}

static struct view_concern the_concern(void) {
  struct view_concern *list;
  size_t count;
  assert_int_equal(views_concerns(w->host.store, 10, &w->arena, &list, &count), ERR_OK);
  assert_int_equal(count, 1);
  return list[0];
}

static void a_concern_needs_no_grant_and_is_kept_byte_for_byte(void **state) {
  (void)state;
  write_concern(&w->world.cam, &w->world.cam, "AQIBAAAA_sealed-bytes");
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_APPLIED);
  struct view_concern one = the_concern();
  assert_true(slice_equal(one.sealed, slice_text("AQIBAAAA_sealed-bytes")));
  assert_int_equal(one.received_ms, w->host.now.wall_ms);
}

static void a_concern_is_never_written_over_nor_in_another_ones_name(void **state) {
  (void)state;
  write_concern(&w->world.ada, &w->world.ada, "first");
  (void)ingest_bring(&w->device);
  write_concern(&w->world.ada, &w->world.ada, "second");
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  assert_true(slice_equal(the_concern().sealed, slice_text("first")));
}

static void nobody_signs_a_concern_for_a_colleague(void **state) {
  (void)state;
  write_concern(&w->world.ada, &w->world.cam, "first");
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
}

static void a_concern_outlives_the_erasure_of_whoever_it_may_be_about(void **state) {
  (void)state;
  write_concern(&w->world.ada, &w->world.ada, "kept");
  (void)ingest_bring(&w->device);
  assert_int_equal(erase_zoe(), ERR_OK);
  assert_true(slice_equal(the_concern().sealed, slice_text("kept")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(it_opens_with_the_receipt_of_the_closed_register_and_not_before),
      TEST(of_many_the_latest_is_listed_and_all_are_counted),
      TEST(a_notice_that_comes_later_closes_it_by_itself_and_it_opens_again_without),
      TEST(an_absence_that_was_told_before_opens_none),
      TEST(reopening_the_register_ends_nothing_but_amending_the_mark_does),
      TEST(what_a_person_ended_stays_ended_and_every_step_stays),
      TEST(what_the_family_explains_on_the_telephone_ends_it_and_is_named),
      TEST(a_call_that_comes_with_its_register_opens_a_case_that_is_explained),
      TEST(a_family_that_does_not_know_or_must_not_be_asked_ends_nothing),
      TEST(what_a_person_opened_again_only_a_person_ends),
      TEST(a_step_without_words_or_on_no_case_changes_nothing),
      TEST(an_open_case_holds_the_learner_and_an_ended_one_keeps_that_it_was),
      TEST(whoever_signed_in_at_the_door_is_not_explained_by_a_call),
      TEST(at_the_door_and_away_in_the_register_is_an_alert_until_it_is_taken_back),
      TEST(a_concern_needs_no_grant_and_is_kept_byte_for_byte),
      TEST(a_concern_is_never_written_over_nor_in_another_ones_name),
      TEST(nobody_signs_a_concern_for_a_colleague),
      TEST(a_concern_outlives_the_erasure_of_whoever_it_may_be_about),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
