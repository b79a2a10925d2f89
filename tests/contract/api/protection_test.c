/* protection_test.c: an erasure names the devices that have not confirmed it, and says when one of them must
 * be fetched. */
#include <stdio.h>
#include <string.h>

#include "server/api/factor.h"
#include "server/core/erase.h"
#include "server/core/reports.h"
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void erase_zoe(void) {
  struct erase_result r;
  struct fault fault;
  struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  assert_int_equal(erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault), ERR_OK);
}

static void who_has_not_confirmed_is_named_and_overdue_after_its_days(void **state) {
  (void)state;
  erase_zoe();
  desk_get("/api/erasures");
  desk_fine();
  assert_int_equal(desk_count("erasures"), 1);
  assert_int_equal(desk_number("erasures.0.confirmed"), 0);
  assert_int_equal(desk_count("erasures.0.waiting"), (size_t)desk_number("erasures.0.devices"));
  assert_true(desk_count("erasures.0.waiting") >= 1);
  assert_true(strlen(desk_text("erasures.0.waiting.0.name")) > 0);
  assert_false(desk_is("erasures.0.overdue"));
  hub_host_pass(&w->host, (int64_t)(erasure_overdue_days + 1) * 86400000);
  desk_return(ENUM_role_office);
  desk_get("/api/erasures");
  desk_fine();
  assert_true(desk_is("erasures.0.overdue"));
  assert_null(strstr(desk.text, "Zo")); /* of those who are gone nothing is left to tell */
}

/* ---- the retention schedule ---- */

static char at[64];
static const char *of_line(const char *name, const char *field) {
  char path[64];
  for (size_t i = 0; i < desk_count("lines"); i++) {
    (void)snprintf(path, sizeof path, "lines.%zu.name", i);
    if (strcmp(desk_text(path), name) != 0) continue;
    (void)snprintf(at, sizeof at, "lines.%zu.%s", i, field);
    return at;
  }
  fail_msg("the schedule has no line %s", name);
  return at;
}

/* Zoe left nine years ago. */
static void zoe_has_left(void) {
  struct op ended = {.table = schema_table(TABLE_enrolment), .units = 1U | 1U << 1};
  struct id keys[2] = {w->world.zoe, w->world.strings};
  crypto_row_id(&ended.row, TABLE_enrolment, keys, 2);
  ended.values[COL(enrolment, learner)] = value_id(&keys[0]);
  ended.values[COL(enrolment, activity)] = value_id(&keys[1]);
  ended.values[COL(enrolment, starts)] = value_int(w->world.today - 4000);
  ended.values[COL(enrolment, ends)] = value_int(w->world.today - 3300);
  hub_world_put(&w->host, &ended);
}

static json_t *order_of(const char *line, int months, const char *confirm) {
  return json_pack("{s:s, s:i, s:s}", "line", line, "months", months, "confirm", confirm);
}

static void the_schedule_says_for_how_long_why_and_what_is_past_it(void **state) {
  (void)state;
  desk_get("/api/retention");
  desk_fine();
  assert_int_equal(desk_number(of_line("register", "months")),
                   12 * (w->host.hub.retention_years ? w->host.hub.retention_years : 6));
  assert_int_equal(desk_number(of_line("register", "learners")), 0);
  assert_int_equal(strlen(desk_text(of_line("register", "before"))), 10);
  assert_true(strlen(desk_text(of_line("needs", "why"))) > 20);
  assert_int_equal(desk_number(of_line("visits", "months")), 0);
  assert_true(desk_count("kept") >= 4);
  assert_int_equal(desk_count("runs"), 0);
  zoe_has_left();
  desk_return(ENUM_role_office);
  desk_get("/api/retention");
  assert_int_equal(desk_number(of_line("register", "learners")), 1);
  assert_null(strstr(desk.text, "Testing"));
}

static void whom_a_line_is_about_is_named_and_that_is_audited(void **state) {
  (void)state;
  zoe_has_left();
  desk_get("/api/retention/people?line=register");
  desk_fine();
  assert_int_equal(desk_count("people"), 1);
  assert_non_null(strstr(desk_text("people.0.name"), "Testing"));
  assert_int_equal(strlen(desk_text("people.0.last")), 10);
  assert_false(desk_is("people.0.held"));
  assert_int_equal(desk_audited("retention.read"), 1);
  desk_get("/api/retention/people?line=nothing");
  desk_expect(400, "INVALID");
}

