/* work_ask_test.c: asking the tutor about a matter: the question, its answer on the card, its end with the
 * decision. */
#include "server/core/release.h"
#include "server/core/views_questions.h"
#include "tests/contract/api/matters.h"

static struct ingest_world *const w = &ingest_world;

static void ask(const struct id *matter, const struct id *staff, const char *text) {
  char id[id_text_bytes];
  id_text(id, staff);
  desk_send(desk_path("/api/work/ask/", matter), json_pack("{s:s, s:s}", "staff", id, "text", text));
}

static struct id asked_id(void) {
  struct id id;
  assert_int_equal(id_parse(&id, slice_text(desk_text("questions.0.id"))), ERR_OK);
  return id;
}

static struct receipt answer(struct test_device *d, const struct id *author, const struct id *question,
                             const char *text) {
  const struct table *t = schema_table(TABLE_question);
  struct op op = {.table = t, .row = *question, .units = 1U << t->columns[COL(question, answer)].unit};
  op.values[COL(question, answer)] = value_text(slice_text(text));
  test_device_write(d, author, &op);
  return ingest_bring(d);
}

static size_t audited(const char *action) {
  struct view_audit *list;
  size_t count, found = 0;
  const struct audit_query q = {.to_ms = INT64_MAX, .limit = 200};
  assert_int_equal(views_audit(w->host.store, &q, &w->arena, &list, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) found += slice_equal(list[i].action, slice_text(action));
  return found;
}

static void a_question_goes_to_whoever_wrote_and_the_answer_is_on_the_card(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  desk_get(desk_path("/api/work/items/", &matter));
  assert_int_equal(desk_count("authors"), 2);
  assert_int_equal(desk_count("questions"), 0);
  assert_true(desk_is("can_ask"));
  ask(&matter, &w->world.ada, "Was she there?");
  desk_fine();
  assert_string_equal(desk_text("questions.0.text"), "Was she there?");
  assert_null(desk_text("questions.0.answer"));
  struct id question = asked_id();
  assert_int_equal(answer(&w->device, &w->world.ada, &question, "Yes").status, RECEIPT_APPLIED);
  desk_get(desk_path("/api/work/items/", &matter));
  assert_string_equal(desk_text("questions.0.answer"), "Yes");
  assert_true(desk_number("questions.0.answered_at") > 0);
  assert_int_equal(audited("item.ask"), 1);
  assert_int_equal(audited("question.answer"), 1);
}

static void nobody_else_answers_it_and_the_question_itself_is_the_offices(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  const struct table *t = schema_table(TABLE_question);
  ask(&matter, &w->world.ada, "Was she there?");
  struct id question = asked_id(), nothing = {{0xee}};
  assert_int_equal(answer(&w->other, &w->world.ben, &question, "No").status, RECEIPT_QUARANTINED);
  assert_int_equal(answer(&w->device, &w->world.ada, &nothing, "Yes").status, RECEIPT_QUARANTINED);
  struct op op = {.table = t, .row = question, .units = 1U << t->columns[COL(question, text)].unit};
  op.values[COL(question, text)] = value_text(slice_text("Was she not there?"));
  test_device_write(&w->device, &w->world.ada, &op);
  assert_int_equal(ingest_bring(&w->device).status, RECEIPT_QUARANTINED);
  desk_get(desk_path("/api/work/items/", &matter));
  assert_string_equal(desk_text("questions.0.text"), "Was she there?");
  assert_null(desk_text("questions.0.answer"));
}

static void it_ends_with_the_decision_and_taking_that_back_does_not_ask_again(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  ask(&matter, &w->world.ada, "Was she there?");
  matter_decide(&matter, 1, "Rang the family");
  desk_get(desk_path("/api/work/items/", &matter));
  assert_true(desk_is("questions.0.withdrawn"));
  assert_false(desk_is("can_ask"));
  ask(&matter, &w->world.ada, "Too late?");
  desk_expect(409, "CONFLICT");
  matter_undo(&matter, "The wrong way");
  desk_get(desk_path("/api/work/items/", &matter));
  assert_string_equal(desk_text("state"), "open");
  assert_true(desk_is("questions.0.withdrawn"));
}

/* A family that asks what is kept about their child is told what was asked and answered. */
static void it_stands_in_what_is_told_to_a_family(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  ask(&matter, &w->world.ada, "Was she there?");
  struct id question = asked_id();
  (void)answer(&w->device, &w->world.ada, &question, "Yes");
  desk_get(desk_path("/api/subject/", &w->world.zoe));
  desk_fine();
  assert_string_equal(desk_text("records.question.0.text"), "Was she there?");
  assert_string_equal(desk_text("records.question.0.answer"), "Yes");
  desk_get(desk_path("/api/subject/", &w->world.jo));
  assert_null(desk_at("records.question"));
}

/* "One child, or two?" names both. */
static void what_was_asked_about_two_children_is_told_to_either_family(void **state) {
  (void)state;
  struct id twin = matter_walk_in("Zo\xc3\xab", "Testing");
  struct id matter = matter_duplicate(&w->world.zoe, &twin);
  ask(&matter, &w->world.ada, "Did she come twice?");
  desk_fine();
  const struct id *children[] = {&w->world.zoe, &twin};
  for (size_t i = 0; i < 2; i++) {
    desk_get(desk_path("/api/subject/", children[i]));
    desk_fine();
    assert_string_equal(desk_text("records.question.0.text"), "Did she come twice?");
  }
}

/* ---- matters that end without a decision ---- */

/* Is it withdrawn, a few seconds later? */
static bool is_over(const struct id *matter) {
  hub_host_tidy(&w->host);
  desk_get(desk_path("/api/work/items/", matter));
  return desk_is("questions.0.withdrawn");
}

/* The same person changes their mind: what they wrote before is gone. */
static void write_again(struct test_device *d, const struct id *author, int code, int arrived) {
  struct changeset *cs = test_device_mark(d, author, &w->world.strings_today, &w->world.zoe, code, arrived);
  struct base *before = arena_take(&d->arena, 1, sizeof *before);
  assert_non_null(before);
  *before = (struct base){.unit = 1, .op = test_device_op(d, cs)};
  before->op.counter -= 1;
  struct op *op = (struct op *)(uintptr_t)cs->ops;
  op->bases = before;
  op->base_count = 1;
  (void)ingest_bring(d);
}

static void it_ends_when_the_two_agree(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  ask(&matter, &w->world.ada, "Was she there?");
  assert_false(is_over(&matter));
  write_again(&w->other, &w->world.ben, ENUM_mark_code_P, -1);
  assert_true(is_over(&matter));
  assert_string_equal(desk_text("state"), "settled");
}

static void it_ends_when_somebody_saw_the_child_come_in_late(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  ask(&matter, &w->world.ben, "Was she away?");
  write_again(&w->device, &w->world.ada, ENUM_mark_code_L, 16 * 60 + 12);
  assert_true(is_over(&matter));
}

static void it_ends_while_a_notice_explains_the_absence(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_AN, ENUM_mark_code_AU);
  struct op notice = {.table = schema_table(TABLE_absence_notice), .row = {{0x77}}, .units = 7};
  ask(&matter, &w->world.ada, "Who told you?");
  assert_false(is_over(&matter));
  notice.values[COL(absence_notice, learner)] = value_id(&w->world.zoe);
  notice.values[COL(absence_notice, starts)] = value_int(w->world.today);
  notice.values[COL(absence_notice, ends)] = value_int(w->world.today);
  notice.values[COL(absence_notice, reason)] = value_text(slice_text("ill"));
  hub_world_put(&w->host, &notice);
  assert_true(is_over(&matter));
}

