/* schema_test.c: the schema as data is whole: numbers are unique, keys lead, words and references exist. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shared/schema/row.h"

static void every_table_is_found_by_number_and_name(void **state) {
  (void)state;
  uint8_t last = 0;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    assert_true(t->id > last);
    last = t->id;
    assert_ptr_equal(schema_table(t->id), t);
    assert_ptr_equal(schema_table_named(t->name), t);
    assert_true(t->column_count > 0 && t->column_count <= op_columns_max);
    assert_true(t->unit_count > 0 && t->unit_count <= op_units_max);
  }
  assert_int_equal(last, TABLE_END - 1);
  assert_null(schema_after(255));
  assert_null(schema_table(0));
  assert_null(schema_table(TABLE_END));
  assert_null(schema_table(255));
  assert_null(schema_table_named("nothing"));
}

static void column_numbers_are_unique_and_units_without_gaps(void **state) {
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    uint32_t ids = 0, units = 1;
    for (size_t i = 0; i < t->column_count; i++) {
      const struct column *c = &t->columns[i];
      assert_true(c->id > 0 && c->id < 32);
      assert_false(ids & 1U << c->id);
      ids |= 1U << c->id;
      assert_true(c->unit < t->unit_count);
      units |= 1U << c->unit;
      assert_true((c->audience & ~t->audience) == 0 || t->audience == 0);
    }
    assert_int_equal(units, (1U << t->unit_count) - 1);
  }
}

static void references_and_vocabularies_exist(void **state) {
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    for (size_t i = 0; i < t->column_count; i++) {
      const struct column *c = &t->columns[i];
      bool coded = c->type == TYPE_ENUM || c->type == TYPE_SET;
      if (c->type == TYPE_ID) assert_non_null(schema_table_named(c->of));
      if (coded) assert_ptr_equal(c->vocabulary, schema_enum(c->of));
      if (coded) assert_non_null(c->vocabulary);
      if (!coded) assert_null(c->vocabulary);
      if (!coded && c->type != TYPE_ID) assert_null(c->of);
      if (c->type == TYPE_INT) assert_int_equal(c->check.kind, CHECK_RANGE);
    }
  }
}

/* The key's id is derived from these columns, so they must be ids, be there from the start, and never change.
 */
static void natural_keys_name_required_ids_of_unit_zero(void **state) {
  (void)state;
  size_t keyed = 0;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    struct buf key = BUF_INIT(100);
    for (size_t k = 0; k < t->key_count; k++) {
      const struct column *c = &t->columns[t->key_columns[k]];
      assert_int_equal(c->type, TYPE_ID);
      assert_int_equal(c->unit, 0);
      assert_int_equal(c->check.kind, CHECK_REQUIRED);
      assert_int_equal(c->audience, t->audience); /* whoever holds the row holds its key */
      assert_int_equal(buf_printf(&key, "%s%s", k ? " " : "", c->name), ERR_OK);
    }
    assert_true(slice_equal(buf_slice(&key), slice_text(t->key)));
    buf_finish(&key);
    keyed += t->key_count > 0;
  }
  assert_int_equal(keyed, 9);
  assert_string_equal(schema_table(TABLE_mark)->key, "session learner");
}

static void column_positions_match_their_constants(void **state) {
  (void)state;
  const struct table *mark = schema_table(TABLE_mark);
  assert_string_equal(mark->columns[COL(mark, code)].name, "code");
  assert_string_equal(mark->columns[COL(mark, comment)].name, "comment");
  assert_string_equal(schema_table(TABLE_learner)->columns[COL(learner, initial)].name, "initial");
  uint8_t columns[op_columns_max];
  assert_int_equal(unit_columns(mark, 1, columns), 3);
  assert_int_equal(columns[0], COL(mark, code));
  assert_int_equal(columns[1], COL(mark, arrived));
  assert_int_equal(columns[2], COL(mark, amend_reason));
  assert_int_equal(unit_columns(mark, 9, columns), 0);
}

static void whatever_can_be_taken_away_says_so_in_a_column_of_that_name(void **state) {
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    int found = -1;
    for (int i = 0; i < t->column_count; i++)
      if (strcmp(t->columns[i].name, "removed") == 0) found = i;
    assert_int_equal(row_removed_column(t), found);
  }
}

/* Of a child the first name, the initial and the instrument; of the hub what says whose they are, when they
 * meet, until when the device may show them, and whether they may sign themselves out. A column more is a
 * decision, made here too. */
static const char *const at_the_door[] = {
    "hub.name",
    "hub.collection",
    "grant_.staff",
    "grant_.activity",
    "grant_.role",
    "grant_.starts",
    "grant_.ends",
    "learner.first_name",
    "learner.initial",
    "activity.name",
    "enrolment.learner",
    "enrolment.activity",
    "enrolment.instrument",
    "enrolment.removed",
    "session.activity",
    "session.date",
    "session.starts",
    "session.ends",
    "session.status",
    "session.removed",
    "session.same_as",
};