static void a_period_is_set_by_the_administrator_with_both_in_the_audit(void **state) {
  (void)state;
  desk_return(ENUM_role_admin);
  desk_send("/api/retention/set", json_pack("{s:s, s:i}", "line", "needs", "months", 6));
  desk_fine();
  desk_get("/api/retention");
  assert_int_equal(desk_number(of_line("needs", "months")), 6);
  assert_int_equal(desk_number(of_line("needs", "usual")), 3);
  assert_true(desk_number(of_line("needs", "set_at")) > 0);
  assert_int_equal(desk_audited("retention.set"), 1);
  desk_send("/api/retention/set", json_pack("{s:s, s:i}", "line", "needs", "months", 100));
  desk_expect(400, "INVALID");
  assert_non_null(strstr(desk_text("text"), "1 to 72 months"));
  desk_send("/api/retention/set", json_pack("{s:s}", "line", "needs"));
  desk_expect(400, "INVALID");
}

static void what_is_removed_was_confirmed_and_is_certified(void **state) {
  (void)state;
  char path[80];
  zoe_has_left();
  desk_return(ENUM_role_admin);
  desk_send("/api/retention/apply", order_of("register", 72, "yes"));
  desk_expect(400, "INVALID");
  desk_send("/api/retention/apply", order_of("register", 71, "register"));
  desk_expect(409, "CONFLICT");
  desk_send("/api/retention/apply", order_of("register", 72, "register"));
  desk_fine();
  (void)snprintf(path, sizeof path, "/api/retention/certificate/%s", desk_text("id"));
  desk_get(path);
  desk_expect(409, "CONFLICT");
  for (int i = 0; i < 3; i++) hub_host_tidy(&w->host);
  desk_get(path);
  desk_fine();
  assert_non_null(strstr(desk_text("content"), "\"of_learners\":1"));
  assert_int_equal(strlen(desk_text("signature")), 128);
  assert_null(strstr(desk.text, "Testing"));
  desk_get("/api/retention");
  assert_int_equal(desk_count("runs"), 1);
  assert_true(desk_number("runs.0.ended_at") > 0);
  assert_int_equal(desk_number(of_line("register", "learners")), 0);
  assert_int_equal(desk_audited("retention.order"), 1);
  assert_int_equal(desk_audited("retention.apply"), 1);
  desk_get("/api/erasures");
  assert_int_equal(desk_count("erasures"), 1);
}

/* A run of which no piece was done yet: nothing of it is gone, and no other one goes on. */
static void a_run_is_stopped_by_the_administrator_and_says_so(void **state) {
  (void)state;
  char id[40], path[96];
  zoe_has_left();
  desk_return(ENUM_role_admin);
  desk_send("/api/retention/apply", order_of("register", 72, "register"));
  desk_fine();
  (void)snprintf(id, sizeof id, "%s", desk_text("id"));
  (void)snprintf(path, sizeof path, "/api/retention/stop/%s", id);
  desk_send(path, json_object());
  desk_fine();
  assert_true(strlen(desk_text("stopped_by")) > 0);
  for (int i = 0; i < 3; i++) hub_host_tidy(&w->host);
  desk_get("/api/retention");
  assert_int_equal(desk_number(of_line("register", "learners")), 1);
  assert_int_equal(desk_number("runs.0.records"), 0);
  assert_int_equal(desk_audited("retention.stop"), 1);
  assert_int_equal(desk_audited("retention.apply"), 0);
  desk_send(path, json_object());
  desk_expect(409, "CONFLICT");
  desk_send("/api/retention/stop/00112233445566778899aabbccddeeff", json_object());
  desk_expect(404, "NOT_FOUND");
  (void)snprintf(path, sizeof path, "/api/retention/certificate/%s", id);
  desk_get(path);
  desk_fine();
  assert_non_null(strstr(desk_text("content"), "\"stopped_by\""));
  desk_send("/api/retention/apply", order_of("register", 72, "register"));
  desk_fine();
}

