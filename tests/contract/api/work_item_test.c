/* work_item_test.c: a matter at the desk: shown in words, decided with a reason, taken back; and everything
 * that a decision is refused for. */
#include <stdio.h>

#include "server/core/erase.h"
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void expect_text(const char *place, const char *expected) {
  const char *found = desk_text(place);
  if (!found || strcmp(found, expected) != 0)
    fail_msg("%s is \"%s\" and not \"%s\" in %s", place, found ? found : "(none)", expected, desk.text);
}

static int64_t code_in_use(const struct id *learner) {
  return ingest_load_mark(learner).values[COL(mark, code)].i;
}

static void look(const struct id *id) {
  desk_get(desk_path("/api/work/items/", id));
  desk_fine();
}

/* ---- shown ---- */

static void a_matter_says_who_wrote_what_where_and_when(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  expect_text("question", "Was Zoë Testing here, or away?");
  expect_text("topic", "Attendance");
  expect_text("place", "Strings, Sat 21 Nov");
  expect_text("state", "open");
  assert_int_equal(desk_count("choices"), 2);
  expect_text("choices.0.label", "Here");
  expect_text("choices.0.author_name", "Ben");
  expect_text("choices.0.device_name", "Kiosk");
  assert_true(desk_is("choices.0.in_use"));
  expect_text("choices.1.label", "Away, not told");
  expect_text("choices.1.author_name", "Ada");
  assert_false(desk_is("choices.1.in_use"));
  long long written = desk_number("choices.1.written_at"), later = desk_number("choices.0.written_at");
  assert_true(written > 0 && later - written == 18 * 60000);
  assert_true(desk_number("choices.1.received_at") >= written);
  expect_text("why", "it was written 18 minutes after “Away, not told”, and the later entry is shown until "
                     "somebody decides.");
  assert_true(desk_is("urgent") && desk_is("can_decide") && desk_is("own_mark"));
  assert_false(desk_is("safe") || desk_is("can_undo"));
}

static void what_switching_does_is_computed_from_the_marks(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  assert_non_null(strstr(desk_text("effect"), "Nothing of this session counts yet"));
  matter_close_register();
  look(&id);
  expect_text("effect",
              "Choosing “Away, not told” moves Zoë Testing from 1 of 1 to 0 of 1 sessions, 2026/27.");
  assert_int_equal(desk_number("choices.0.attendance.here"), 1);
  assert_int_equal(desk_number("choices.1.attendance.here"), 0);
  assert_int_equal(desk_number("choices.1.attendance.of"), 1);
  /* A term of the hub's own gives the figure its name. */
  struct op term = {.table = schema_table(TABLE_term), .row = w->world.brass, .units = 1U << 1 | 1U << 2};
  term.values[COL(term, name)] = value_text(slice_text("Autumn term 2026"));
  term.values[COL(term, starts)] = value_int(w->world.today - 60);
  term.values[COL(term, ends)] = value_int(w->world.today + 20);
  hub_world_put(&w->host, &term);
  look(&id);
  expect_text("span", "Autumn term 2026");
}

static void both_away_changes_no_figure_and_is_safe(void **state) {
  (void)state;
  matter_close_register();
  struct id id = matter_of_marks(&w->world.jo, ENUM_mark_code_AN, ENUM_mark_code_AU);
  look(&id);
  assert_true(desk_is("safe"));
  assert_false(desk_is("urgent"));
  expect_text("question", "Was Jo Testing away, not told, or away, told us?");
  expect_text("effect", "Either way Jo Testing was at 0 of 1 sessions, 2026/27.");
}

static void what_happened_stands_in_its_order(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_L);
  look(&id);
  look(&id); /* who looked is in its life from then on */
  expect_text("happened.0.who", "Ada");
  expect_text("happened.0.text", "wrote “Here”, on Kiosk.");
  expect_text("happened.1.who", "Ben");
  expect_text("happened.2.text", "The entries met here and did not agree.");
  expect_text("happened.3.text", "looked at it first.");
  expect_text("happened.3.who", "office person");
  assert_int_equal(desk_count("happened"), 4);
}

