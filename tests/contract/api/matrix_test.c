/* matrix_test.c: every address of the API by every role: allowed or refused exactly as matrix.def says. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

#include "server/core/http.h"

static struct ingest_world *const w = &ingest_world;

struct address {
  enum http_method method;
  const char *pattern;
};
#define ROUTE(method, pattern, query, who, token, answer, handler) {HTTP_##method, pattern},
static const struct address addresses[] = {
#include "server/api/routes.def"
};
#undef ROUTE
#define LINE(method, pattern, roles) {{HTTP_##method, pattern}, roles},
static const struct line {
  struct address address;
  const char *roles;
} lines[] = {
#include "tests/contract/api/matrix.def"
};
#undef LINE
enum { address_count = sizeof addresses / sizeof *addresses, line_count = sizeof lines / sizeof *lines };

static bool same(const struct address *a, const struct address *b) {
  return a->method == b->method && strcmp(a->pattern, b->pattern) == 0;
}

static void every_address_has_one_line_and_every_line_an_address(void **state) {
  (void)state;
  for (size_t i = 0; i < address_count; i++) {
    size_t found = 0;
    for (size_t k = 0; k < line_count; k++) found += same(&addresses[i], &lines[k].address);
    if (found != 1)
      fail_msg("%s has %zu lines in tests/contract/api/matrix.def: say there who may", addresses[i].pattern,
               found);
  }
  assert_int_equal(address_count, line_count);
  witness_check_exceptions();
}

static bool names(const char *list, const char *word) {
  size_t len = strlen(word);
  for (const char *at = strstr(list, word); at; at = strstr(at + 1, word)) {
    bool begins = at == list || at[-1] == ' ', ends = at[len] == 0 || at[len] == ' ';
    if (begins && ends) return true;
  }
  return false;
}

/* Whoever may is told what is wrong with an empty request, or that there is no such thing. */
static void ask(const struct address *a) {
  size_t len = strlen(a->pattern);
  char begin[96];
  snprintf(begin, sizeof begin, "%.*s", (int)(len - (a->pattern[len - 1] == '*')), a->pattern);
  const char *path = a->pattern[len - 1] == '*' ? desk_path(begin, &w->world.zoe) : begin;
  if (a->method == HTTP_POST)
    desk_send(path, json_object());
  else
    desk_get(path);
}

static bool refused_by_role(void) {
  const char *text = desk_text("text");
  return desk.status == 403 && text && strcmp(text, "your role does not see this") == 0;
}

static void every_role_gets_what_its_line_says_and_nothing_else(void **state) {
  (void)state;
  for (int role = ENUM_role_office; role <= ENUM_role_partner; role++) {
    const char *word = schema_enum_word(schema_enum("role"), role);
    for (size_t i = 0; i < line_count; i++) {
      bool may = names(lines[i].roles, word) || names(lines[i].roles, "anybody");
      desk_return(role);
      ask(&lines[i].address);
      if (refused_by_role() == may)
        fail_msg("%s asks %s: %u %s", word, lines[i].address.pattern, desk.status,
                 desk.text ? desk.text : "");
    }
  }
}

static void nobody_gets_anything_but_the_way_in(void **state) {
  (void)state;
  for (size_t i = 0; i < line_count; i++) {
    if (names(lines[i].roles, "anybody")) continue;
    desk_return(ENUM_role_office);
    desk.cookie[0] = 0;
    ask(&lines[i].address);
    desk_expect(401, "NOT_UNLOCKED");
  }
}

static void a_change_needs_the_token_of_its_own_sign_in(void **state) {
  (void)state;
  for (size_t i = 0; i < line_count; i++) {
    if (lines[i].address.method != HTTP_POST || names(lines[i].roles, "anybody")) continue;
    desk_return(ENUM_role_office);
    desk.csrf[1] ^= 1;
    ask(&lines[i].address);
    desk_expect(403, "FORBIDDEN");
  }
}