/* A code is good once: one that stands beside an order which is refused is not used up by it. */
static void a_refused_order_takes_no_code(void **state) {
  (void)state;
  char codes[recovery_codes_max][recovery_text_bytes], path[96];
  struct store_user u;
  zoe_has_left();
  desk_return(ENUM_role_admin);
  assert_int_equal(users_load_id(w->host.store, &desk.people[ENUM_role_admin], &u), ERR_OK);
  factor_new_codes(&u, codes, &w->host.hub.entropy);
  u.has_totp = true;
  assert_int_equal(users_save(w->host.store, &u), ERR_OK);
  json_t *body = order_of("register", 72, "register");
  json_object_set_new(body, "code", json_string(codes[0]));
  desk_send("/api/retention/apply", body);
  desk_fine();
  (void)snprintf(path, sizeof path, "/api/retention/stop/%s", desk_text("id"));
  for (int i = 0; i < 2; i++) {
    body = order_of("register", 72, "register");
    json_object_set_new(body, "code", json_string(codes[1]));
    desk_send("/api/retention/apply", body);
    if (i == 0) desk_expect(409, "CONFLICT"); /* the first one goes on */
    if (i == 0) desk_send(path, json_object());
    desk_fine();
  }
}

static uint64_t number(enum store_number n) {
  uint64_t v;
  assert_int_equal(w->host.store->ops->number_load(w->host.store, n, &v), ERR_OK);
  return v;
}

static void the_files_are_rewritten_at_night_where_that_was_chosen(void **state) {
  (void)state;
  json_t *body = order_of("register", 72, "register");
  zoe_has_left();
  desk_return(ENUM_role_admin);
  json_object_set_new(body, "rewrite", json_string("noon"));
  desk_send("/api/retention/apply", body);
  desk_expect(400, "INVALID");
  body = order_of("register", 72, "register");
  json_object_set_new(body, "rewrite", json_string("night"));
  desk_send("/api/retention/apply", body);
  desk_fine();
  for (int i = 0; i < 3; i++) hub_host_tidy(&w->host);
  assert_int_equal(number(STORE_SCRUB_DUE), 1);
  desk_get("/api/retention");
  assert_true(desk_number("runs.0.ended_at") > 0);
  int64_t night = desk_number("rewrite_at"), day_ms = 86400000;
  int32_t day, minute;
  assert_true(night > w->host.now.wall_ms && night <= w->host.now.wall_ms + day_ms);
  uk_civil(night, &day, &minute);
  assert_int_equal(minute, 180);
  hub_host_pass(&w->host, night - w->host.now.wall_ms);
  hub_host_tidy(&w->host);
  assert_int_equal(number(STORE_SCRUB_DUE), 0);
  desk_return(ENUM_role_admin);
  desk_get("/api/retention");
  assert_null(desk_text("rewrite_at"));
}

/* ---- register entries ---- */

/* Zoe still plays, and was here seven years ago. */
static struct id old_entry(void) {
  struct op session = {.table = schema_table(TABLE_session), .row = {{0x5E, 1}}, .units = 7};
  session.values[COL(session, activity)] = value_id(&w->world.strings);
  session.values[COL(session, date)] = value_int(w->world.today - 2600);
  session.values[COL(session, starts)] = value_int(960);
  session.values[COL(session, ends)] = value_int(1020);
  session.values[COL(session, status)] = value_int(ENUM_session_status_delivered);
  hub_world_put(&w->host, &session);
  struct op mark = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&mark.row, TABLE_mark, (const struct id[]){session.row, w->world.zoe}, 2);
  mark.values[COL(mark, session)] = value_id(&session.row);
  mark.values[COL(mark, learner)] = value_id(&w->world.zoe);
  mark.values[COL(mark, code)] = value_int(ENUM_mark_code_P);
  hub_world_put(&w->host, &mark);
  return session.row;
}

static void save_report(uint8_t no, const char *body) {
  struct store *s = w->host.store;
  const struct report_snapshot made = {
      .id = {{0x5A, no}}, .at_ms = 1, .title = slice_text("Board"), .body = slice_text(body)};
  assert_int_equal(s->ops->begin(s), ERR_OK);
  assert_int_equal(snapshot_write(s, &made, &w->world.ben), ERR_OK);
  assert_int_equal(s->ops->commit(s), ERR_OK);
}