static void a_tag_saves_the_second_answer(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_L);
  look(&id);
  look(&id);
  char tag[http_etag_bytes_max];
  snprintf(tag, sizeof tag, "%s", desk.etag);
  desk.if_none_match = tag;
  desk_get(desk_path("/api/work/items/", &id));
  assert_int_equal(desk.status, 304);
}

/* ---- decided ---- */

static void a_decision_is_in_use_at_once_and_keeps_its_reason(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  matter_decide(&id, 2, "rang the family");
  desk_fine();
  expect_text("state", "decided");
  assert_true(desk_is("can_undo"));
  assert_true(desk.changes.position > 0 && desk.changes.stream_count == 1);
  assert_int_equal(code_in_use(&w->world.zoe), ENUM_mark_code_AU);
  size_t last = desk_count("happened") - 1;
  char place[40];
  snprintf(place, sizeof place, "happened.%zu.reason", last);
  expect_text(place, "rang the family");
  snprintf(place, sizeof place, "happened.%zu.who", last);
  expect_text(place, "office person");
}

static void the_second_of_two_people_hears_who_was_first_and_what_they_said(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  char heads[2 * key_bytes + 1];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  matter_decide(&id, 2, "rang the family");
  desk_fine();
  hub_host_pass(&w->host, 300000);
  desk_send(desk_path("/api/work/decide/", &id),
            json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 1, "reason", "saw her"));
  desk_expect(409, "CONFLICT");
  expect_text("text", "office person decided this 5 minutes ago: Away, not told. Nothing was changed.");
  assert_int_equal(code_in_use(&w->world.zoe), ENUM_mark_code_AU);
}

static void what_was_not_seen_is_not_decided(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  char heads[2 * key_bytes + 1];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  ingest_mark(&w->device, &w->world.ada, &w->world.zoe, ENUM_mark_code_SE);
  (void)ingest_bring(&w->device);
  desk_send(desk_path("/api/work/decide/", &id),
            json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 1, "reason", "saw her"));
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "since you looked"));
}

static void the_office_may_say_something_else(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  char heads[2 * key_bytes + 1];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  desk_send(desk_path("/api/work/decide/", &id),
            json_pack("{s:s, s:s, s:i, s:s}", "heads", heads, "code", "L", "arrived", 621, "reason",
                      "the bus was late"));
  desk_fine();
  expect_text("choices.0.label", "Late, arrived 10:21");
  assert_int_equal(code_in_use(&w->world.zoe), ENUM_mark_code_L);
}

static void a_decision_is_taken_back_and_the_matter_is_open_again(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  matter_decide(&id, 2, "rang the family");
  matter_undo(&id, "");
  desk_expect(400, "INVALID");
  matter_undo(&id, "that was another Zoë");
  desk_fine();
  expect_text("state", "open");
  assert_int_equal(desk_count("choices"), 2);
  assert_int_equal(code_in_use(&w->world.zoe), ENUM_mark_code_P);
  /* Who wrote what on which device is as it was, and the life tells both decisions, each once. */
  expect_text("choices.1.device_name", "Kiosk");
  assert_int_equal(desk_number("choices.0.written_at") - desk_number("choices.1.written_at"), 18 * 60000);
  assert_non_null(strstr(desk_text("why"), "18 minutes after"));
  expect_text("happened.0.text", "wrote “Away, not told”, on Kiosk.");
  expect_text("happened.4.text", "decided: “Away, not told”.");
  expect_text("happened.5.text", "took the decision back.");
  assert_int_equal(desk_count("happened"), 6);
  matter_undo(&id, "again");
  desk_expect(409, "CONFLICT");
}

