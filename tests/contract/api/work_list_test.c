/* work_list_test.c: what waits as one list: counted by kind, in a stable order, page by page; what is safe is
 * kept by one press, and nothing else. */
#include <stdio.h>

#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void expect_text(const char *place, const char *expected) {
  const char *found = desk_text(place);
  if (!found || strcmp(found, expected) != 0)
    fail_msg("%s is \"%s\" and not \"%s\" in %s", place, found ? found : "(none)", expected, desk.text);
}

static long long counted(const char *kind) {
  desk_get("/api/work/counts");
  desk_fine();
  return desk_number(kind);
}

/* A session of Strings so many days ago, that nobody touched. */
static struct id forgotten(int32_t days, int32_t starts) {
  struct op op = {.table = schema_table(TABLE_session), .units = 7};
  char ref[40];
  snprintf(ref, sizeof ref, "forgotten %d %d", days, starts);
  crypto_import_id(&op.row, &w->host.hub.id, "session", slice_text(ref));
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, date)] = value_int(w->world.today - days);
  op.values[COL(session, starts)] = value_int(starts);
  op.values[COL(session, ends)] = value_int(starts + 60);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  hub_world_put(&w->host, &op);
  return op.row;
}

static void an_empty_hub_has_an_empty_list(void **state) {
  (void)state;
  desk_get("/api/work");
  desk_fine();
  assert_int_equal(desk_count("items"), 0);
  assert_true(json_is_null(desk_at("next")));
  assert_int_equal(counted("all"), 0);
}

static void every_kind_is_counted_and_what_is_urgent_comes_first(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.jo, ENUM_mark_code_L, ENUM_mark_code_P);
  (void)matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  (void)matter_walk_in("li", "TESTING");
  struct id old = forgotten(3, 600);
  ingest_mark(&w->device, &w->world.cam, &w->world.li, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  assert_int_equal(counted("urgent"), 1);
  assert_int_equal(counted("duplicates"), 1);
  assert_int_equal(counted("missing"), 1);
  assert_int_equal(counted("quarantine"), 1);
  assert_int_equal(counted("held"), 0);
  long long conflicts = counted("conflicts");
  assert_int_equal(counted("all"), conflicts + 3);
  desk_get("/api/work");
  desk_fine();
  expect_text("items.0.name", "Zoë Testing");
  expect_text("items.0.question", "Here, or away?");
  expect_text("items.0.detail", "Strings, Sat 21 Nov");
  assert_int_equal(desk_number("total"), conflicts + 3);
  desk_get("/api/work?kind=missing");
  desk_fine();
  char text[id_text_bytes];
  id_text(text, &old);
  assert_int_equal(desk_count("items"), 1);
  expect_text("items.0.id", text);
  expect_text("items.0.name", "Strings");
  expect_text("items.0.question", "No register for Wed 18 Nov");
  desk_get("/api/work?kind=quarantine");
  expect_text("items.0.question", "1 change not taken");
}

static void a_register_is_missing_until_it_is_closed_or_cancelled(void **state) {
  (void)state;
  struct id session = forgotten(2, 600);
  assert_int_equal(counted("missing"), 1);
  /* One that was opened on an earlier day and never finished is missed too. */
  struct op op = {.table = schema_table(TABLE_register), .units = 3};
  crypto_row_id(&op.row, TABLE_register, &session, 1);
  op.values[COL(register, session)] = value_id(&session);
  op.values[COL(register, state)] = value_int(ENUM_register_state_open);
  hub_world_put(&w->host, &op);
  desk_get("/api/work?kind=missing");
  expect_text("items.0.question", "Register of Thu 19 Nov not finished");
  expect_text("items.0.detail", "10:00 to 11:00");
  op.values[COL(register, state)] = value_int(ENUM_register_state_closed);
  hub_world_put(&w->host, &op);
  assert_int_equal(counted("missing"), 0);
  struct id other = forgotten(2, 700);
  assert_int_equal(counted("missing"), 1);
  struct op cancelled = {.table = schema_table(TABLE_session), .row = other, .units = 1U << 2};
  cancelled.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  hub_world_put(&w->host, &cancelled);
  assert_int_equal(counted("missing"), 0);
  (void)forgotten(work_missing_days + 1, 600);
  assert_int_equal(counted("missing"), 0);
}