/* What counts marks says that some are gone, of the years that lack them; what counts registers has them all.
 */
static void figures_of_those_years_say_so(void) {
  static const struct {
    const char *ask;
    bool lacks;
  } asked[] = {{"attendance&by=hub&period=2019", true},    {"attendance&by=hub&period=2020", true},
               {"attendance&by=hub&period=2021", false},   {"completeness&by=hub&period=2019", false},
               {"moving_up&by=hub&period=2021", true},     {"longevity&by=hub&period=2026", true},
               {"disadvantaged&by=hub&period=2019", true}, {"followed_up&by=hub&period=2019", false}};
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    char path[128];
    snprintf(path, sizeof path, "/api/reports/table?report=%s", asked[i].ask);
    desk_get(path);
    desk_fine();
    const char *from = desk_text("entries_from");
    if (!from == asked[i].lacks) fail_msg("%s: %s", asked[i].ask, from ? from : "says nothing");
    if (from) assert_string_equal(from, "2020-11-21");
  }
  desk_get("/api/reports/export?report=attendance&by=hub&period=2019&format=csv");
  assert_non_null(
      strstr(desk.text, "Register entries from before 2020-11-21 were removed by the retention schedule"));
  desk_get("/api/reports/return?period=2019&format=csv");
  assert_non_null(strstr(desk.text, "Register entries from before 2020-11-21"));
  desk_get("/api/reports/return?period=2021&format=csv");
  assert_null(strstr(desk.text, "Register entries"));
  desk_get("/api/targets?year=2019");
  assert_string_equal(desk_text("entries_from"), "2020-11-21");
}

/* 9 October 2019 is in 2019/20, and six years ago from 21 November 2026 is in 2020/21. */
static void entries_go_only_when_the_figures_of_their_years_are_saved(void **state) {
  (void)state;
  struct id session = old_entry();
  desk_return(ENUM_role_admin);
  desk_get("/api/retention");
  assert_int_equal(desk_number(of_line("entries", "records")), 1);
  assert_int_equal(desk_count(of_line("entries", "unsaved")), 2);
  assert_int_equal(desk_count(of_line("arrivals", "unsaved")), 0);
  desk_send("/api/retention/apply", order_of("entries", 72, "entries"));
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "2019/20 and 2020/21"));
  save_report(1, "{\"asked\":\"2021\",\"before\":[{\"period\":\"2019/20\"}]}");
  desk_send("/api/retention/apply", order_of("entries", 72, "entries"));
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "no figures of 2020/21 are"));
  save_report(2, "{\"asked\":\"2020\",\"before\":[]}");
  desk_send("/api/retention/apply", order_of("entries", 72, "entries"));
  desk_fine();
  for (int i = 0; i < 3; i++) hub_host_tidy(&w->host);
  desk_get("/api/retention");
  assert_int_equal(desk_number(of_line("entries", "records")), 0);
  assert_int_equal(desk_number("runs.0.records"), 1);
  desk_return(ENUM_role_office);
  desk_get(desk_path("/api/registers/", &session));
  desk_fine();
  assert_true(desk_is("entries_removed"));
  desk_get(desk_path("/api/registers/", &w->world.strings_today));
  assert_false(desk_is("entries_removed"));
  figures_of_those_years_say_so();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(who_has_not_confirmed_is_named_and_overdue_after_its_days),
      TEST(the_schedule_says_for_how_long_why_and_what_is_past_it),
      TEST(whom_a_line_is_about_is_named_and_that_is_audited),
      TEST(a_period_is_set_by_the_administrator_with_both_in_the_audit),
      TEST(what_is_removed_was_confirmed_and_is_certified),
      TEST(a_run_is_stopped_by_the_administrator_and_says_so),
      TEST(a_refused_order_takes_no_code),
      TEST(the_files_are_rewritten_at_night_where_that_was_chosen),
      TEST(entries_go_only_when_the_figures_of_their_years_are_saved),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
