/* merge_test.c: the rules by example. Devices are numbered; "office" is device 9, whose ops have OP_OFFICE.
 */
#include "tests/unit/shared/merge/merge_case.h"

static void the_first_op_makes_the_row(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_LWW, 1, 1, 10, 5);
  test_row_begin(&r, &rules_table);
  assert_false(r.row.exists);
  test_row_apply(&r, &a);
  assert_true(r.row.exists);
  assert_number(&r, RULES_LWW, 5);
  assert_int_equal(r.last.effect[UNIT_LWW], MERGE_IN_USE);
  assert_int_equal(r.last.changed, 1 << UNIT_LWW);
  assert_int_equal(r.row.units[UNIT_LWW].count, 1);
  assert_null(r.row.units[UNIT_LWW].heads[0].values);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 0);
  test_row_finish(&r);
}

static void an_op_replaces_the_head_it_saw(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, 6);
  test_op_base(&b, UNIT_HUMAN, &a);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_number(&r, RULES_HUMAN, 6);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 1);
  assert_int_equal(r.last.conflict_after, 0);
  test_row_finish(&r);
}

static void an_op_already_replaced_is_history_when_it_comes(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, 6),
                 c = test_number(RULES_HUMAN, 1, 2, 12, 7);
  test_op_base(&b, UNIT_HUMAN, &a);
  test_op_base(&c, UNIT_HUMAN, &b);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &c);
  assert_int_equal(r.last.conflict_after, 1 << UNIT_HUMAN); /* as far as is known */
  assert_int_equal(r.row.units[UNIT_HUMAN].ghost_count, 1);
  test_row_apply(&r, &b);
  assert_int_equal(r.last.effect[UNIT_HUMAN], MERGE_SUPERSEDED);
  assert_int_equal(r.last.conflict_before, 1 << UNIT_HUMAN);
  assert_int_equal(r.last.conflict_after, 0); /* b, though history, says that a was replaced */
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 1);
  assert_int_equal(r.row.units[UNIT_HUMAN].ghost_count, 0);
  assert_number(&r, RULES_HUMAN, 7);
  test_row_finish(&r);
}

static void a_head_applied_again_changes_nothing(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, 6);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  test_row_apply(&r, &a);
  assert_int_equal(r.last.changed, 0);
  assert_int_equal(r.last.effect[UNIT_HUMAN], MERGE_NOT_IN_USE);
  assert_int_equal(r.last.conflict_before, r.last.conflict_after);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 2);
  test_row_apply(&r, &b);
  assert_int_equal(r.last.effect[UNIT_HUMAN], MERGE_IN_USE);
  test_row_finish(&r);
}

static void lww_takes_the_highest_stamp_and_tells_nobody(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_LWW, 1, 1, 20, 5), b = test_number(RULES_LWW, 2, 1, 10, 6);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_number(&r, RULES_LWW, 5);
  assert_int_equal(r.last.effect[UNIT_LWW], MERGE_NOT_IN_USE);
  assert_int_equal(r.last.changed, 0);
  assert_int_equal(r.last.conflict_after, 0);
  test_row_finish(&r);
}

static void equal_stamps_are_told_apart_by_device_and_counter(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_LWW, 1, 7, 10, 1), b = test_number(RULES_LWW, 2, 1, 10, 2),
                 c = test_number(RULES_LWW, 2, 2, 10, 3);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &c);
  test_row_apply(&r, &b);
  test_row_apply(&r, &a);
  assert_number(&r, RULES_LWW, 3);
  assert_true(op_id_equal(&r.row.units[UNIT_LWW].heads[1].op, &b.m.id));
  test_row_finish(&r);
}

static void an_unsure_clock_that_wins_is_shown(void **state) {
  (void)state;
  for (int unsure_wins = 0; unsure_wins < 2; unsure_wins++) {
    struct test_row r;
    struct test_op a = test_number(RULES_LWW, 1, 1, 20, 5), b = test_number(RULES_LWW, 2, 1, 10, 6);
    (unsure_wins ? &a : &b)->m.flags = OP_UNSURE;
    test_row_begin(&r, &rules_table);
    test_row_apply(&r, &a);
    assert_int_equal(merge_conflict(&r.row, UNIT_LWW), CONFLICT_NONE);
    test_row_apply(&r, &b);
    assert_int_equal(merge_conflict(&r.row, UNIT_LWW), unsure_wins ? CONFLICT_UNSURE : CONFLICT_NONE);
    test_row_finish(&r);
  }
}