static void bad_decisions_change_nothing_and_are_told_why(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  uint8_t before[hash_bytes], after[hash_bytes];
  look(&id);
  char heads[2 * key_bytes + 1], many[reason_bytes_max + 2];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  memset(many, 'x', sizeof many - 1);
  many[sizeof many - 1] = 0;
  hub_host_digest(&w->host, before);
  const struct {
    unsigned status;
    json_t *body;
  } bad[] = {
      {400, json_object()},
      {400, json_pack("{s:s, s:i}", "heads", heads, "choice", 1)},
      {400, json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 1, "reason", "")},
      {413, json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 1, "reason", many)},
      {400, json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 0, "reason", "x")},
      {400, json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 9, "reason", "x")},
      {400, json_pack("{s:s, s:s}", "heads", heads, "reason", "neither")},
      {400, json_pack("{s:s, s:i, s:s, s:s}", "heads", heads, "choice", 1, "code", "P", "reason", "both")},
      {400, json_pack("{s:s, s:s, s:s}", "heads", heads, "code", "X", "reason", "no such code")},
      {400, json_pack("{s:s, s:s, s:i, s:s}", "heads", heads, "code", "P", "arrived", 600, "reason", "x")},
      {400, json_pack("{s:s, s:i, s:s}", "heads", "abc", "choice", 1, "reason", "x")},
      {400, json_pack("{s:s, s:i, s:s, s:b}", "heads", heads, "choice", 1, "reason", "x", "force", 1)},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    desk_send(desk_path("/api/work/decide/", &id), bad[i].body);
    if (desk.status != bad[i].status) fail_msg("body %zu: %u %s", i, desk.status, desk.text);
    assert_true(strlen(desk_text("text")) > 5);
  }
  hub_host_digest(&w->host, after);
  assert_memory_equal(before, after, hash_bytes);
  look(&id);
  expect_text("state", "open");
}

static void a_matter_about_somebody_who_was_erased_meanwhile_says_so(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  look(&id);
  char heads[2 * key_bytes + 1];
  snprintf(heads, sizeof heads, "%s", desk_text("heads"));
  struct erase_result r;
  struct fault fault;
  struct erase_order order = {
      .learner = w->world.zoe, .by = w->host.hub.id, .reason = slice_text("the family asked for it")};
  assert_int_equal(erase_learner(&r, &w->host.hub, w->host.store, &w->host.now, &order, &fault), ERR_OK);
  desk_send(desk_path("/api/work/decide/", &id),
            json_pack("{s:s, s:i, s:s}", "heads", heads, "choice", 1, "reason", "saw her"));
  desk_expect(404, "NOT_FOUND");
  assert_non_null(strstr(desk_text("text"), "erased"));
  desk_get(desk_path("/api/work/items/", &id));
  desk_expect(404, "NOT_FOUND");
  matter_undo(&id, "x");
  desk_expect(404, "NOT_FOUND");
}

/* ---- who ---- */

static void safeguarding_sees_and_decides_where_a_child_may_be_missing_and_nothing_else(void **state) {
  (void)state;
  struct id urgent = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  struct id calm = matter_of_marks(&w->world.jo, ENUM_mark_code_L, ENUM_mark_code_P);
  desk_return(ENUM_role_safeguarding);
  desk_get("/api/work?kind=all");
  desk_fine();
  assert_int_equal(desk_count("items"), 1);
  expect_text("items.0.name", "Zoë Testing");
  assert_true(desk_is("items.0.urgent"));
  desk_get(desk_path("/api/work/items/", &calm));
  desk_expect(403, "FORBIDDEN");
  matter_decide(&urgent, 1, "she is in the hall");
  desk_fine();
  /* What was decided by them stays theirs to take back. */
  matter_undo(&urgent, "that was her sister");
  desk_fine();
  desk_return(ENUM_role_office);
  matter_decide(&calm, 1, "x");
  desk_fine();
  desk_return(ENUM_role_safeguarding);
  matter_undo(&calm, "x");
  desk_expect(403, "FORBIDDEN");
}

