/* erase_question_test.c: questions of the office, whose words may name a learner, go with whom they may mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reconcile.h"
#include "tests/lib/erase_world.h"

static struct ingest_world *const w = &ingest_world;
static struct store *store(void) { return w->host.store; }
static const struct id question = {{0x51}};

static struct op question_op(const struct id *learner, const struct id *matter, const char *text) {
  char matter_text[id_text_bytes];
  struct op op = {.table = schema_table(TABLE_question), .row = question, .units = 3};
  id_text(matter_text, matter);
  op.values[COL(question, staff)] = value_id(&w->world.ada);
  op.values[COL(question, item)] = value_text(arena_copy(&w->arena, slice_text(matter_text)));
  if (learner) op.values[COL(question, learner)] = value_id(learner);
  op.values[COL(question, text)] = value_text(slice_text(text));
  return op;
}

static err answer(const char *text) {
  const struct table *t = schema_table(TABLE_question);
  struct op op = {.table = t, .row = question, .units = 1U << t->columns[COL(question, answer)].unit};
  op.values[COL(question, answer)] = value_text(slice_text(text));
  test_device_write(&w->device, &w->world.ada, &op);
  struct receipt r = ingest_bring(&w->device);
  return r.exception_count ? r.exceptions[0].reason : ERR_OK;
}

static bool question_is_there(void) {
  struct row row;
  assert_int_equal(store()->ops->load_row(store(), schema_table(TABLE_question), &question, &w->arena, &row),
                   ERR_OK);
  return row.exists;
}

static void a_question_about_the_learner_goes_with_its_answer(void **state) {
  (void)state;
  static const char asked[] = "Quicksilverish question", said[] = "Embouchure of an answer";
  struct op op = question_op(&w->world.zoe, &w->world.ben, asked);
  hub_world_put(&w->host, &op);
  assert_int_equal(answer(said), ERR_OK);
  assert_true(erase_world_hub_holds(asked) && erase_world_hub_holds(said));
  (void)erase_world_erase(&w->world.zoe);
  assert_false(question_is_there());
  assert_false(erase_world_hub_holds(asked) || erase_world_hub_holds(said));
  /* What comes later names the question alone. */
  assert_int_equal(answer(said), ERR_ERASED);
  assert_false(erase_world_hub_holds(said));
}

/* "Are these two one child?" names both, and is kept under one of them. */
static void a_question_about_two_children_goes_with_either(void **state) {
  (void)state;
  static const char asked[] = "Quicksilverish question";
  const struct table *t = schema_table(TABLE_learner);
  struct store_item pair = {.kind = ITEM_DUPLICATE,
                            .table = t,
                            .row = w->world.jo,
                            .other = w->world.zoe,
                            .unit = t->columns[COL(learner, merged_into)].unit};
  work_item_id(&pair.id, ITEM_DUPLICATE, t, &pair.row, pair.unit, &pair.other);
  assert_int_equal(store()->ops->work_item_set(store(), &pair, true, NULL, w->host.now.wall_ms), ERR_OK);
  struct op op = question_op(&w->world.jo, &pair.id, asked);
  hub_world_put(&w->host, &op);
  (void)erase_world_erase(&w->world.zoe);
  assert_false(question_is_there());
  assert_false(erase_world_hub_holds(asked));
  assert_int_equal(answer("Embouchure"), ERR_ERASED);
}

/* ---- and about a register or a bundle, where no column says whom its words may name ---- */

static struct op nobodys_op(const struct id *staff, const struct id *session, const char *text) {
  static const struct id matter = {{0x42}};
  struct op op = question_op(NULL, &matter, text);
  op.values[COL(question, staff)] = value_id(staff);
  if (session) op.values[COL(question, session)] = value_id(session);
  return op;
}

/* Asked, and Zoë erased: is it still there? */
static bool outlives_zoe(const struct id *staff, const struct id *session, const char *text) {
  struct op op = nobodys_op(staff, session, text);
  hub_world_put(&w->host, &op);
  assert_true(erase_world_hub_holds(text));
  (void)erase_world_erase(&w->world.zoe);
  assert_int_equal(question_is_there(), erase_world_hub_holds(text));
  return question_is_there();
}

static void a_question_about_a_register_of_theirs_goes_with_the_learner_whatever_it_calls_them(void **state) {
  (void)state;
  struct op op = nobodys_op(&w->world.ada, &w->world.strings_today, "Is the girl with the big case there?");
  hub_world_put(&w->host, &op);
  assert_int_equal(answer("Embouchure, always late"), ERR_OK);
  (void)erase_world_erase(&w->world.zoe);
  assert_false(question_is_there());
  assert_false(erase_world_hub_holds("big case") || erase_world_hub_holds("always late"));
  assert_int_equal(answer("Embouchure again"), ERR_ERASED);
  assert_false(erase_world_hub_holds("Embouchure again"));
}

static void a_question_about_a_bundle_to_a_tutor_of_theirs_goes_with_the_learner(void **state) {
  (void)state;
  assert_false(outlives_zoe(&w->world.ada, NULL, "Who had the tablet on the day she fell?"));
}

static void a_question_that_names_the_learner_goes_wherever_it_was_asked(void **state) {
  (void)state;
  assert_false(outlives_zoe(&w->world.cam, &w->world.brass_today, "Has ZOE'S sister come, too?"));
}

static void a_question_that_cannot_mean_the_learner_stays(void **state) {
  (void)state;
  assert_true(outlives_zoe(&w->world.cam, &w->world.brass_today, "Is Zoey's register finished?"));
}

/* It may name others as well: whoever asks for what is held about them is not given it. */
static void what_may_name_them_is_no_record_about_them(void **state) {
  (void)state;
  struct row_key *rows;
  size_t count;
  struct op op = nobodys_op(&w->world.ada, &w->world.strings_today, "Was Zoe there, or Jo?");
  hub_world_put(&w->host, &op);
  assert_int_equal(store()->ops->rows_about(store(), &w->world.zoe, &w->arena, &rows, &count), ERR_OK);
  assert_false(row_key_in(rows, count, schema_table(TABLE_question), &question));
}

/* What the office alone holds is no exception: twice told, so that the history has it too. */
#define TEST(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_question_about_the_learner_goes_with_its_answer),
      TEST(a_question_about_two_children_goes_with_either),
      TEST(a_question_about_a_register_of_theirs_goes_with_the_learner_whatever_it_calls_them),
      TEST(a_question_about_a_bundle_to_a_tutor_of_theirs_goes_with_the_learner),
      TEST(a_question_that_names_the_learner_goes_wherever_it_was_asked),
      TEST(a_question_that_cannot_mean_the_learner_stays),
      TEST(what_may_name_them_is_no_record_about_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