static void human_hears_of_different_values_only(void **state) {
  (void)state;
  for (int64_t second = 5; second <= 6; second++) {
    struct test_row r;
    struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, second);
    test_row_begin(&r, &rules_table);
    test_row_apply(&r, &a);
    test_row_apply(&r, &b);
    assert_int_equal(merge_conflict(&r.row, UNIT_HUMAN), second == 5 ? CONFLICT_NONE : CONFLICT_HUMAN);
    assert_int_equal(r.row.units[UNIT_HUMAN].count, 2);
    assert_number(&r, RULES_HUMAN, second);
    test_row_finish(&r);
  }
}

static void a_decision_over_all_heads_closes_the_conflict(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, 6);
  struct test_op decision = test_number(RULES_HUMAN, OFFICE_DEVICE, 1, 12, 5);
  test_op_base(&decision, UNIT_HUMAN, &a);
  test_op_base(&decision, UNIT_HUMAN, &b);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  test_row_apply(&r, &decision);
  assert_int_equal(r.last.conflict_before, 1 << UNIT_HUMAN);
  assert_int_equal(r.last.conflict_after, 0);
  assert_int_equal(r.last.changed, 1 << UNIT_HUMAN);
  assert_number(&r, RULES_HUMAN, 5);
  assert_null(r.row.units[UNIT_HUMAN].heads[0].values);
  test_row_finish(&r);
}

static void one_author_on_two_devices_is_no_conflict(void **state) {
  (void)state;
  for (uint8_t author = 1; author <= 2; author++) {
    struct test_row r;
    struct test_op a = test_number(RULES_AUTHORS, 1, 1, 10, 5), b = test_number(RULES_AUTHORS, 2, 1, 11, 6);
    b.m.author = (struct id){{author}};
    test_row_begin(&r, &rules_table);
    test_row_apply(&r, &a);
    test_row_apply(&r, &b);
    assert_int_equal(merge_conflict(&r.row, UNIT_AUTHORS), author == 1 ? CONFLICT_NONE : CONFLICT_HUMAN);
    test_row_finish(&r);
  }
}

static void a_first_value_stays_until_the_office_decides(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_FIRST, 1, 1, 10, 5), b = test_number(RULES_FIRST, 2, 1, 11, 6),
                 c = test_number(RULES_FIRST, OFFICE_DEVICE, 1, 12, 6);
  test_op_base(&b, UNIT_ONCE, &a); /* it saw the first value and writes another all the same */
  test_op_base(&c, UNIT_ONCE, &a);
  test_op_base(&c, UNIT_ONCE, &b);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_number(&r, RULES_FIRST, 5);
  assert_int_equal(merge_conflict(&r.row, UNIT_ONCE), CONFLICT_ONCE);
  test_row_apply(&r, &c);
  assert_number(&r, RULES_FIRST, 6);
  assert_int_equal(merge_conflict(&r.row, UNIT_ONCE), CONFLICT_NONE);
  test_row_finish(&r);
}

static void rows_that_are_added_never_collide(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_ADD, 1, 1, 10, 5), b = test_number(RULES_ADD, 2, 1, 11, 6);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_int_equal(r.last.conflict_after, 0);
  test_row_finish(&r);
}

static void the_office_is_in_use_whatever_the_stamps(void **state) {
  (void)state;
  for (int order = 0; order < 2; order++) {
    struct test_row r;
    struct test_op office = test_number(RULES_OFFICE, OFFICE_DEVICE, 1, 10, 5),
                   field = test_number(RULES_OFFICE, 1, 1, 99, 6);
    if (order)
      test_op_base(&field, UNIT_OFFICE,
                   &office); /* having seen the office's value gives no right to replace it */
    test_row_begin(&r, &rules_table);
    test_row_apply(&r, order ? &field : &office);
    test_row_apply(&r, order ? &office : &field);
    assert_number(&r, RULES_OFFICE, 5);
    assert_int_equal(merge_conflict(&r.row, UNIT_OFFICE), CONFLICT_PROPOSAL);
    assert_int_equal(r.row.units[UNIT_OFFICE].count, 2);
    test_row_finish(&r);
  }
}