static void one_that_was_answered_before_it_ended_stays_as_it_is(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU);
  ask(&matter, &w->world.ada, "Was she there?");
  struct id question = asked_id();
  assert_int_equal(answer(&w->device, &w->world.ada, &question, "Yes").status, RECEIPT_APPLIED);
  write_again(&w->other, &w->world.ben, ENUM_mark_code_P, -1);
  assert_false(is_over(&matter));
  assert_string_equal(desk_text("questions.0.answer"), "Yes");
}

static void bad_questions_are_refused_in_words(void **state) {
  (void)state;
  struct id matter = matter_of_marks(&w->world.zoe, ENUM_mark_code_P, ENUM_mark_code_AU), nothing = {{0xee}};
  static char endless[700];
  memset(endless, 'x', sizeof endless - 1);
  ask(&matter, &w->world.ada, "");
  desk_expect(400, "INVALID");
  ask(&matter, &nothing, "Was she there?");
  desk_expect(400, "INVALID");
  ask(&matter, &w->world.ada, endless);
  desk_expect(400, "INVALID");
  ask(&nothing, &w->world.ada, "Was she there?");
  desk_expect(404, "NOT_FOUND");
  desk_get(desk_path("/api/work/items/", &matter));
  assert_int_equal(desk_count("questions"), 0);
}

static void ask_about(const char *about, const struct id *what, const struct id *staff, const char *text) {
  char id[id_text_bytes];
  id_text(id, staff);
  desk_send(desk_path("/api/work/ask/", what),
            json_pack("{s:s, s:s, s:s}", "about", about, "staff", id, "text", text));
}

/* Who takes it may know; it is asked until the session is cancelled. */
static void of_a_missing_register_somebody_is_asked_until_it_is_cancelled(void **state) {
  (void)state;
  const struct id *session = &w->world.strings_today;
  desk_get(desk_path("/api/work/missing/", session));
  assert_int_equal(desk_count("questions"), 0);
  assert_true(desk_is("can_ask"));
  ask_about("missing", session, &w->world.ada, "Did it take place?");
  desk_fine();
  struct id question = asked_id();
  assert_int_equal(answer(&w->device, &w->world.ada, &question, "No, the hall was shut").status,
                   RECEIPT_APPLIED);
  ask_about("missing", session, &w->world.ben, "Who told you?");
  desk_fine();
  desk_get(desk_path("/api/work/missing/", session));
  assert_string_equal(desk_text("questions.0.answer"), "No, the hall was shut");
  desk_send(desk_path("/api/work/cancel/", session),
            json_pack("{s:s, s:s}", "cause", "weather", "reason", "Ada said so"));
  desk_fine();
  desk_get(desk_path("/api/work/missing/", session));
  assert_true(desk_is("questions.1.withdrawn"));
  assert_false(desk_is("can_ask"));
  ask_about("missing", session, &w->world.ada, "Too late?");
  desk_expect(409, "CONFLICT");
}