static void an_administrator_looks_and_does_not_decide(void **state) {
  (void)state;
  struct id id = matter_of_marks(&w->world.zoe, ENUM_mark_code_AU, ENUM_mark_code_P);
  desk_return(ENUM_role_admin);
  look(&id);
  assert_false(desk_is("can_decide"));
  matter_decide(&id, 1, "x");
  desk_expect(403, "FORBIDDEN");
  matter_undo(&id, "x");
  desk_expect(403, "FORBIDDEN");
  desk_return(ENUM_role_lead);
  desk_get(desk_path("/api/work/items/", &id));
  desk_expect(403, "FORBIDDEN");
  desk_get("/api/work/counts");
  desk_fine();
  assert_int_equal(desk_number("conflicts"), 1);
}

/* ---- duplicates ---- */

/* The card under Decided says what was decided, and not the opposite. */
static void expect_decided(const char *chosen, const char *other) {
  char place[48], said[256];
  desk_fine();
  expect_text("state", "decided");
  snprintf(place, sizeof place, "%s.in_use", chosen);
  assert_true(desk_is(place));
  snprintf(place, sizeof place, "%s.in_use", other);
  assert_false(desk_is(place));
  snprintf(place, sizeof place, "%s.label", chosen);
  snprintf(said, sizeof said, "decided: “%s”.", desk_text(place));
  snprintf(place, sizeof place, "happened.%zu.text", desk_count("happened") - 1);
  expect_text(place, said);
}

/* A learner's page names the other records of the child, and the matter by which they become two again. */
static void expect_records(const struct id *learner, size_t count, const struct id *matter) {
  char text[id_text_bytes];
  desk_get(desk_path("/api/learners/", learner));
  desk_fine();
  assert_int_equal(desk_count("same"), count);
  if (!matter) return;
  id_text(text, matter);
  expect_text("same.0.matter", text);
}

static void two_records_of_one_child_become_one_and_two_again(void **state) {
  (void)state;
  struct id twin = matter_walk_in("zoe", "TESTING"), canon;
  struct id id = matter_duplicate(&twin, &w->world.zoe);
  look(&id);
  expect_text("kind", "duplicate");
  expect_text("place", "Same name, one walked in");
  expect_text("why", "nothing is put together by itself: both records stay until somebody decides.");
  expect_text("happened.0.text", "The two records were found to be alike.");
  assert_int_equal(desk_count("choices"), 3);
  expect_text("choices.2.label", "Not the same person");
  assert_true(desk_count("choices.0.facts") >= 3);
  assert_non_null(strstr(desk_text("effect"), "as one child at 0 of 0"));
  bool first = id_compare(&twin, &w->world.zoe) > 0; /* the lower id is the first */
  matter_decide(&id, first ? 1 : 2, "same birthday, the family says");
  desk_fine();
  assert_int_equal(w->host.store->ops->alias_canonical(w->host.store, &twin, &canon), ERR_OK);
  assert_true(id_equal(&canon, &w->world.zoe));
  expect_decided(first ? "choices.0" : "choices.1", "choices.2");
  expect_records(&w->world.zoe, 1, &id);
  expect_records(&twin, 1, &id);
  matter_undo(&id, "they are cousins");
  desk_fine();
  expect_records(&w->world.zoe, 0, NULL);
  look(&id);
  assert_true(desk_is("choices.2.in_use"));
  assert_int_equal(w->host.store->ops->alias_canonical(w->host.store, &twin, &canon), ERR_OK);
  assert_true(id_equal(&canon, &twin));
}

static void give_telephone(uint8_t number, const struct id *learner) {
  struct op op = {.table = schema_table(TABLE_contact), .row = {{0xC0, number}}, .units = 3};
  op.values[COL(contact, learner)] = value_id(learner);
  op.values[COL(contact, name)] = value_text(slice_text("Sample Parent"));
  op.values[COL(contact, phone)] = value_text(slice_text("01632 960001"));
  op.values[COL(contact, priority)] = value_int(1);
  hub_world_put(&w->host, &op);
}

