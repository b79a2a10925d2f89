/* class_test.c: rows that stand for one child or one meeting, and which of their marks counts: the hub finds
 * what the vectors say. What else follows from it is in alias_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "tests/lib/class_stories.h"
#include "tests/lib/ingest_world.h"

static struct ingest_world *const w = &ingest_world;

static struct id canonical(const struct id *id) {
  struct id out;
  assert_int_equal(w->host.store->ops->alias_canonical(w->host.store, id, &out), ERR_OK);
  return out;
}

static void merge_into(const struct id *from, const struct id *into) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *from, .units = 1U << 4};
  op.values[COL(learner, status)] = value_int(into ? ENUM_learner_status_merged : ENUM_learner_status_active);
  if (into) op.values[COL(learner, merged_into)] = value_id(into);
  hub_world_put(&w->host, &op);
}

static size_t two_marks_asked(void) {
  struct store_item *list;
  size_t count, asked = 0;
  assert_int_equal(w->host.store->ops->work_item_list(w->host.store, 100, &w->arena, &list, &count), ERR_OK);
  for (size_t i = 0; i < count; i++) asked += list[i].kind == ITEM_TWO_MARKS;
  return asked;
}

static void put_learner(const struct id *id) {
  struct op op = {.table = schema_table(TABLE_learner), .row = *id, .units = 1 | 1U << 1};
  op.values[COL(learner, first_name)] = value_text(slice_text("Mair"));
  hub_world_put(&w->host, &op);
}

static void the_hub_finds_the_canonical_row_as_the_vectors_say(void **state) {
  (void)state;
  for (size_t i = 0; i < class_story_count; i++) {
    const struct class_story *s = &class_stories[i];
    for (size_t k = 0; s->points[k]; k++) {
      struct id id = class_id((char)('a' + (int)k)), to = class_id(s->points[k] == '.' ? 'a' : s->points[k]);
      put_learner(&id);
      merge_into(&id, s->points[k] == '.' ? NULL : &to);
    }
    for (size_t k = 0; s->points[k]; k++) {
      struct id id = class_id((char)('a' + (int)k)), expected = class_id(s->canonical[k]),
                found = canonical(&id);
      if (!id_equal(&found, &expected)) fail_msg("%s: %c", s->name, 'a' + (int)k);
    }
    for (size_t k = 0; s->points[k]; k++) {
      struct id id = class_id((char)('a' + (int)k));
      merge_into(&id, NULL);
    }
  }
}

static void put_meeting(char letter, const struct id *same_as) {
  struct op op = {.table = schema_table(TABLE_session), .row = class_id(letter), .units = 7 | 1U << 7};
  op.values[COL(session, activity)] = value_id(&w->world.strings);
  op.values[COL(session, date)] = value_int(w->world.today);
  op.values[COL(session, starts)] = value_int(960);
  op.values[COL(session, ends)] = value_int(1020);
  op.values[COL(session, status)] = value_int(ENUM_session_status_scheduled);
  if (same_as) op.values[COL(session, same_as)] = value_id(same_as);
  hub_world_put(&w->host, &op);
}

static struct id put_class_mark(const struct class_mark *m) {
  struct id keys[2] = {class_id(m->meeting), class_id(m->child)};
  struct op op = {.table = schema_table(TABLE_mark), .units = 3};
  crypto_row_id(&op.row, TABLE_mark, keys, 2);
  op.values[COL(mark, session)] = value_id(&keys[0]);
  op.values[COL(mark, learner)] = value_id(&keys[1]);
  op.values[COL(mark, code)] = value_int(m->code);
  if (m->arrived) op.values[COL(mark, arrived)] = value_int(m->arrived);
  hub_world_put(&w->host, &op);
  return op.row;
}

/* Each story has a hub of its own, for marks stay. */
static void check_marks(const struct class_marks *s) {
  struct id a = class_id('a'), b = class_id('b'), c = class_id('c'), e = class_id('e'), first = {{0}}, *found;
  size_t count;
  put_learner(&a), put_learner(&b), put_learner(&c);
  merge_into(&a, &b), merge_into(&c, &b);
  put_meeting('e', NULL), put_meeting('d', &e);
  for (size_t i = 0; i < class_marks_max && s->marks[i].child; i++) {
    struct id row = put_class_mark(&s->marks[i]);
    if (i == s->first) first = row;
  }
  assert_int_equal(
      w->host.store->ops->marks_of_child(w->host.store, &e, &b, false, &w->arena, &found, &count), ERR_OK);
  if (count == 0 || !id_equal(&found[0], &first)) fail_msg("%s", s->name);
  size_t asked = two_marks_asked();
  if (asked != (s->asked ? 1 : 0)) fail_msg("%s: %zu matters", s->name, asked);
}

static void the_hub_finds_the_mark_that_counts_as_the_vectors_say(void **state) {
  for (size_t i = 0; i < class_marks_count; i++) {
    if (i) assert_int_equal(ingest_world_close(state), 0), assert_int_equal(ingest_world_open(state), 0);
    check_marks(&class_marks[i]);
  }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, ingest_world_open, ingest_world_close)

int main(void) {
  const struct CMUnitTest tests[] = {
      CASE(the_hub_finds_the_canonical_row_as_the_vectors_say),
      CASE(the_hub_finds_the_mark_that_counts_as_the_vectors_say),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