static void a_missing_register_says_whose_it_is_and_who_may_hold_it(void **state) {
  (void)state;
  struct id session = forgotten(1, 600);
  desk_get(desk_path("/api/work/missing/", &session));
  desk_fine();
  expect_text("name", "Strings");
  expect_text("state", "missing");
  assert_int_equal(desk_number("of"), 3);
  assert_int_equal(desk_count("staff_names"), 2);
  assert_int_equal(desk_count("devices"), 2); /* Ada's and Ben's */
  desk_get(desk_path("/api/work/missing/", &w->world.zoe));
  desk_expect(404, "NOT_FOUND");
  desk_return(ENUM_role_safeguarding);
  desk_get(desk_path("/api/work/missing/", &session));
  desk_expect(403, "FORBIDDEN");
}

static void pages_follow_one_another_and_skip_nothing_when_entries_go(void **state) {
  (void)state;
  enum { sessions = work_page_rows + 7 };
  for (int32_t i = 0; i < sessions; i++) (void)forgotten(1 + i / 10, 480 + i % 10);
  desk_get("/api/work?kind=missing");
  desk_fine();
  assert_int_equal(desk_count("items"), work_page_rows);
  assert_int_equal(desk_number("total"), sessions);
  char last[40], next[128];
  snprintf(last, sizeof last, "%s", desk_text("items.49.id"));
  snprintf(next, sizeof next, "/api/work?kind=missing&after=%s", desk_text("next"));
  /* The page's last entry goes: the next page begins behind where it was. */
  struct op cancelled = {.table = schema_table(TABLE_session), .units = 1U << 2};
  assert_int_equal(id_parse(&cancelled.row, slice_text(last)), ERR_OK);
  cancelled.values[COL(session, status)] = value_int(ENUM_session_status_cancelled);
  hub_world_put(&w->host, &cancelled);
  desk_get(next);
  desk_fine();
  assert_int_equal(desk_count("items"), 7);
  assert_true(json_is_null(desk_at("next")));
}

static void what_nobody_can_ask_for_is_named(void **state) {
  (void)state;
  const char *bad[] = {"/api/work?kind=everything",   "/api/work?after=x",        "/api/work?after=AAAA",
                       "/api/work?kind=all&kind=all", "/api/work?kind",           "/api/work?limit=5",
                       "/api/work?kind=all&x=1",      "/api/work/counts?kind=all"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    desk_get(bad[i]);
    desk_expect(400, "INVALID");
  }
  desk_get("/api/work/items/1");
  desk_expect(400, "INVALID");
  desk_get(desk_path("/api/work/items/", &w->world.zoe));
  desk_expect(404, "NOT_FOUND");
}

static void what_was_decided_stands_in_a_list_of_its_own_the_latest_first(void **state) {
  (void)state;
  struct id first = matter_of_marks(&w->world.jo, ENUM_mark_code_L, ENUM_mark_code_P);
  struct id second = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  matter_decide(&first, 1, "asked both");
  hub_host_pass(&w->host, 1000);
  matter_decide(&second, 1, "asked both");
  desk_get("/api/work?kind=decided");
  desk_fine();
  assert_int_equal(desk_count("items"), 2);
  expect_text("items.0.name", "Zoë Testing");
  expect_text("items.1.name", "Jo Testing");
  matter_undo(&second, "wrong child");
  desk_get("/api/work?kind=decided");
  assert_int_equal(desk_count("items"), 1);
}

/* ---- many at once ---- */

static json_t *keep_body(void) {
  json_t *items = json_array(), *heads = json_array();
  desk_get("/api/work?kind=conflicts");
  desk_fine();
  for (size_t i = 0; i < desk_count("items"); i++) {
    const json_t *line = json_array_get(desk_at("items"), i);
    const char *seen = json_string_value(json_object_get(line, "heads"));
    json_array_append(items, json_object_get(line, "id"));
    json_array_append_new(heads, json_string(seen ? seen
                                                  : "00000000000000000000000000000000"
                                                    "00000000000000000000000000000000"));
  }
  return json_pack("{s:o, s:o, s:s}", "items", items, "heads", heads, "reason", "the later entry is right");
}