static void what_the_field_made_is_in_use_and_a_proposal(void **state) {
  (void)state;
  struct test_row r;
  struct test_op field = test_number(RULES_OFFICE, 1, 1, 10, 6),
                 office = test_number(RULES_OFFICE, OFFICE_DEVICE, 1, 11, 6);
  test_op_base(&office, UNIT_OFFICE, &field);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &field);
  assert_number(&r, RULES_OFFICE, 6);
  assert_int_equal(r.last.conflict_after, 1 << UNIT_OFFICE);
  assert_int_equal(merge_conflict(&r.row, UNIT_OFFICE), CONFLICT_PROPOSAL);
  test_row_apply(&r, &office);
  assert_int_equal(r.last.conflict_after, 0);
  assert_int_equal(r.row.units[UNIT_OFFICE].count, 1);
  test_row_finish(&r);
}

static void a_proposal_of_what_the_office_says_needs_nobody(void **state) {
  (void)state;
  struct test_row r;
  struct test_op office = test_number(RULES_OFFICE, OFFICE_DEVICE, 1, 10, 6),
                 field = test_number(RULES_OFFICE, 1, 1, 11, 6);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &office);
  test_row_apply(&r, &field);
  assert_int_equal(r.last.conflict_after, 0);
  test_row_finish(&r);
}

static void of_the_offices_ops_the_highest_is_kept(void **state) {
  (void)state;
  struct test_row r;
  struct test_op first = test_number(RULES_OFFICE, OFFICE_DEVICE, 1, 10, 5),
                 second = test_number(RULES_OFFICE, OFFICE_DEVICE, 2, 11, 6);
  struct test_op field = test_number(RULES_OFFICE, 1, 1, 12, 7);
  test_op_base(&second, UNIT_OFFICE, &first);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &second);
  test_row_apply(&r, &field);
  test_row_apply(&r, &first);
  assert_int_equal(r.last.effect[UNIT_OFFICE], MERGE_SUPERSEDED);
  assert_int_equal(r.row.units[UNIT_OFFICE].count, 2);
  assert_int_equal(r.row.units[UNIT_OFFICE].ghost_count, 0);
  assert_number(&r, RULES_OFFICE, 6);
  test_row_finish(&r);
}

static void units_are_decided_apart(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_LWW, 1, 1, 10, 1), b = test_number(RULES_HUMAN, 2, 1, 9, 2);
  test_op_set(&a, RULES_LWW_TEXT, value_text(slice_text("one")));
  test_op_set(&b, RULES_AUTHORS, value_int(3));
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_number(&r, RULES_LWW, 1);
  assert_number(&r, RULES_HUMAN, 2);
  assert_number(&r, RULES_AUTHORS, 3);
  assert_int_equal(r.last.changed, 1 << UNIT_HUMAN | 1 << UNIT_AUTHORS);
  test_row_finish(&r);
}

static void text_outlives_the_op_it_came_in(void **state) {
  (void)state;
  struct test_row r;
  char first[] = "first", second[] = "second";
  struct test_op a = test_number(RULES_LWW, 1, 1, 10, 1), b = test_number(RULES_LWW, 2, 1, 11, 1);
  test_op_set(&a, RULES_LWW_TEXT, value_text(slice_text(first)));
  test_op_set(&b, RULES_LWW_TEXT, value_text(slice_text(second)));
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  bytes_zero(first, sizeof first);
  assert_true(slice_equal(r.row.values[RULES_LWW_TEXT].text, slice_text("first")));
  test_row_apply(&r, &b);
  bytes_zero(second, sizeof second);
  assert_true(slice_equal(r.row.values[RULES_LWW_TEXT].text, slice_text("second")));
  assert_true(slice_equal(r.row.units[UNIT_LWW].heads[1].values[1].text, slice_text("first")));
  test_row_finish(&r);
}

static void a_unit_is_replaced_in_all_its_columns(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_LWW, 1, 1, 10, 1), b = test_number(RULES_LWW, 2, 1, 11, 2);
  test_op_set(&a, RULES_LWW_TEXT, value_text(slice_text("goes with 1")));
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_int_equal(r.row.values[RULES_LWW_TEXT].kind, VALUE_NULL);
  test_row_finish(&r);
}

