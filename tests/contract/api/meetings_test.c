/* meetings_test.c: when an activity meets: weekly, but on closed days; at another time; and what stays. */
#include "tests/contract/api/meets.h"

#include <stdio.h>

#include "server/core/ingest.h"

static struct ingest_world *const w = &ingest_world;

static int weekday(int after) { return (w->world.today + after + 3) % 7 + 1; }

static json_t *slot(int first, int was_after, const char *was) {
  char text[4];
  (void)snprintf(text, sizeof text, "%d", weekday(was_after));
  return json_pack("{s:s, s:s, s:s}", "first", meets_day(first), "was_weekday", text, "was_starts", was);
}

static void it_meets_every_week_but_on_closed_days_and_then_at_another_time(void **state) {
  (void)state;
  struct id brass = meets_add("Brass", "small", "B7");
  desk_send("/api/closures/add", json_pack("{s:s, s:s}", "starts", meets_day(8), "reason", "Half term"));
  desk_fine();
  meets_plan(&brass, 1, 22, "15:30", "15:00");
  desk_expect(400, "INVALID");
  meets_plan(&brass, 1, 22, "15:60", "16:30");
  desk_expect(400, "INVALID");
  meets_plan(&brass, 22, 1, "15:30", "16:00");
  desk_expect(400, "INVALID");
  meets_plan(&brass, 1, 600, "15:30", "16:00");
  desk_expect(400, "INVALID");
  meets_plan(&brass, 1, 22, "15:30", "16:00");
  desk_fine();
  assert_int_equal(desk_count("times"), 1);
  assert_int_equal(desk_number("times.0.meetings"), 3); /* four weeks, one of them closed */
  assert_int_equal(desk_number("times.0.weekday"), weekday(1));
  assert_string_equal(desk_text("times.0.place"), "Hall");
  meets_plan(&brass, 1, 22, "15:30", "16:00");
  desk_expect(409, "CONFLICT"); /* it meets then already */
  json_t *body = slot(2, 1, "15:30");
  char to[4];
  (void)snprintf(to, sizeof to, "%d", weekday(1));
  json_object_set_new(body, "weekday", json_string(to));
  json_object_set_new(body, "starts", json_string("16:15"));
  json_object_set_new(body, "ends", json_string("17:00"));
  desk_send(desk_path("/api/activities/retime/", &brass), body);
  desk_fine();
  assert_int_equal(desk_count("times"), 2); /* the first week's stays */
  assert_int_equal(desk_number("times.1.starts"), 16 * 60 + 15);
  assert_int_equal(desk_number("times.1.meetings"), 2);
  body = slot(2, 1, "15:30");
  json_object_set_new(body, "off", json_string("yes"));
  desk_send(desk_path("/api/activities/retime/", &brass), body);
  desk_expect(409, "CONFLICT"); /* none of them from that day on */
  body = slot(1, 1, "16:15");
  json_object_set_new(body, "off", json_string("yes"));
  desk_send(desk_path("/api/activities/retime/", &brass), body);
  desk_fine();
  assert_int_equal(desk_count("times"), 1);
  assert_int_equal(desk_audited("activity.plan"), 1);
  assert_int_equal(desk_audited("activity.retime"), 1);
  assert_int_equal(desk_audited("activity.off"), 1);
}

/* Ten lessons a day for forty-one days, and one slot behind them: more than one answer reads at once. */
static void a_slot_behind_hundreds_of_other_meetings_is_changed_whole(void **state) {
  (void)state;
  enum { days = 41, a_day = 10 };
  static struct op ops[days * a_day];
  struct office_result result;
  struct fault fault = {.code = ERR_OK};
  struct arena a = ARENA_INIT(1 << 26);
  struct id keyboards = meets_add("Keyboards", "small", "K1");
  for (int i = 0; i < days * a_day; i++) {
    struct op *op = &ops[i];
    *op = (struct op){
        .table = schema_table(TABLE_session), .row = {{0x4b, (uint8_t)(i >> 8), (uint8_t)i}}, .units = 7};
    op->values[COL(session, activity)] = value_id(&keyboards);
    op->values[COL(session, date)] = value_int(w->world.today + 1 + i / a_day);
    op->values[COL(session, starts)] = value_int(540 + 20 * (i % a_day));
    op->values[COL(session, ends)] = value_int(560 + 20 * (i % a_day));
    op->values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  }
  assert_int_equal(office_apply(&result, &w->host.hub, w->host.store, &w->host.now, &w->host.hub.id, ops,
                                days * a_day, false, &a, &fault),
                   ERR_OK);
  arena_finish(&a);
  meets_plan(&keyboards, 43, 57, "15:30", "16:00");
  desk_fine();
  json_t *body = slot(1, 43, "15:30");
  json_object_set_new(body, "off", json_string("yes"));
  desk_send(desk_path("/api/activities/retime/", &keyboards), body);
  desk_fine();
  meets_plan(&keyboards, 43, 57, "15:30", "16:00"); /* nothing of it is left */
  desk_fine();
}

