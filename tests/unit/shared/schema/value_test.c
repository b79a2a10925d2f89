/* value_test.c: what a column accepts, and sentences that name it when it does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "shared/schema/schema.h"

static err check(uint8_t table, size_t column, struct value v) {
  const struct table *t = schema_table(table);
  struct fault fault = {0};
  err e = value_check(t, &t->columns[column], &v, &fault);
  assert_int_equal(fault.code, e);
  if (e == ERR_OK) return e;
  char named[160];
  (void)snprintf(named, sizeof named, "\"%s\" of the %s ", t->columns[column].name, t->name);
  for (char *c = named; *c; c++)
    if (*c == '_') *c = ' ';
  assert_non_null(strstr(fault.text, named));
  assert_int_equal(value_check(t, &t->columns[column], &v, NULL), e);
  return e;
}

static struct value text(const char *s) { return value_text(slice_text(s)); }

static void required_values_may_not_be_missing(void **state) {
  (void)state;
  assert_int_equal(check(TABLE_mark, COL(mark, code), value_null()), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, comment), value_null()), ERR_OK);
  assert_int_equal(check(TABLE_learner, COL(learner, first_name), value_null()), ERR_INVALID);
  assert_int_equal(check(TABLE_learner, COL(learner, first_name), text("")), ERR_INVALID);
  assert_int_equal(check(TABLE_learner, COL(learner, last_name), text("")), ERR_OK);
}

static void values_of_another_kind_are_refused(void **state) {
  (void)state;
  struct id id = {{1}};
  assert_int_equal(check(TABLE_mark, COL(mark, code), text("P")), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, session), value_int(1)), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, comment), value_id(&id)), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, session), value_id(&id)), ERR_OK);
}

static void numbers_stay_in_their_range(void **state) {
  (void)state;
  static const struct {
    uint8_t table;
    size_t column;
    int64_t low, high;
  } ranges[] = {
      {TABLE_mark, COL(mark, arrived), 0, 1439},
      {TABLE_mark, COL(mark, code), 1, 6},
      {TABLE_session, COL(session, headcount), 0, 2000},
      {TABLE_session, COL(session, adhoc), 0, 1},
      {TABLE_session, COL(session, date), -25567, 84005},
      {TABLE_register, COL(register, at), -25567 * (int64_t)86400000, 84006 * (int64_t)86400000 - 1},
      {TABLE_staff, COL(staff, roles), 0, 127},
      {TABLE_progress, COL(progress, pos), 1, 5},
  };
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    uint8_t t = ranges[i].table;
    size_t c = ranges[i].column;
    assert_int_equal(check(t, c, value_int(ranges[i].low)), ERR_OK);
    assert_int_equal(check(t, c, value_int(ranges[i].high)), ERR_OK);
    assert_int_equal(check(t, c, value_int(ranges[i].low - 1)), ERR_INVALID);
    assert_int_equal(check(t, c, value_int(ranges[i].high + 1)), ERR_INVALID);
    assert_int_equal(check(t, c, value_int(INT64_MIN)), ERR_INVALID);
    assert_int_equal(check(t, c, value_int(INT64_MAX)), ERR_INVALID);
  }
}

static void text_is_measured_in_characters_and_must_be_utf8(void **state) {
  (void)state;
  char words[4 * 201 + 1] = "";
  for (int i = 0; i < 200; i++) bytes_copy(words + 4 * i, "🎻", 4);
  assert_int_equal(check(TABLE_mark, COL(mark, amend_reason), text(words)), ERR_OK);
  bytes_copy(words + 800, "!", 2);
  assert_int_equal(check(TABLE_mark, COL(mark, amend_reason), text(words)), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, amend_reason), text("\xC0\x80")), ERR_INVALID);
  assert_int_equal(check(TABLE_mark, COL(mark, amend_reason), value_text(slice_of("a\0b", 3))), ERR_INVALID);
  static char long_text[text_bytes_max + 2];
  (void)memset(long_text, 'x', text_bytes_max + 1);
  assert_int_equal(check(TABLE_note, COL(note, text), text(long_text)), ERR_INVALID);
}

/* Faults are logged: a refused name must not be in them. */
static void a_refusal_does_not_repeat_the_text(void **state) {
  (void)state;
  char name[304] = "";
  for (size_t len = 0; len < 296; len += 8) bytes_copy(name + len, "Wolfgang", 8);
  const struct table *t = schema_table(TABLE_learner);
  const struct value v = text(name);
  struct fault fault;
  assert_int_equal(value_check(t, &t->columns[COL(learner, first_name)], &v, &fault), ERR_INVALID);
  assert_null(strstr(fault.text, "Wolfgang"));
}