static void of_a_register_that_comes_nobody_is_asked_any_more(void **state) {
  (void)state;
  const struct id *session = &w->world.strings_today;
  ask_about("missing", session, &w->world.ada, "Where is it?");
  desk_fine();
  hub_host_tidy(&w->host);
  desk_get(desk_path("/api/work/missing/", session));
  assert_false(desk_is("questions.0.withdrawn"));
  matter_close_register();
  hub_host_tidy(&w->host);
  desk_get(desk_path("/api/work/missing/", session));
  assert_true(desk_is("questions.0.withdrawn"));
  assert_false(desk_is("can_ask"));
}

static void of_changes_that_wait_their_author_is_asked_until_they_are_judged(void **state) {
  (void)state;
  struct id bundle;
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_AU);
  ingest_mark(&w->device, &w->world.cam, &w->world.li, ENUM_mark_code_L);
  (void)ingest_bring(&w->device);
  desk_get("/api/work?kind=quarantine");
  assert_int_equal(id_parse(&bundle, slice_text(desk_text("items.0.id"))), ERR_OK);
  ask_about("quarantine", &bundle, &w->world.cam, "Did you stand in?");
  desk_fine();
  assert_string_equal(desk_text("questions.0.text"), "Did you stand in?");
  desk_send(desk_path("/api/work/release/", &bundle),
            json_pack("{s:s, s:i}", "reason", "Stood in", "change", 1));
  desk_fine();
  assert_false(desk_is("questions.0.withdrawn")); /* the other one waits */
  desk_send(desk_path("/api/work/reject/", &bundle), json_pack("{s:s}", "reason", "Not their register"));
  desk_fine();
  assert_true(desk_is("questions.0.withdrawn"));
  ask_about("quarantine", &bundle, &w->world.cam, "Too late?");
  desk_expect(409, "CONFLICT");
  ask_about("gossip", &bundle, &w->world.cam, "What?");
  desk_expect(400, "INVALID");
}

/* By the command line, which knows of no questions. */
static void of_changes_that_somebody_else_judged_nobody_is_asked_any_more(void **state) {
  (void)state;
  struct id bundle;
  uint64_t number;
  struct quarantine_view v;
  struct change_set changes;
  struct fault fault = {.code = ERR_OK};
  ingest_mark(&w->device, &w->world.cam, &w->world.jo, ENUM_mark_code_AU);
  (void)ingest_bring(&w->device);
  desk_get("/api/work?kind=quarantine");
  assert_int_equal(id_parse(&bundle, slice_text(desk_text("items.0.id"))), ERR_OK);
  ask_about("quarantine", &bundle, &w->world.cam, "Did you stand in?");
  desk_fine();
  hub_host_tidy(&w->host);
  desk_get(desk_path("/api/work/quarantine/", &bundle));
  assert_false(desk_is("questions.0.withdrawn"));
  assert_int_equal(views_bundle_asked(w->host.store, &bundle, &number), ERR_OK);
  assert_int_equal(quarantine_look(&v, &w->host.hub, w->host.store, number, &w->arena), ERR_OK);
  const struct quarantine_ref ref = {.device = v.bundle.device,
                                     .incarnation = v.bundle.incarnation,
                                     .seq = v.bundle.seq,
                                     .changeset = quarantine_all};
  assert_int_equal(quarantine_decide_by(&changes, &w->host.hub, w->host.store, &w->host.now, &w->host.hub.id,
                                        &ref, QUARANTINE_REJECTED, slice_text("Not theirs"), &fault),
                   ERR_OK);
  hub_host_tidy(&w->host);
  desk_get(desk_path("/api/work/quarantine/", &bundle));
  assert_true(desk_is("questions.0.withdrawn"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      TEST(a_question_goes_to_whoever_wrote_and_the_answer_is_on_the_card),
      TEST(nobody_else_answers_it_and_the_question_itself_is_the_offices),
      TEST(it_ends_with_the_decision_and_taking_that_back_does_not_ask_again),
      TEST(it_stands_in_what_is_told_to_a_family),
      TEST(what_was_asked_about_two_children_is_told_to_either_family),
      TEST(it_ends_when_the_two_agree),
      TEST(it_ends_when_somebody_saw_the_child_come_in_late),
      TEST(it_ends_while_a_notice_explains_the_absence),
      TEST(one_that_was_answered_before_it_ended_stays_as_it_is),
      TEST(bad_questions_are_refused_in_words),
      TEST(of_a_missing_register_somebody_is_asked_until_it_is_cancelled),
      TEST(of_a_register_that_comes_nobody_is_asked_any_more),
      TEST(of_changes_that_wait_their_author_is_asked_until_they_are_judged),
      TEST(of_changes_that_somebody_else_judged_nobody_is_asked_any_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
