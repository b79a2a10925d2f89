/* cases_test.c: a case through the API: what is done about it stays, it is handed over with a signed file,
 * and the receipt of whoever took it comes back. */
#include "server/core/erase.h"
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

/* Zoe is away, nobody was told, and the register is closed. */
static struct id make_case(void) {
  const struct id keys[] = {w->world.strings_today, w->world.zoe};
  struct id id;
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_AU);
  (void)ingest_bring(&w->device);
  matter_close_register();
  crypto_row_id(&id, TABLE_mark, keys, 2);
  desk_sit(ENUM_role_safeguarding);
  return id;
}

/* `act` ends in a slash. */
static void say(const char *act, const struct id *id, const char *text) {
  desk_send(desk_path(act, id), json_pack("{s:s}", "text", text));
}

static void hand_over(const struct id *id) {
  desk_send(desk_path("/api/cases/transfer/", id),
            json_pack("{s:s, s:s}", "to", "Sample county", "text", "They moved there"));
}

/* The n-th thing that happened. */
static void happened(size_t n, const char *kind, const char *words) {
  char place[48];
  snprintf(place, sizeof place, "events.%zu.kind", n);
  assert_string_equal(desk_text(place), kind);
  snprintf(place, sizeof place, "events.%zu.text", n);
  assert_true(words ? strstr(desk_text(place), words) != NULL : !desk_text(place));
}

static void what_is_done_about_it_stays_in_its_order(void **state) {
  (void)state;
  struct id id = make_case();
  desk_get("/api/cases");
  desk_fine();
  assert_int_equal(desk_count("cases"), 1);
  assert_string_equal(desk_text("cases.0.state"), "open");
  desk_send(desk_path("/api/cases/take/", &id), json_object());
  desk_fine();
  assert_string_equal(desk_text("taken_by"), "safeguarding person");
  say("/api/cases/step/", &id, "Rang the school");
  desk_send(desk_path("/api/cases/end/", &id), json_pack("{s:s}", "text", "Found"));
  desk_expect(400, "INVALID"); /* how it ended is not said */
  desk_send(desk_path("/api/cases/end/", &id), json_pack("{s:s, s:i}", "text", "Found", "outcome", 2));
  desk_fine();
  assert_string_equal(desk_text("state"), "ended");
  say("/api/cases/reopen/", &id, "There is news");
  desk_fine();
  happened(0, "opened", NULL);
  happened(1, "taken", NULL);
  happened(2, "step", "Rang the school");
  happened(3, "ended", "Found");
  happened(4, "reopened", "There is news");
  assert_int_equal(desk_count("events"), 5);
  assert_int_equal(desk_audited("case.end"), 1);
}

/* What whoever takes it can check without this program: the hash of the text, and the hub's signature of
 * that. */
static void check_file(void) {
  uint8_t hash[hash_bytes], signature[signature_bytes];
  char hex[2 * hash_bytes + 1];
  struct slice content = slice_text(desk_text("case"));
  crypto_hash(hash, "tutti.case", &content, 1);
  hex_encode(hex, slice_of(hash, sizeof hash));
  assert_string_equal(desk_text("hash"), hex);
  assert_int_equal(hex_decode(signature, sizeof signature, slice_text(desk_text("signature"))), ERR_OK);
  assert_int_equal(
      crypto_verify(signature, "tutti.case", slice_of(hash, sizeof hash), w->host.hub.sign.public_key),
      ERR_OK);
  assert_string_equal(desk_text("to"), "Sample county");
  assert_non_null(strstr(desk_text("case"), "Rang the school"));
  assert_non_null(strstr(desk_text("case"), "Zo"));
}

static void it_is_handed_over_with_a_signed_file_and_the_receipt_comes_back(void **state) {
  (void)state;
  char hash[2 * hash_bytes + 1];
  struct id id = make_case();
  say("/api/cases/step/", &id, "Rang the school");
  say("/api/cases/receipt/", &id, "Theirs");
  desk_expect(409, "CONFLICT"); /* nobody has it yet */
  desk_send(desk_path("/api/cases/transfer/", &id), json_pack("{s:s, s:s}", "to", "", "text", "Why"));
  desk_expect(400, "INVALID");
  hand_over(&id);
  desk_fine();
  check_file();
  snprintf(hash, sizeof hash, "%s", desk_text("hash"));
  desk_get(desk_path("/api/cases/one/", &id));
  assert_string_equal(desk_text("state"), "handed_over");
  happened(2, "handed_over", "Sample county");
  happened(2, "handed_over", "They moved there");
  happened(2, "handed_over", hash);
  say("/api/cases/receipt/", &id, "Confirmed by e-mail on Monday");
  desk_fine();
  happened(3, "receipt", "on Monday");
  assert_string_equal(desk_text("state"), "handed_over");
  assert_int_equal(desk_audited("case.transfer"), 1);
  assert_int_equal(desk_audited("case.receipt"), 1);
}

/* Whoever ends a case has given it to nobody. */
static void a_case_that_ended_here_has_no_receipt(void **state) {
  (void)state;
  struct id id = make_case();
  desk_send(desk_path("/api/cases/end/", &id), json_pack("{s:s, s:i}", "text", "Found", "outcome", 2));
  desk_fine();
  say("/api/cases/receipt/", &id, "Theirs");
  desk_expect(409, "CONFLICT");
  desk_get(desk_path("/api/cases/one/", &id));
  assert_int_equal(desk_count("events"), 2);
}