static void only_what_is_safe_is_kept_by_one_press(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.jo, ENUM_mark_code_AN, ENUM_mark_code_AU);
  (void)matter_of_marks(&w->world.li, ENUM_mark_code_L, ENUM_mark_code_P);
  struct id urgent = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  desk_send("/api/work/keep", keep_body());
  desk_fine();
  assert_int_equal(desk_number("kept"), 2);
  assert_int_equal(desk_number("left"), 1);
  assert_true(desk.changes.all_streams && desk.changes.position > 0);
  assert_int_equal(ingest_load_mark(&w->world.li).values[COL(mark, code)].i, ENUM_mark_code_P);
  desk_get("/api/work?kind=conflicts");
  assert_int_equal(desk_count("items"), 1);
  desk_get(desk_path("/api/work/items/", &urgent));
  expect_text("state", "open");
  desk_get("/api/work?kind=decided");
  assert_int_equal(desk_count("items"), 2);
}

static void what_changed_since_the_list_was_read_is_left(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.li, ENUM_mark_code_L, ENUM_mark_code_P);
  json_t *body = keep_body();
  ingest_mark(&w->device, &w->world.ada, &w->world.li, ENUM_mark_code_L);
  (void)ingest_bring(&w->device);
  desk_send("/api/work/keep", body);
  desk_fine();
  assert_int_equal(desk_number("kept"), 0);
  assert_int_equal(desk_number("left"), 1);
}

static void a_list_to_keep_is_checked_whole_before_anything_is_kept(void **state) {
  (void)state;
  (void)matter_of_marks(&w->world.li, ENUM_mark_code_L, ENUM_mark_code_P);
  json_t *many = json_array();
  for (int i = 0; i <= work_bulk_max; i++) json_array_append_new(many, json_string("x"));
  desk_send("/api/work/keep", json_pack("{s:[], s:[], s:s}", "items", "heads", "reason", "x"));
  desk_expect(400, "INVALID");
  desk_send("/api/work/keep", json_pack("{s:[s], s:[], s:s}", "items", "a", "heads", "reason", "x"));
  desk_expect(400, "INVALID");
  desk_send("/api/work/keep", json_pack("{s:[s], s:[s], s:s}", "items", "a", "heads", "b", "reason", "x"));
  desk_expect(400, "INVALID");
  desk_send("/api/work/keep", json_pack("{s:[i], s:[i], s:s}", "items", 1, "heads", 2, "reason", "x"));
  desk_expect(400, "INVALID");
  desk_send("/api/work/keep", json_pack("{s:s, s:[], s:s}", "items", "a", "heads", "reason", "x"));
  desk_expect(400, "INVALID");
  desk_send("/api/work/keep", json_pack("{s:o, s:[], s:s}", "items", many, "heads", "reason", "x"));
  desk_expect(413, "TOO_BIG");
  json_t *body = keep_body();
  json_object_del(body, "reason");
  desk_send("/api/work/keep", body);
  desk_expect(400, "INVALID");
  for (int role = ENUM_role_lead; role <= ENUM_role_admin; role++) {
    desk_return(role);
    desk_send("/api/work/keep", json_pack("{s:[], s:[], s:s}", "items", "heads", "reason", "x"));
    desk_expect(403, "FORBIDDEN");
  }
  desk_return(ENUM_role_office);
  assert_int_equal(counted("conflicts"), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_empty_hub_has_an_empty_list),
      TEST(every_kind_is_counted_and_what_is_urgent_comes_first),
      TEST(a_register_is_missing_until_it_is_closed_or_cancelled),
      TEST(a_missing_register_says_whose_it_is_and_who_may_hold_it),
      TEST(pages_follow_one_another_and_skip_nothing_when_entries_go),
      TEST(what_nobody_can_ask_for_is_named),
      TEST(what_was_decided_stands_in_a_list_of_its_own_the_latest_first),
      TEST(only_what_is_safe_is_kept_by_one_press),
      TEST(what_changed_since_the_list_was_read_is_left),
      TEST(a_list_to_keep_is_checked_whole_before_anything_is_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