/* On the day after the third of four weekly meetings the school has an INSET day. */
static void a_meeting_goes_to_a_closed_day_only_where_somebody_says_so(void **state) {
  (void)state;
  struct id brass = meets_add("Brass", "small", "B7");
  int to = weekday(2) > weekday(1) ? 2 : 0, closed = 14 + to; /* of the same week */
  char word[4];
  desk_send("/api/closures/add", json_pack("{s:s, s:s}", "starts", meets_day(closed), "reason", "INSET"));
  desk_fine();
  meets_plan(&brass, 1, 22, "15:30", "16:00");
  desk_fine();
  assert_int_equal(desk_number("times.0.meetings"), 4);
  (void)snprintf(word, sizeof word, "%d", weekday(to));
  for (int i = 0; i < 4; i++) {
    json_t *body = slot(1, i < 3 ? 1 : to, "15:30");
    if (i == 1) json_object_set_new(body, "closed", json_string("no"));
    if (i == 2) json_object_set_new(body, "closed", json_string("yes"));
    json_object_set_new(body, "weekday", json_string(word));
    json_object_set_new(body, "starts", json_string(i < 3 ? "15:30" : "16:30"));
    json_object_set_new(body, "ends", json_string("17:00"));
    desk_send(desk_path("/api/activities/retime/", &brass), body);
    if (i == 0) desk_expect(409, "CONFLICT");
    if (i == 0) assert_non_null(strstr(desk_text("text"), meets_day(closed)));
    if (i == 0) assert_non_null(strstr(desk_text("text"), "INSET"));
    if (i == 1) desk_expect(400, "INVALID");
    if (i == 2) desk_fine();
  }
  desk_fine(); /* what is there already stays, at another time */
  assert_int_equal(desk_number("times.0.weekday"), weekday(to));
}

static void a_meeting_is_not_moved_to_after_its_activity_is_closed(void **state) {
  (void)state;
  int monday = 1;
  while (weekday(monday) != 1) monday++;
  struct id brass = meets_add("Brass", "small", "B7");
  meets_plan(&brass, monday, monday + 7, "15:30", "16:00");
  desk_fine();
  desk_send(desk_path("/api/activities/close/", &brass),
            json_pack("{s:s, s:s}", "date", meets_day(monday + 2), "reason", "Half a week more"));
  desk_fine();
  json_t *body = slot(1, monday, "15:30");
  json_object_set_new(body, "weekday", json_string("5"));
  json_object_set_new(body, "starts", json_string("15:30"));
  json_object_set_new(body, "ends", json_string("16:00"));
  desk_send(desk_path("/api/activities/retime/", &brass), body);
  desk_expect(409, "CONFLICT");
  meets_look(&brass);
  assert_string_equal(desk_text("times.0.last"), meets_day(monday));
}

/* Its tutor was there, and may hold its register on a device that has not been heard of since. */
static void a_meeting_of_today_that_has_begun_stays_where_it_is(void **state) {
  (void)state;
  struct id brass = meets_add("Brass", "small", "B7");
  meets_plan(&brass, 0, 7, "00:00", "00:30");
  desk_fine();
  assert_int_equal(desk_number("times.0.meetings"), 2);
  json_t *body = slot(0, 0, "00:00");
  json_object_set_new(body, "off", json_string("yes"));
  desk_send(desk_path("/api/activities/retime/", &brass), body);
  desk_fine();
  assert_int_equal(desk_number("times.0.meetings"), 1);
  assert_string_equal(desk_text("times.0.last"), meets_day(0));
}

/* A term is planned anew, and some of it was held, or called off: that stands, and there is no second meeting
 * beside it whose register would be missing. */
static void planning_again_passes_over_what_was_held_or_called_off(void **state) {
  (void)state;
  struct id brass = meets_add("Brass", "small", "B8"), session;
  char key[40];
  meets_plan(&brass, 1, 15, "15:30", "16:00");
  desk_fine();
  assert_int_equal(desk_number("times.0.meetings"), 3);
  (void)snprintf(key, sizeof key, "B8|%s|15:30", meets_day(1));
  crypto_import_id(&session, &w->host.hub.id, "session", slice_text(key));
  struct op held = {.table = schema_table(TABLE_register), .units = 1 | 2};
  crypto_row_id(&held.row, TABLE_register, &session, 1);
  held.values[COL(register, session)] = value_id(&session);
  held.values[COL(register, state)] = value_int(ENUM_register_state_open);
  hub_world_put(&w->host, &held);
  (void)snprintf(key, sizeof key, "B8|%s|15:30", meets_day(8));
  crypto_import_id(&session, &w->host.hub.id, "session", slice_text(key));
  struct op off = {.table = schema_table(TABLE_session), .row = session};
  off.units = 1U << off.table->columns[COL(session, status)].unit;
  off.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  hub_world_put(&w->host, &off);
  meets_plan(&brass, 1, 15, "15:30", "16:00");
  desk_expect(409, "CONFLICT"); /* of the three none is missing */
  meets_plan(&brass, 1, 22, "15:30", "16:00");
  desk_fine();
  assert_int_equal(desk_number("times.0.meetings"), 2); /* the third, and the new one */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(it_meets_every_week_but_on_closed_days_and_then_at_another_time),
      TEST(a_slot_behind_hundreds_of_other_meetings_is_changed_whole),
      TEST(a_meeting_goes_to_a_closed_day_only_where_somebody_says_so),
      TEST(a_meeting_is_not_moved_to_after_its_activity_is_closed),
      TEST(a_meeting_of_today_that_has_begun_stays_where_it_is),
      TEST(planning_again_passes_over_what_was_held_or_called_off),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