static void an_op_cannot_replace_itself_or_what_it_wrote_later(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), later = test_number(RULES_HUMAN, 1, 2, 11, 6);
  test_op_base(&a, UNIT_HUMAN, &a);
  test_op_base(&a, UNIT_HUMAN, &later);
  test_row_begin(&r, &rules_table);
  test_row_apply(&r, &a);
  assert_int_equal(r.row.units[UNIT_HUMAN].ghost_count, 0);
  test_row_apply(&r, &later);
  assert_int_equal(r.row.units[UNIT_HUMAN].count, 2);
  test_row_finish(&r);
}

static void bases_in_a_circle_leave_nothing_in_use_in_either_order(void **state) {
  (void)state;
  for (int order = 0; order < 2; order++) {
    struct test_row r;
    struct test_op a = test_number(RULES_HUMAN, 1, 1, 10, 5), b = test_number(RULES_HUMAN, 2, 1, 11, 6);
    test_op_base(&a, UNIT_HUMAN, &b);
    test_op_base(&b, UNIT_HUMAN, &a);
    test_row_begin(&r, &rules_table);
    test_row_apply(&r, order ? &a : &b);
    test_row_apply(&r, order ? &b : &a);
    assert_int_equal(r.row.units[UNIT_HUMAN].count, 0);
    assert_int_equal(r.row.values[RULES_HUMAN].kind, VALUE_NULL);
    assert_int_equal(r.last.effect[UNIT_HUMAN], MERGE_SUPERSEDED);
    assert_int_equal(merge_conflict(&r.row, UNIT_HUMAN), CONFLICT_NONE);
    struct test_op c = test_number(RULES_HUMAN, 3, 1, 12, 7); /* and the row is not stuck */
    test_row_apply(&r, &c);
    assert_number(&r, RULES_HUMAN, 7);
    test_row_finish(&r);
  }
}

/* Marks */
static struct test_op mark(uint8_t device, uint64_t stamp, int64_t code, int64_t arrived) {
  struct test_op o = test_op(schema_table(TABLE_mark), device, 1, device, stamp);
  const struct id session = {{1}}, learner = {{2}};
  test_op_set(&o, COL(mark, session), value_id(&session));
  test_op_set(&o, COL(mark, learner), value_id(&learner));
  test_op_set(&o, COL(mark, code), value_int(code));
  test_op_set(&o, COL(mark, arrived), arrived < 0 ? value_null() : value_int(arrived));
  return o;
}

struct pair_of_marks {
  int64_t first, first_at, second, second_at; /* the second has the higher stamp */
  int64_t in_use;
  enum conflict_kind conflict;
};

static void late_with_a_time_settles_away(void **state) {
  (void)state;
  enum {
    P = ENUM_mark_code_P,
    L = ENUM_mark_code_L,
    AN = ENUM_mark_code_AN,
    AU = ENUM_mark_code_AU,
    SE = ENUM_mark_code_SE
  };
  const struct pair_of_marks pairs[] = {
      {L, 600, AU, -1, L, CONFLICT_NONE},   {L, 600, AN, -1, L, CONFLICT_NONE},
      {AU, -1, L, 600, L, CONFLICT_NONE},   {L, -1, AU, -1, AU, CONFLICT_HUMAN},
      {AU, -1, L, -1, L, CONFLICT_HUMAN},   {L, 600, P, -1, P, CONFLICT_HUMAN},
      {L, 600, SE, -1, SE, CONFLICT_HUMAN}, {P, -1, AU, -1, AU, CONFLICT_HUMAN},
      {L, 600, L, 605, L, CONFLICT_HUMAN},  {AU, -1, AN, -1, AN, CONFLICT_AWAY},
      {P, -1, P, -1, P, CONFLICT_NONE},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    struct test_row r;
    struct test_op a = mark(1, 10, pairs[i].first, pairs[i].first_at),
                   b = mark(2, 20, pairs[i].second, pairs[i].second_at);
    test_row_begin(&r, schema_table(TABLE_mark));
    test_row_apply(&r, &a);
    test_row_apply(&r, &b);
    assert_number(&r, COL(mark, code), pairs[i].in_use);
    assert_int_equal(merge_conflict(&r.row, 1), pairs[i].conflict);
    const struct head *heads = r.row.units[1].heads;
    bool settled = merge_settles(r.row.table, 1, &heads[0], &heads[1]);
    assert_int_equal(settled, pairs[i].conflict == CONFLICT_NONE);
    assert_int_equal(settled, merge_settles(r.row.table, 1, &heads[1], &heads[0]));
    test_row_finish(&r);
  }
}

