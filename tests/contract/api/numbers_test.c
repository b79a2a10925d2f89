/* numbers_test.c: what schools and other systems call a learner: said, changed and taken away by the office,
 * one UPN for one learner, and every look in the audit. Who may is in the matrix. */
#include "tests/contract/api/matters.h"

#include <stdio.h>

static struct ingest_world *const w = &ingest_world;

#define UPN_1 "P000000000001"
#define UPN_2 "D000000000002"

static void say(const struct id *learner, const char *upn, const char *mis_id, const char *version) {
  json_t *body = json_pack("{s:s, s:s}", "upn", upn, "mis_id", mis_id);
  if (version) json_object_set_new(body, "version", json_string(version));
  desk_send(desk_path("/api/numbers/set/", learner), body);
}

static void look(const struct id *learner) {
  desk_get(desk_path("/api/numbers/", learner));
  desk_fine();
}

static void numbers_are_said_changed_and_taken_away(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 1);
  assert_true(json_is_null(desk_at("records.0.upn")));
  say(&w->world.zoe, " p0000-0000 0001 ", "00017", NULL);
  desk_fine();
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  assert_string_equal(desk_text("records.0.mis_id"), "00017");
  say(&w->world.zoe, UPN_2, "", NULL);
  desk_fine();
  look(&w->world.zoe);
  assert_string_equal(desk_text("records.0.upn"), UPN_2);
  assert_true(json_is_null(desk_at("records.0.mis_id")));
  assert_int_equal(desk_audited("numbers.set"), 2);
  assert_true(desk_audited("numbers.read") > 0);
}

static void what_is_no_upn_is_refused_in_words(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, "12345", "", NULL);
  desk_expect(400, "INVALID");
  say(&w->world.zoe, "A000000000001", "", NULL);
  desk_expect(400, "INVALID");
  assert_non_null(strstr(desk_text("text"), "mistyped"));
  assert_int_equal(desk_audited("numbers.set"), 0);
}

static void nobody_gets_the_upn_of_somebody_else_or_writes_over_a_change(void **state) {
  (void)state;
  char version[24];
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  desk_fine();
  (void)snprintf(version, sizeof version, "%lld", (long long)desk_number("records.0.version"));
  say(&w->world.jo, UPN_1, "", NULL);
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "Zo\xc3\xab"));
  say(&w->world.zoe, UPN_2, "", version);
  desk_fine();
  say(&w->world.zoe, UPN_1, "", version);
  desk_expect(409, "CONFLICT");
  say(&w->world.jo, UPN_1, "", "0"); /* nobody has it now */
  desk_fine();
}

static void merge(const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

/* Zoë and Jo were one child all along, and the page of either leads to the matter. */
static struct id two_upns(void) {
  struct id matter;
  say(&w->world.zoe, UPN_1, "00017", NULL);
  say(&w->world.jo, UPN_2, "", NULL);
  desk_fine();
  assert_true(json_is_null(desk_at("matter")));
  merge(&w->world.jo, &w->world.zoe);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 2);
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  assert_string_equal(desk_text("records.1.upn"), UPN_2);
  assert_int_equal(id_parse(&matter, slice_text(desk_text("matter"))), ERR_OK);
  return matter;
}

static void records_of_one_child_keep_both_and_lead_to_the_matter(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  struct id matter = two_upns();
  look(&w->world.jo);
  assert_string_equal(desk_text("records.0.upn"), UPN_2);
  assert_string_equal(desk_text("matter"), desk_path("", &matter));
  say(&w->world.jo, UPN_1, "", NULL); /* the same child has it: nobody else does */
  desk_fine();
  assert_true(json_is_null(desk_at("matter")));
}

static void two_upns_are_a_card_that_is_decided_and_taken_back(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  struct id matter = two_upns();
  desk_get("/api/work?kind=conflicts");
  assert_int_equal(desk_count("items"), 1);
  assert_string_equal(desk_text("items.0.question"), "Two UPNs for one child");
  desk_get(desk_path("/api/work/items/", &matter));
  desk_fine();
  assert_string_equal(desk_text("kind"), "two_upns");
  assert_string_equal(desk_text("question"), "Which UPN is right for Zoë Testing?");
  assert_string_equal(desk_text("choices.0.label"), UPN_1);
  assert_true(desk_is("choices.0.in_use") && desk_is("choices.0.office"));
  assert_string_equal(desk_text("choices.0.facts.0.value"), "Zoë Testing");
  assert_string_equal(desk_text("choices.1.label"), UPN_2);
  assert_string_equal(desk_text("choices.1.facts.0.value"), "Jo Testing");
  assert_non_null(desk_text("choices.1.author_name"));
  assert_true(desk_number("choices.1.written_at") > 0);
  assert_string_equal(desk_text("why"), "it is the number of the record that stands for the child.");
  assert_non_null(strstr(desk_text("effect"), "taken off its record"));
  matter_decide(&matter, 2, "the school says so");
  desk_fine();
  assert_string_equal(desk_text("state"), "decided");
  assert_string_equal(desk_text("choices.0.label"), UPN_2);
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("records.0.upn")));
  assert_string_equal(desk_text("records.0.mis_id"), "00017"); /* the school's own number is another matter */
  assert_int_equal(desk_audited("item.decide"), 1);
  matter_undo(&matter, "that was another child");
  desk_fine();
  look(&w->world.zoe);
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  merge(&w->world.jo, NULL);
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("matter")));
}