/* Whoever filled in a form knows no column: the sentence is one for them. */
static void a_refusal_says_in_words_what_it_is_about(void **state) {
  (void)state;
  static char long_text[502];
  struct fault fault;
  const struct table *session = schema_table(TABLE_session), *note = schema_table(TABLE_note);
  const struct table *grant = schema_table(TABLE_grant_);
  const struct value crowd = value_int(1000000), nothing = value_null();
  (void)memset(long_text, 'x', 501);
  const struct value words = text(long_text);
  assert_int_equal(value_check(session, &session->columns[COL(session, headcount)], &crowd, &fault),
                   ERR_INVALID);
  assert_non_null(strstr(fault.text, "\"headcount\" of the session is 1000000: it must be from "));
  assert_int_equal(value_check(note, &note->columns[COL(note, learner_words)], &words, &fault), ERR_INVALID);
  assert_non_null(strstr(fault.text, "\"learner words\" of the note has 501 characters"));
  assert_int_equal(value_check(grant, &grant->columns[COL(grant_, role)], &nothing, &fault), ERR_INVALID);
  assert_string_equal(fault.text, "\"role\" of the grant is missing: fill it in.");
}

static void copies_are_equal_and_live_in_the_arena(void **state) {
  (void)state;
  struct arena a = ARENA_INIT(100);
  char words[] = "violin";
  struct value in = text(words), out;
  assert_int_equal(value_copy(&out, &a, &in), ERR_OK);
  assert_true(value_equal(&in, &out));
  words[0] = 'V';
  assert_false(value_equal(&in, &out));
  in = text("");
  assert_int_equal(value_copy(&out, &a, &in), ERR_OK);
  const struct value nothing = value_null();
  assert_true(value_equal(&in, &out));
  assert_false(value_equal(&in, &nothing));
  static char long_text[200];
  (void)memset(long_text, 'x', 199);
  in = text(long_text);
  assert_int_equal(value_copy(&out, &a, &in), ERR_NO_MEMORY);
  arena_finish(&a);
}

static void op_ids_are_ordered_by_device_incarnation_and_counter(void **state) {
  (void)state;
  const struct op_id ordered[] = {{{{1}}, 1, 9}, {{{2}}, 1, 1}, {{{2}}, 1, 2}, {{{2}}, 2, 1}, {{{3}}, 0, 1}};
  for (size_t i = 0; i < 5; i++) {
    for (size_t k = 0; k < 5; k++) {
      int order = op_id_compare(&ordered[i], &ordered[k]);
      assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
      assert_int_equal(op_id_equal(&ordered[i], &ordered[k]), i == k);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(required_values_may_not_be_missing),
      cmocka_unit_test(values_of_another_kind_are_refused),
      cmocka_unit_test(numbers_stay_in_their_range),
      cmocka_unit_test(text_is_measured_in_characters_and_must_be_utf8),
      cmocka_unit_test(a_refusal_does_not_repeat_the_text),
      cmocka_unit_test(a_refusal_says_in_words_what_it_is_about),
      cmocka_unit_test(copies_are_equal_and_live_in_the_arena),
      cmocka_unit_test(op_ids_are_ordered_by_device_incarnation_and_counter),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