/* What a person would look at first stands above the two, and each record says of itself what it holds. */
static void what_speaks_for_one_child_is_said(void **state) {
  (void)state;
  struct id twin = matter_walk_in("zoe", "TESTING");
  struct id id = matter_duplicate(&twin, &w->world.zoe);
  bool first = id_compare(&twin, &w->world.zoe) < 0;
  give_telephone(1, &twin);
  give_telephone(2, &w->world.zoe);
  look(&id);
  expect_text("place", "Same name, same telephone, one walked in");
  bool said = false;
  for (size_t i = 0; i < desk_count(first ? "choices.0.facts" : "choices.1.facts"); i++) {
    char place[48];
    snprintf(place, sizeof place, "choices.%d.facts.%zu.name", first ? 0 : 1, i);
    if (strcmp(desk_text(place), "Status") != 0) continue;
    snprintf(place, sizeof place, "choices.%d.facts.%zu.value", first ? 0 : 1, i);
    expect_text(place, "Provisional");
    said = true;
  }
  assert_true(said);
}

static void put_born(const struct id *learner, const char *known, uint8_t month, uint8_t day) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *learner, .units = 1U << 1 | 1U << 2};
  op.values[COL(learner, first_name)] = value_text(slice_text("Zoe"));
  op.values[COL(learner, last_name)] = value_text(slice_text("Testing"));
  if (known) op.values[COL(learner, known_name)] = value_text(slice_text(known));
  op.values[COL(learner, dob)] = value_int(date_to_days((struct date){2015, month, day}));
  hub_world_put(&w->host, &op);
}

/* The reason stands on the card also where what is written differs, or nobody would see why it was asked. */
static void what_is_nearly_the_same_is_said_too(void **state) {
  (void)state;
  struct id twin = matter_walk_in("zoe", "TESTING");
  struct id id = matter_duplicate(&twin, &w->world.zoe);
  put_born(&w->world.zoe, "Sam", 4, 10);
  put_born(&twin, NULL, 10, 4);
  look(&id);
  expect_text("place", "Same full name, born with day and month swapped, one walked in");
  put_born(&twin, "Samuel", 4, 11);
  look(&id);
  expect_text("place", "Same full name, born one digit apart, one walked in");
}

static void not_the_same_person_is_remembered(void **state) {
  (void)state;
  struct id twin = matter_walk_in("zoe", "TESTING");
  struct id id = matter_duplicate(&twin, &w->world.zoe);
  matter_decide(&id, 3, "cousins");
  expect_decided("choices.2", "choices.0");
  assert_true(desk.changes.learners); /* no row of it travels, and every page hears of it all the same */
  /* Something about one of them changes, and nobody is asked again. */
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.zoe, .units = 1U << 3};
  op.values[COL(learner, year_group)] = value_text(slice_text("7"));
  hub_world_put(&w->host, &op);
  desk_get("/api/work/counts");
  assert_int_equal(desk_number("duplicates"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_matter_says_who_wrote_what_where_and_when),
      TEST(what_switching_does_is_computed_from_the_marks),
      TEST(both_away_changes_no_figure_and_is_safe),
      TEST(what_happened_stands_in_its_order),
      TEST(a_tag_saves_the_second_answer),
      TEST(a_decision_is_in_use_at_once_and_keeps_its_reason),
      TEST(the_second_of_two_people_hears_who_was_first_and_what_they_said),
      TEST(what_was_not_seen_is_not_decided),
      TEST(the_office_may_say_something_else),
      TEST(a_decision_is_taken_back_and_the_matter_is_open_again),
      TEST(bad_decisions_change_nothing_and_are_told_why),
      TEST(a_matter_about_somebody_who_was_erased_meanwhile_says_so),
      TEST(safeguarding_sees_and_decides_where_a_child_may_be_missing_and_nothing_else),
      TEST(an_administrator_looks_and_does_not_decide),
      TEST(two_records_of_one_child_become_one_and_two_again),
      TEST(what_speaks_for_one_child_is_said),
      TEST(what_is_nearly_the_same_is_said_too),
      TEST(not_the_same_person_is_remembered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