/* A school's own number: what is not chosen is set aside where it stands. */
static void two_numbers_at_one_school_are_a_card_that_is_decided_and_taken_back(void **state) {
  struct id matter;
  const struct id *both[] = {&w->world.zoe, &w->world.jo};
  (void)state;
  desk_sit(ENUM_role_office);
  struct op school = {.table = schema_table(TABLE_school), .row = {{0x5C}}, .units = 3};
  school.values[COL(school, urn)] = value_text(slice_text("100001"));
  school.values[COL(school, name)] = value_text(slice_text("Riverside"));
  hub_world_put(&w->host, &school);
  for (size_t i = 0; i < 2; i++) {
    struct op op = {.table = schema_table(TABLE_learner), .row = *both[i], .units = 1U << 3};
    op.values[COL(learner, school)] = value_id(&school.row);
    hub_world_put(&w->host, &op);
  }
  say(&w->world.zoe, "", "00017", NULL);
  say(&w->world.jo, "", "00018", NULL);
  desk_fine();
  assert_true(json_is_null(desk_at("mis_matter")));
  merge(&w->world.jo, &w->world.zoe);
  look(&w->world.jo);
  assert_true(json_is_null(desk_at("matter")));
  assert_int_equal(id_parse(&matter, slice_text(desk_text("mis_matter"))), ERR_OK);
  desk_get("/api/work?kind=conflicts");
  assert_string_equal(desk_text("items.0.question"), "Two numbers at one school");
  desk_get(desk_path("/api/work/items/", &matter));
  desk_fine();
  assert_string_equal(desk_text("kind"), "two_numbers");
  assert_string_equal(desk_text("question"), "Which number does Zo\xc3\xab Testing have at Riverside?");
  assert_string_equal(desk_text("choices.0.label"), "00017");
  assert_string_equal(desk_text("choices.1.facts.0.value"), "Jo Testing");
  assert_string_equal(desk_text("why"), "it is the number of the record that stands for the child.");
  assert_non_null(strstr(desk_text("effect"), "set aside"));
  matter_decide(&matter, 2, "the school says so");
  desk_fine();
  assert_string_equal(desk_text("state"), "decided");
  assert_string_equal(desk_text("choices.0.label"), "00018");
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("mis_matter")));
  assert_string_equal(desk_text("records.0.mis_id"), "00017");
  assert_true(desk_is("records.0.mis_aside") && !desk_is("records.1.mis_aside"));
  assert_int_equal(desk_audited("item.decide"), 1);
  desk_sit(ENUM_role_admin);
  desk_get(desk_path("/api/work/items/", &matter));
  desk_expect(403, "FORBIDDEN");
  desk_sit(ENUM_role_office);
  matter_undo(&matter, "that was the old one");
  desk_fine();
  look(&w->world.zoe);
  assert_false(desk_is("records.0.mis_aside"));
  assert_string_equal(desk_text("mis_matter"), desk_path("", &matter));
}

/* A walk-in and Zoe are one child, somebody decided in the matter `pair`. */
static struct id put_together(struct id *pair) {
  struct id twin = matter_walk_in("zoe", "TESTING");
  *pair = matter_duplicate(&twin, &w->world.zoe);
  matter_decide(pair, id_compare(&twin, &w->world.zoe) > 0 ? 1 : 2, "one child, the family says");
  desk_fine();
  return twin;
}

/* Zoe and a walk-in were put together, each with a UPN; then one of the two was chosen. */
struct chosen {
  struct id twin, pair, matter; /* the matters: are they one child, and which UPN is hers */
};
static struct chosen choose_between_two(void) {
  struct chosen c;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  c.twin = put_together(&c.pair);
  say(&c.twin, UPN_2, "", NULL);
  desk_fine();
  look(&w->world.zoe);
  assert_int_equal(id_parse(&c.matter, slice_text(desk_text("matter"))), ERR_OK);
  matter_decide(&c.matter, 2, "the school says so");
  desk_fine();
  return c;
}

