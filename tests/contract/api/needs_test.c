/* needs_test.c: what staff must know of a learner: written by the office and safeguarding, changed, ended,
 * and every look at it in the audit. Who may is in the matrix. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

static void say(const char *act, const struct id *id, const char *kind, const char *text,
                const char *expires) {
  json_t *body = json_pack("{s:s, s:s}", "kind", kind, "text", text);
  if (expires) json_object_set_new(body, "expires", json_string(expires));
  desk_send(desk_path(act, id), body);
}

static struct id add(const char *kind, const char *text, const char *expires) {
  struct id id;
  say("/api/needs/add/", &w->world.zoe, kind, text, expires);
  desk_fine();
  assert_int_equal(id_parse(&id, slice_text(desk_text("id"))), ERR_OK);
  return id;
}

static void look(size_t count) {
  desk_get(desk_path("/api/needs/", &w->world.zoe));
  desk_fine();
  assert_int_equal(desk_count("needs"), count);
}

static void what_is_written_is_shown_changed_and_ended(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  struct id nuts = add("allergy", "Peanuts. EpiPen in the red pouch.", NULL);
  (void)add("medical", "Asthma. Blue inhaler.", "2027-07-31");
  look(2);
  assert_string_equal(desk_text("needs.0.kind"), "medical");
  assert_string_equal(desk_text("needs.0.expires"), "2027-07-31");
  assert_string_equal(desk_text("needs.1.text"), "Peanuts. EpiPen in the red pouch.");
  say("/api/needs/edit/", &nuts, "allergy", "Peanuts and sesame. Two EpiPens.", "2027-01-01");
  desk_fine();
  look(2);
  assert_string_equal(desk_text("needs.1.text"), "Peanuts and sesame. Two EpiPens.");
  assert_string_equal(desk_text("needs.1.expires"), "2027-01-01");
  desk_send(desk_path("/api/needs/end/", &nuts), json_object());
  desk_fine();
  look(1);
  desk_send(desk_path("/api/needs/end/", &nuts), json_object());
  desk_expect(404, "NOT_FOUND");
  say("/api/needs/edit/", &nuts, "allergy", "Again", NULL);
  desk_expect(404, "NOT_FOUND");
  assert_int_equal(desk_audited("need.add"), 2);
  assert_int_equal(desk_audited("need.edit"), 1);
  assert_int_equal(desk_audited("need.end"), 1);
  assert_int_equal(desk_audited("needs.read"), 1); /* looking again within the hour is one look */
}

/* Letters are counted, and not bytes: an apostrophe from a word processor has three of them. */
static void five_hundred_letters_of_any_script_are_kept(void **state) {
  (void)state;
  char text[3 * 500 + 1] = "";
  desk_sit(ENUM_role_office);
  for (size_t i = 0; i < 500; i++) bytes_copy(text + 3 * i, "\xe2\x80\x99", 3);
  (void)add("access", text, NULL);
  look(1);
  assert_string_equal(desk_text("needs.0.text"), text);
}

static void safeguarding_writes_it_too_and_nobody_writes_over_somebody_else(void **state) {
  (void)state;
  char version[24];
  desk_sit(ENUM_role_safeguarding);
  struct id id = add("access", "Wheelchair user.", NULL);
  look(1);
  (void)snprintf(version, sizeof version, "%llu", (unsigned long long)desk_number("needs.0.version"));
  say("/api/needs/edit/", &id, "access", "Wheelchair user: the side door.", NULL);
  desk_fine();
  desk_send(desk_path("/api/needs/edit/", &id),
            json_pack("{s:s, s:s, s:s}", "kind", "access", "text", "From an old page", "version", version));
  desk_expect(409, "CONFLICT");
  look(1);
  assert_string_equal(desk_text("needs.0.text"), "Wheelchair user: the side door.");
}

static void what_cannot_be_is_refused_in_words(void **state) {
  (void)state;
  static const char *const wrong[][3] = {{"dental", "Braces", NULL},
                                         {"", "Braces", NULL},
                                         {"medical", "", NULL},
                                         {"medical", "Asthma", "2026-02-31"},
                                         {"medical", "Asthma", "2025-01-01"}};
  desk_sit(ENUM_role_office);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    say("/api/needs/add/", &w->world.zoe, wrong[i][0], wrong[i][1], wrong[i][2]);
    desk_expect(400, "INVALID");
  }
  say("/api/needs/add/", &w->world.strings, "medical", "Asthma", NULL);
  desk_expect(404, "NOT_FOUND");
  char long_text[3 * 501 + 1] = "";
  for (size_t i = 0; i < 501; i++) bytes_copy(long_text + 3 * i, "\xe2\x80\x99", 3);
  say("/api/needs/add/", &w->world.zoe, "medical", long_text, NULL);
  desk_expect(400, "INVALID");
  assert_non_null(strstr(desk_text("text"), "\"text\" of the need has 501 characters"));
  desk_get(desk_path("/api/needs/", &w->world.strings));
  desk_expect(404, "NOT_FOUND");
  look(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_is_written_is_shown_changed_and_ended),
      TEST(safeguarding_writes_it_too_and_nobody_writes_over_somebody_else),
      TEST(five_hundred_letters_of_any_script_are_kept),
      TEST(what_cannot_be_is_refused_in_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