static void a_case_is_never_gone_and_a_hold_keeps_the_child_in_it(void **state) {
  (void)state;
  struct erase_result result;
  struct fault fault = {.code = ERR_OK};
  struct id id = make_case();
  desk_send(desk_path("/api/cases/end/", &id), json_pack("{s:s, s:i}", "text", "Found", "outcome", 2));
  say("/api/cases/hold/", &id, "May be evidence");
  desk_fine();
  assert_true(desk_is("held"));
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("The family asked")};
  assert_int_equal(erase_learner(&result, &w->host.hub, w->host.store, &w->host.now, &order, &fault),
                   ERR_FORBIDDEN);
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_P);
  (void)ingest_bring(&w->device);
  desk_get("/api/cases");
  assert_int_equal(desk_count("cases"), 1);
  assert_string_equal(desk_text("cases.0.name"), "Zo\xc3\xab Testing");
}

static void tell(const struct id *learner, const char *starts, const char *ends) {
  json_t *body =
      json_pack("{s:s, s:s, s:s}", "starts", starts, "reason", "Dentist", "told_by", "their mother");
  if (ends) json_object_set_new(body, "ends", json_string(ends));
  desk_send(desk_path("/api/learners/notice/", learner), body);
}

/* What a family told the office is entered on the learner's page: the case of that day closes by itself, and
 * opens again when it was a mistake. */
static void an_absence_that_the_office_enters_explains_the_case(void **state) {
  (void)state;
  struct id id = make_case(), notice;
  desk_return(ENUM_role_office);
  tell(&w->world.zoe, "2026-11-20", "2026-11-23");
  desk_fine();
  assert_int_equal(id_parse(&notice, slice_text(desk_text("id"))), ERR_OK);
  desk_get(desk_path("/api/cases/one/", &id));
  assert_string_equal(desk_text("state"), "explained");
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_int_equal(desk_count("notices"), 1);
  assert_string_equal(desk_text("notices.0.starts"), "2026-11-20");
  assert_string_equal(desk_text("notices.0.ends"), "2026-11-23");
  assert_string_equal(desk_text("notices.0.told_by"), "their mother");
  desk_send(desk_path("/api/notices/void/", &notice), json_object());
  desk_fine();
  desk_get(desk_path("/api/cases/one/", &id));
  assert_string_equal(desk_text("state"), "open");
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_int_equal(desk_count("notices"), 0);
  assert_int_equal(desk_audited("notice.add"), 1);
  assert_int_equal(desk_audited("notice.void"), 1);
  desk_send(desk_path("/api/notices/void/", &notice), json_object());
  desk_expect(404, "NOT_FOUND");
  tell(&w->world.zoe, "2026-11-21", NULL); /* one day; the same that was taken back may be told again */
  desk_fine();
}

static void an_absence_that_cannot_be_is_refused_in_words(void **state) {
  (void)state;
  static const char *const days[][2] = {
      {"2026-02-31", NULL}, {"2026-11-21", "2026-11-20"}, {"2026-11-21", "2028-11-21"}, {"", NULL}};
  desk_return(ENUM_role_office);
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    tell(&w->world.zoe, days[i][0], days[i][1]);
    desk_expect(400, "INVALID");
  }
  tell(&w->world.strings, "2026-11-21", NULL);
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/learners/", &w->world.zoe));
  assert_int_equal(desk_count("notices"), 0);
}

/* Whom no list can name is found by none, so nothing of theirs is called as in a list: on one day two of them
 * would have been one, and whoever came after an erasure would have been told that they were erased. */
static void an_absence_of_a_learner_without_a_number_is_theirs_alone(void **state) {
  (void)state;
  struct erase_result result;
  struct fault fault = {.code = ERR_OK};
  const struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("The family asked")};
  desk_return(ENUM_role_office);
  tell(&w->world.zoe, "2026-11-20", NULL);
  desk_fine();
  desk_send(desk_path("/api/needs/add/", &w->world.zoe),
            json_pack("{s:s, s:s}", "kind", "medical", "text", "Asthma"));
  desk_fine();
  assert_int_equal(erase_learner(&result, &w->host.hub, w->host.store, &w->host.now, &order, &fault), ERR_OK);
  tell(&w->world.jo, "2026-11-20", NULL);
  desk_fine();
  desk_send(desk_path("/api/needs/add/", &w->world.jo),
            json_pack("{s:s, s:s}", "kind", "medical", "text", "Asthma"));
  desk_fine();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_absence_that_the_office_enters_explains_the_case),
      TEST(an_absence_that_cannot_be_is_refused_in_words),
      TEST(an_absence_of_a_learner_without_a_number_is_theirs_alone),
      TEST(what_is_done_about_it_stays_in_its_order),
      TEST(it_is_handed_over_with_a_signed_file_and_the_receipt_comes_back),
      TEST(a_case_that_ended_here_has_no_receipt),
      TEST(a_case_is_never_gone_and_a_hold_keeps_the_child_in_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