/* The decision was about one child: of two, each has its own again. */
static void records_that_part_have_each_their_upn_again(void **state) {
  (void)state;
  struct chosen c = choose_between_two();
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("records.0.upn")));
  matter_undo(&c.pair, "they are cousins");
  desk_fine();
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 1);
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  look(&c.twin);
  assert_string_equal(desk_text("records.0.upn"), UPN_2);
  matter_undo(&c.matter, "again");
  desk_expect(409, "CONFLICT");
}

/* Whether that was one child is not taken back, and so what it decided of their UPNs is not either. */
static void records_that_may_not_part_keep_the_upn_that_was_decided(void **state) {
  (void)state;
  struct chosen c = choose_between_two();
  struct op left = {.table = schema_table(TABLE_learner), .row = c.twin, .units = 1U << 4};
  left.values[COL(learner, status)] = value_int(ENUM_learner_status_left);
  left.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &left); /* it is not the decision's any more */
  matter_undo(&c.pair, "they are cousins");
  desk_expect(409, "CONFLICT");
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("records.0.upn")));
  assert_int_equal(desk_audited("item.undo"), 0);
}

/* What shows that they are two may come after they were put together. */
static void records_part_though_their_upns_say_by_now_that_they_are_two(void **state) {
  (void)state;
  struct id canon;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  struct id pair, twin = put_together(&pair);
  say(&twin, UPN_2, "", NULL);
  desk_fine();
  matter_undo(&pair, "two children, the school says");
  desk_fine();
  assert_string_equal(desk_text("state"), "settled"); /* nobody has to be asked */
  assert_int_equal(w->host.store->ops->alias_canonical(w->host.store, &twin, &canon), ERR_OK);
  assert_true(id_equal(&canon, &twin));
  desk_get("/api/work/counts");
  assert_int_equal(desk_number("duplicates"), 0);
  look(&w->world.zoe);
  assert_true(json_is_null(desk_at("matter")));
}

/* Whoever else sees what waits does not see what schools call a child. */
static void a_card_about_upns_is_for_the_office_alone(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  struct id matter = two_upns();
  desk_sit(ENUM_role_admin);
  desk_get(desk_path("/api/work/items/", &matter));
  desk_expect(403, "FORBIDDEN");
  desk_get("/api/work?kind=conflicts");
  desk_fine();
  assert_int_equal(desk_count("items"), 0);
}

static void the_form_mends_what_people_slip_in_and_gives_a_school_number_once(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, "pooo0000-0000I", "00017", NULL);
  desk_fine();
  assert_string_equal(desk_text("records.0.upn"), UPN_1);
  say(&w->world.jo, "", "17", NULL); /* of no school: nobody can say that it is the same number */
  desk_fine();
  const struct id *both[] = {&w->world.zoe, &w->world.jo};
  for (size_t i = 0; i < 2; i++) {
    struct op op = {.table = schema_table(TABLE_learner), .row = *both[i], .units = 1U << 3};
    op.values[COL(learner, school)] = value_id(&w->world.brass); /* any id: nobody looks at the school */
    hub_world_put(&w->host, &op);
  }
  say(&w->world.jo, "", "017", NULL);
  desk_expect(409, "CONFLICT");
  assert_non_null(strstr(desk_text("text"), "Zo\xc3\xab"));
  say(&w->world.jo, "", "18", NULL);
  desk_fine();
}

/* A school gave one for the time being, and then the right one came. */
static void a_number_for_the_time_being_says_nothing_against_another(void **state) {
  (void)state;
  desk_sit(ENUM_role_office);
  say(&w->world.zoe, UPN_1, "", NULL);
  desk_fine();
  say(&w->world.jo, "A00000000000A", "", NULL);
  desk_fine();
  struct op op = {.table = schema_table(TABLE_learner), .row = w->world.jo, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&w->world.zoe);
  hub_world_put(&w->host, &op);
  look(&w->world.zoe);
  assert_int_equal(desk_count("records"), 2);
  assert_true(json_is_null(desk_at("matter")));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(numbers_are_said_changed_and_taken_away),
      CASE(what_is_no_upn_is_refused_in_words),
      CASE(a_number_for_the_time_being_says_nothing_against_another),
      CASE(the_form_mends_what_people_slip_in_and_gives_a_school_number_once),
      CASE(records_of_one_child_keep_both_and_lead_to_the_matter),
      CASE(two_upns_are_a_card_that_is_decided_and_taken_back),
      CASE(two_numbers_at_one_school_are_a_card_that_is_decided_and_taken_back),
      CASE(records_that_part_have_each_their_upn_again),
      CASE(records_that_may_not_part_keep_the_upn_that_was_decided),
      CASE(records_part_though_their_upns_say_by_now_that_they_are_two),
      CASE(a_card_about_upns_is_for_the_office_alone),
      CASE(nobody_gets_the_upn_of_somebody_else_or_writes_over_a_change),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