/* Of the registers there are a partner sees those of its own activities, and is told of no others. */
static void a_partner_sees_its_own_activities_alone(void **state) {
  (void)state;
  desk_return(ENUM_role_partner);
  desk_get("/api/today");
  assert_int_equal(desk_count("registers"), 0);
  desk_return(ENUM_role_office);
  desk_get("/api/today");
  assert_true(desk_count("registers") > 1);
  struct id activity, session;
  assert_int_equal(id_parse(&activity, slice_text(desk_text("registers.0.activity"))), ERR_OK);
  assert_int_equal(id_parse(&session, slice_text(desk_text("registers.0.session"))), ERR_OK);
  desk_return(ENUM_role_partner);
  desk_get(desk_path("/api/registers/", &session));
  desk_expect(404, "NOT_FOUND");
  assert_int_equal(partner_give(w->host.store, &desk.people[ENUM_role_partner], &activity), ERR_OK);
  desk_get("/api/today");
  assert_true(desk_count("registers") >= 1);
  for (size_t i = 0; i < desk_count("registers"); i++) {
    char place[48], text[id_text_bytes];
    snprintf(place, sizeof place, "registers.%zu.activity", i);
    id_text(text, &activity);
    assert_string_equal(desk_text(place), text);
  }
  desk_get(desk_path("/api/registers/", &session));
  desk_fine();
  assert_int_equal(partner_forget(w->host.store, &desk.people[ENUM_role_partner]), ERR_OK);
  desk_get(desk_path("/api/registers/", &session));
  desk_expect(404, "NOT_FOUND");
}

/* Day by day and school by school exact numbers would add up to what the reports hide. */
static void the_lead_sees_what_meets_and_not_how_many_children_came(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  desk_get("/api/today");
  assert_true(desk_number("registers.0.of") >= 0);
  desk_return(ENUM_role_lead);
  desk_get("/api/today");
  desk_fine();
  assert_true(desk_count("registers") > 1);
  assert_non_null(desk_text("registers.0.state"));
  static const char *const counts[] = {"here", "late", "away", "event", "unmarked", "of"};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    char place[48];
    snprintf(place, sizeof place, "registers.0.%s", counts[i]);
    assert_null(desk_at(place));
  }
}

/* Who is the lead and a partner sees a partner's rows, and not everybody's. */
static void a_second_role_opens_no_rows_that_neither_has(void **state) {
  (void)state;
  desk_return(ENUM_role_office);
  desk_get("/api/today");
  struct id session;
  assert_int_equal(id_parse(&session, slice_text(desk_text("registers.0.session"))), ERR_OK);
  desk_return_with(ENUM_role_partner, ENUM_role_lead);
  desk_get(desk_path("/api/registers/", &session));
  desk_expect(404, "NOT_FOUND");
  desk_get("/api/today");
  assert_null(desk_at("registers.0.of"));
  desk_get("/api/export/registers?from=2026-09-01&to=2026-12-31");
  desk_fine();
  assert_null(strstr(desk.text, "Strings"));
  desk_get("/api/reports/statement");
  desk_fine(); /* of its own activities, which are none */
}

static void a_partners_extract_holds_its_own_activities_alone(void **state) {
  (void)state;
  char target[96], day[date_text_bytes];
  int32_t date, minute;
  uk_civil(w->host.now.wall_ms, &date, &minute);
  date_text(day, date);
  snprintf(target, sizeof target, "/api/export/registers?from=%s&to=%s", day, day);
  (void)matter_of_marks(&w->world.zoe, ENUM_mark_code_L, ENUM_mark_code_P);
  matter_close_register();
  desk_get(target);
  desk_fine();
  assert_non_null(strstr(desk.text, "Zo"));
  desk_return(ENUM_role_partner);
  desk_get(target);
  desk_fine();
  assert_null(strstr(desk.text, "Zo"));
  assert_int_equal(partner_give(w->host.store, &desk.people[ENUM_role_partner], &w->world.brass), ERR_OK);
  desk_get(target);
  assert_null(strstr(desk.text, "Zo"));
  assert_int_equal(partner_give(w->host.store, &desk.people[ENUM_role_partner], &w->world.strings), ERR_OK);
  desk_get(target);
  assert_non_null(strstr(desk.text, "Zo"));
  desk_get("/api/export/registers?from=2026-02-31&to=2026-03-01");
  desk_expect(400, "INVALID");
  desk_get("/api/export/registers?from=2026-03-02&to=2026-03-01");
  desk_expect(400, "INVALID");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_address_has_one_line_and_every_line_an_address),
      TEST(every_role_gets_what_its_line_says_and_nothing_else),
      TEST(nobody_gets_anything_but_the_way_in),
      TEST(a_change_needs_the_token_of_its_own_sign_in),
      TEST(a_partner_sees_its_own_activities_alone),
      TEST(the_lead_sees_what_meets_and_not_how_many_children_came),
      TEST(a_second_role_opens_no_rows_that_neither_has),
      TEST(a_partners_extract_holds_its_own_activities_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