static void a_third_opinion_is_still_heard(void **state) {
  (void)state;
  struct test_row r;
  struct test_op late = mark(1, 10, ENUM_mark_code_L, 600), away = mark(2, 30, ENUM_mark_code_AU, -1),
                 here = mark(3, 20, ENUM_mark_code_P, -1);
  test_row_begin(&r, schema_table(TABLE_mark));
  test_row_apply(&r, &late);
  test_row_apply(&r, &away);
  test_row_apply(&r, &here);
  assert_number(&r, COL(mark, code), ENUM_mark_code_P); /* away is settled, so the highest of the other two */
  assert_int_equal(merge_conflict(&r.row, 1), CONFLICT_HUMAN);
  test_row_finish(&r);
}

static void a_natural_key_never_conflicts_and_has_one_head(void **state) {
  (void)state;
  struct test_row r;
  struct test_op a = mark(1, 20, ENUM_mark_code_P, -1), b = mark(2, 10, ENUM_mark_code_P, -1),
                 c = mark(3, 30, ENUM_mark_code_P, -1);
  test_row_begin(&r, schema_table(TABLE_mark));
  test_row_apply(&r, &a);
  test_row_apply(&r, &b);
  assert_int_equal(r.last.effect[0], MERGE_IN_USE);
  assert_int_equal(r.last.changed, 0);
  assert_int_equal(r.row.units[0].count, 1);
  assert_true(op_id_equal(&r.row.units[0].heads[0].op, &a.m.id));
  test_row_apply(&r, &c);
  assert_int_equal(r.row.units[0].count, 1);
  assert_true(op_id_equal(&r.row.units[0].heads[0].op, &c.m.id));
  assert_int_equal(r.row.units[1].count, 3);
  assert_int_equal(r.last.conflict_after, 0);
  test_row_finish(&r);
}

static void unit_0_without_columns_has_one_head_too(void **state) {
  (void)state;
  struct test_row r;
  test_row_begin(&r, schema_table(TABLE_term));
  for (uint8_t device = 1; device <= 3; device++) {
    struct test_op o = test_op(schema_table(TABLE_term), device, 1, device, device);
    o.op.units = 1;
    test_row_apply(&r, &o);
    assert_int_equal(r.row.units[0].count, 1);
    assert_int_equal(r.last.effect[0], MERGE_IN_USE);
  }
  assert_true(r.row.exists);
  test_row_finish(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_op_makes_the_row),
      cmocka_unit_test(an_op_replaces_the_head_it_saw),
      cmocka_unit_test(an_op_already_replaced_is_history_when_it_comes),
      cmocka_unit_test(a_head_applied_again_changes_nothing),
      cmocka_unit_test(lww_takes_the_highest_stamp_and_tells_nobody),
      cmocka_unit_test(equal_stamps_are_told_apart_by_device_and_counter),
      cmocka_unit_test(an_unsure_clock_that_wins_is_shown),
      cmocka_unit_test(human_hears_of_different_values_only),
      cmocka_unit_test(a_decision_over_all_heads_closes_the_conflict),
      cmocka_unit_test(one_author_on_two_devices_is_no_conflict),
      cmocka_unit_test(a_first_value_stays_until_the_office_decides),
      cmocka_unit_test(rows_that_are_added_never_collide),
      cmocka_unit_test(the_office_is_in_use_whatever_the_stamps),
      cmocka_unit_test(what_the_field_made_is_in_use_and_a_proposal),
      cmocka_unit_test(a_proposal_of_what_the_office_says_needs_nobody),
      cmocka_unit_test(of_the_offices_ops_the_highest_is_kept),
      cmocka_unit_test(units_are_decided_apart),
      cmocka_unit_test(text_outlives_the_op_it_came_in),
      cmocka_unit_test(a_unit_is_replaced_in_all_its_columns),
      cmocka_unit_test(an_op_cannot_replace_itself_or_what_it_wrote_later),
      cmocka_unit_test(bases_in_a_circle_leave_nothing_in_use_in_either_order),
      cmocka_unit_test(late_with_a_time_settles_away),
      cmocka_unit_test(a_third_opinion_is_still_heard),
      cmocka_unit_test(a_natural_key_never_conflicts_and_has_one_head),
      cmocka_unit_test(unit_0_without_columns_has_one_head_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