static void the_door_holds_exactly_these_columns(void **state) {
  (void)state;
  size_t found = 0;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    for (size_t i = 0; i < t->column_count; i++) {
      char name[64];
      if (!(t->audience & t->columns[i].audience & AUDIENCE_DOOR)) continue;
      (void)snprintf(name, sizeof name, "%s.%s", t->name, t->columns[i].name);
      assert_true(found < sizeof at_the_door / sizeof *at_the_door);
      assert_string_equal(name, at_the_door[found]);
      found++;
    }
  }
  assert_int_equal(found, sizeof at_the_door / sizeof *at_the_door);
  assert_int_equal(schema_table(TABLE_learner)->columns[COL(learner, dob)].audience, 0);
  assert_int_equal(schema_table(TABLE_note)->audience, AUDIENCE_TEACHING);
}

/* An op says all of a unit, and never what came after its schema: so whatever comes later stands in units of
 * its own, behind what is there, and nothing that an older program writes can wipe it. */
static void what_comes_later_stands_in_units_of_its_own(void **state) {
  (void)state;
  for (const struct table *t = schema_after(0); t; t = schema_after(t->id)) {
    assert_true(t->since >= 1 && t->since <= schema_version);
    assert_int_equal(unit_since(t, 0), t->since);
    for (size_t i = 0; i < t->column_count; i++) {
      const struct column *c = &t->columns[i];
      assert_true(c->since >= t->since && c->since <= schema_version);
      assert_int_equal(c->since, unit_since(t, c->unit));
      if (i) assert_true(c->since >= c[-1].since);
    }
    for (uint8_t unit = 1; unit < t->unit_count; unit++)
      assert_true(unit_since(t, unit) >= unit_since(t, unit - 1));
    assert_int_equal(units_until(t, schema_version), (1U << t->unit_count) - 1);
  }
}

/* A word is found by its number, and later ones stand behind; of a set every word counts. */
static void a_word_came_with_its_schema(void **state) {
  (void)state;
  for (size_t i = 0; i < schema_enum_count; i++) {
    for (const struct enum_value *v = schema_enums[i].values; v->word; v++) {
      assert_true(v->since >= 1 && v->since <= schema_version);
      if (v != schema_enums[i].values) assert_true(v->since >= v[-1].since);
    }
  }
  static const struct enum_value words[] = {{"old", 1, "Old", 1}, {"new", 2, "New", 3}, {NULL, 0, NULL, 0}};
  static const struct enum_type vocabulary = {"age", words};
  struct column c = {.type = TYPE_ENUM, .vocabulary = &vocabulary};
  const struct value older = value_int(1), newer = value_int(2), both = value_int(3), none = value_null();
  assert_int_equal(value_since(&c, &older), 1);
  assert_int_equal(value_since(&c, &newer), 3);
  assert_int_equal(value_since(&c, &none), 1);
  c.type = TYPE_SET;
  assert_int_equal(value_since(&c, &older), 1);
  assert_int_equal(value_since(&c, &both), 3);
}

static void words_numbers_and_labels_agree(void **state) {
  (void)state;
  for (size_t i = 0; i < schema_enum_count; i++) {
    const struct enum_type *e = &schema_enums[i];
    assert_ptr_equal(schema_enum(e->name), e);
    for (const struct enum_value *v = e->values; v->word; v++) {
      assert_int_equal(schema_enum_number(e, slice_text(v->word)), v->number);
      assert_ptr_equal(schema_enum_word(e, v->number), v->word);
      assert_ptr_equal(schema_enum_label(e, v->number), v->label);
    }
  }
  const struct enum_type *codes = schema_enum("mark_code");
  assert_string_equal(schema_enum_label(codes, ENUM_mark_code_AN), "Away, told us");
  assert_int_equal(schema_enum_number(codes, slice_text("an")), 0);
  assert_int_equal(schema_enum_number(codes, slice_text("")), 0);
  assert_null(schema_enum_word(codes, 0));
  assert_null(schema_enum_word(codes, 99));
  assert_null(schema_enum_label(codes, -1));
  assert_null(schema_enum("nothing"));
}

static void declared_indexes_name_columns(void **state) {
  (void)state;
  assert_true(schema_index_count > 0);
  for (size_t i = 0; i < schema_index_count; i++) {
    const struct table *t = schema_table(schema_indexes[i].table);
    bool found = false;
    for (size_t k = 0; k < t->column_count; k++)
      found |= strcmp(t->columns[k].name, schema_indexes[i].column) == 0;
    assert_true(found);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_table_is_found_by_number_and_name),
      cmocka_unit_test(column_numbers_are_unique_and_units_without_gaps),
      cmocka_unit_test(references_and_vocabularies_exist),
      cmocka_unit_test(natural_keys_name_required_ids_of_unit_zero),
      cmocka_unit_test(column_positions_match_their_constants),
      cmocka_unit_test(whatever_can_be_taken_away_says_so_in_a_column_of_that_name),
      cmocka_unit_test(the_door_holds_exactly_these_columns),
      cmocka_unit_test(what_comes_later_stands_in_units_of_its_own),
      cmocka_unit_test(a_word_came_with_its_schema),
      cmocka_unit_test(words_numbers_and_labels_agree),
      cmocka_unit_test(declared_indexes_name_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
