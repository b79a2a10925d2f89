/* import_keys_test.c: learners are known again by what schools and other systems call them. */
#include "tests/unit/server/import/import_desk.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
/* clang-format on */

#include "server/core/upn.h"
#include "server/import/import_map.h"

#define UPN_1 "P000000000001"
#define UPN_2 "D000000000002"
#define UPN_3 "R990000000003"
#define UPN_T "B99900000001A"

static struct row numbers(struct desk *d, const char *ref) {
  struct id child, id;
  struct row row;
  crypto_import_id(&child, &d->host.hub.id, "learner", slice_text(ref));
  crypto_row_id(&id, TABLE_learner_key, &child, 1);
  assert_int_equal(
      d->host.store->ops->load_row(d->host.store, schema_table(TABLE_learner_key), &id, &d->arena, &row),
      ERR_OK);
  return row;
}

static bool says(const struct value *v, const char *text) {
  return v->kind == VALUE_TEXT && slice_equal(v->text, slice_text(text));
}

static bool has_upn(struct desk *d, const char *ref, const char *upn) {
  struct row row = numbers(d, ref);
  return row.exists && says(&row.values[COL(learner_key, upn)], upn);
}

static void must_say(const struct desk *d, size_t row, const char *column, const char *text) {
  for (size_t i = 0; i < d->im.error_count; i++) {
    const struct import_error *e = &d->im.errors[i];
    if (e->row == row && strcmp(e->column, column) == 0 && strstr(e->text, text)) return;
    print_message("row %zu, %s: %s\n", e->row, e->column, e->text);
  }
  fail_msg("no mistake in row %zu, column \"%s\" says \"%s\"", row, column, text);
}

static void apply_two(struct desk *d) {
  desk_apply(d, "learners",
             "ref,first_name,last_name,upn,mis_id\n"
             "L1,Zo\xc3\xab,Testing," UPN_1 ",00017\nL2,Jo,Testing," UPN_2 ",00018\n");
}

static void numbers_come_with_their_learner_and_keep_their_zeros(void **state) {
  struct desk *d = *state;
  apply_two(d);
  assert_int_equal(d->run.inserted, 2); /* children, and not rows */
  assert_int_equal(d->run.changed, 0);
  struct row row = numbers(d, "L1");
  assert_true(says(&row.values[COL(learner_key, upn)], UPN_1));
  assert_true(says(&row.values[COL(learner_key, mis_id)], "00017"));
  apply_two(d);
  assert_int_equal(d->result.inserted + d->result.changed, 0);
}

static void a_upn_is_mended_where_people_slip_and_told_where_it_is_wrong(void **state) {
  struct desk *d = *state;
  char small[] = UPN_1;
  for (char *c = small; *c; c++) *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
  char text[400];
  (void)snprintf(text, sizeof text, "ref,first_name,upn\nL1,Jo, %.4s %.5s-%s \n", small, small + 4,
                 small + 9);
  desk_apply(d, "learners", text);
  assert_true(has_upn(d, "L1", UPN_1));
  assert_int_equal(
      desk_read(d, "learners", "ref,first_name,upn\nL2,Li,12345\nL3,Bo,I000000000001\nL4,Mo," UPN_T "\n"), 2);
  must_say(d, 2, "upn", "eleven digits");
  must_say(d, 3, "upn", "mistyped");
}

/* With a dash and a narrow space between its parts; with a space that does not break before the last digit.
 */
#define P_DASHED                                                                                             \
  ("P0000\xe2\x80\x93"                                                                                       \
   "0000\xe2\x80\xaf"                                                                                        \
   "0001")
#define P_SPACED                                                                                             \
  ("P00000000000\xc2\xa0"                                                                                    \
   "1\t")

/* Those letters are in no UPN, and are what people read for a digit; the check letter says whether they were.
 */
static void letters_that_look_like_digits_are_read_as_digits(void **state) {
  static const char *const typed[] = {"POOOOOOOOOOO1", "POOOOOOOOOOOI", "p 0000 0000 000l", P_DASHED,
                                      P_SPACED};
  struct desk *d = *state;
  for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
    char out[upn_bytes + 1];
    struct slice upn = upn_mend(out, slice_text(typed[i]));
    bool last = i == 2; /* an L at the end is a letter of a temporary one */
    assert_int_equal(slice_equal(upn, slice_text(UPN_1)), !last);
  }
  desk_apply(d, "learners", "ref,first_name,upn\nL1,Jo,POOOOOOOOOOOI\n");
  assert_true(has_upn(d, "L1", UPN_1));
  assert_int_equal(desk_read(d, "learners", "ref,first_name,upn\nL2,Li,POOOOOOOOOO2I\n"), 1);
  must_say(d, 2, "upn", "mistyped");
}

static void a_temporary_upn_gives_way_to_the_right_one_and_never_takes_its_place(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_T "\n");
  assert_int_equal(desk_read(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_1 "\n"), 0);
  assert_int_equal(d->im.rekey_count, 0); /* it was there to be replaced */
  desk_apply(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_1 "\n");
  assert_true(has_upn(d, "L1", UPN_1));
  desk_apply(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_T "\n"); /* an older list */
  assert_int_equal(d->result.changed, 0);
  assert_true(has_upn(d, "L1", UPN_1));
}

/* A number that looks like one to Excel loses the zeros in front of it. */
static void a_school_number_is_known_without_its_zeros_and_keeps_them(void **state) {
  struct desk *d = *state;
  apply_two(d);
  desk_apply(d, "learners", "mis_id,first_name,last_name,year_group\n18,Jo,Testing,5\n");
  assert_int_equal(d->run.inserted, 0);
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "5"));
  struct row row = numbers(d, "L2");
  assert_true(says(&row.values[COL(learner_key, mis_id)], "00018"));
  assert_int_equal(d->im.rekey_count, 0);
}

/* What a list calls a number may be a class's: two children are two, and neither is taken for the other by
 * it. */
static void a_number_that_two_of_a_school_have_stops_no_list(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100001,7\nL3,Bo,100001,007\n");
  assert_int_equal(d->run.inserted, 2);
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id,year_group\nL1,Jo,100001,7,3\n");
  assert_int_equal(d->run.inserted, 0);
  assert_int_equal(desk_learner(d, "L3").values[COL(learner, year_group)].kind, VALUE_NULL);
}

/* A column of the list that is empty does not take away what the hub knows. */
static void an_empty_cell_leaves_the_number(void **state) {
  struct desk *d = *state;
  apply_two(d);
  desk_apply(d, "learners", "ref,first_name,last_name,upn,mis_id\nL1,Zoe,Testing,,\n");
  assert_true(has_upn(d, "L1", UPN_1));
}

static void a_row_without_our_reference_is_whom_its_number_says(void **state) {
  struct desk *d = *state;
  apply_two(d);
  desk_apply(d, "learners", "upn,first_name,last_name,year_group\n" UPN_1 ",Zo\xc3\xab,Testing,6\n");
  assert_int_equal(d->run.inserted, 0);
  assert_int_equal(d->run.changed, 1);
  assert_true(says(&desk_learner(d, "L1").values[COL(learner, year_group)], "6"));
  desk_apply(d, "learners", "mis_id,first_name,last_name,year_group\n00018,Jo,Testing,5\n");
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "5"));
  /* Another system's reference, and a UPN that we know. */
  desk_apply(d, "learners", "ref,upn,first_name,last_name,year_group\nSA-9," UPN_2 ",Jo,Testing,4\n");
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "4"));
  assert_false(desk_learner(d, "SA-9").exists);
}

static void who_has_a_number_alone_is_called_by_it(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", "upn,first_name\n" UPN_1 ",Jo\n");
  struct row jo = desk_learner(d, UPN_1);
  assert_true(jo.exists && says(&jo.values[COL(learner, ref)], UPN_1));
  assert_true(has_upn(d, UPN_1, UPN_1));
  desk_apply(d, "learners", "upn,first_name\n" UPN_1 ",Jo\n");
  assert_int_equal(d->result.inserted + d->result.changed, 0);
}

/* Before there were numbers of their own a list of UPNs had them as references. */
static void a_learner_whose_reference_is_the_upn_is_the_same(void **state) {
  struct desk *d = *state;
  desk_apply(d, "learners", "ref,first_name\n" UPN_1 ",Jo\n");
  desk_apply(d, "learners", "upn,first_name\n" UPN_1 ",Jo\n");
  assert_int_equal(d->run.inserted, 0);
  assert_int_equal(d->run.changed, 1);
  assert_true(has_upn(d, UPN_1, UPN_1));
}

static void two_learners_with_one_upn_are_named_with_both_rows(void **state) {
  struct desk *d = *state;
  assert_int_equal(
      desk_read(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_1 "\nL2,Li," UPN_2 "\nL3,Bo," UPN_1 "\n"), 1);
  must_say(d, 4, "upn", "row 2");
  assert_int_equal(desk_read(d, "learners", "upn,first_name\n" UPN_1 ",Jo\n" UPN_1 ",Bo\n"), 1);
  must_say(d, 3, "", "row 2");
  apply_two(d);
  assert_int_equal(desk_read(d, "learners", "ref,first_name,upn\nL2,Jo," UPN_1 "\n"), 1);
  must_say(d, 2, "upn", "Zo\xc3\xab Testing in the hub (reference L1)");
}

/* Schools count their own children. */
static void two_schools_may_use_one_number(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n100002,Hill Top\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100001,7\nL2,Li,100002,7\n");
  desk_apply(d, "learners", "mis_id,first_name,school_urn,year_group\n7,Li,100002,3\n");
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "3"));
  assert_int_equal(desk_learner(d, "L1").values[COL(learner, year_group)].kind, VALUE_NULL);
  assert_int_equal(desk_read(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100001,8\n"), 0);
  assert_int_equal(d->im.rekey_count, 1);
  assert_int_equal(desk_read(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100002,8\n"), 0);
  assert_int_equal(d->im.rekey_count, 0); /* who moves has a new one */
}

/* Each school sends the list of its own system, and nobody has given these children a number of ours. */
static void children_of_two_schools_with_one_number_and_no_reference_are_two(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  static const char *const lists[] = {"mis_id,first_name,school_urn\n7,Jo,100001\n8,Bo,100001\n",
                                      "mis_id,first_name,school_urn\n7,Li,100002\n8,Mo,100002\n"};
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n100002,Hill Top\n100003,Dale\n");
  desk_apply(d, "learners", lists[0]);
  desk_apply(d, "learners", lists[1]);
  assert_int_equal(d->run.inserted, 2);
  assert_int_equal(d->run.changed, 0);
  for (size_t i = 0; i < 2; i++) {
    desk_apply(d, "learners", lists[i]); /* again: they are known */
    assert_int_equal(d->result.inserted + d->result.changed, 0);
  }
  assert_true(says(&desk_learner(d, "100001/7").values[COL(learner, first_name)], "Jo"));
  assert_true(says(&desk_learner(d, "100002/7").values[COL(learner, first_name)], "Li"));
  /* Of one list, too. */
  desk_apply(d, "learners", "mis_id,first_name,school_urn\n9,Ed,100001\n9,Al,100003\n");
  assert_int_equal(d->run.inserted, 2);
  assert_true(says(&desk_learner(d, "100003/9").values[COL(learner, first_name)], "Al"));
  /* A list that was taken back comes again as the same children. */
  assert_int_equal(desk_undo(d, d->runs, &blocks), ERR_OK);
  desk_apply(d, "learners", "mis_id,first_name,school_urn\n9,Ed,100001\n9,Al,100003\n");
  assert_int_equal(d->run.inserted, 0);
  /* Without the school nobody can tell which of them is meant. */
  assert_int_equal(desk_read(d, "learners", "mis_id,first_name\n7,Jo\n"), 1);
  must_say(d, 2, "mis_id", "several learners");
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  assert_int_equal(desk_read(d, "enrolments", "learner_ref,activity_ref,starts\n7,A1,2026-09-01\n"), 1);
  must_say(d, 2, "learner_ref", "no learner");
}

static void a_number_of_two_at_one_school_makes_no_third(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100001,7\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL2,Li,100001,7\n");
  assert_int_equal(desk_read(d, "learners", "mis_id,first_name,school_urn\n7,Jo,100001\n"), 1);
  must_say(d, 2, "mis_id", "two learners at that school");
}

/* The list that a school's system makes names no school: it is this one's alone. */
static void a_number_without_its_school_is_not_somebody_elses(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n");
  desk_apply(d, "learners", "mis_id,first_name,last_name,dob,school_urn\n7,Jo,Sampleton,2015-01-02,100001\n");
  assert_int_equal(desk_read(d, "learners", "mis_id,first_name,last_name,dob\n7,Li,Sampleton,2014-05-06\n"),
                   1);
  must_say(d, 2, "mis_id", "Jo Sampleton");
  assert_int_equal(desk_read(d, "learners", "mis_id,first_name\n7,Li\n"), 1);
  static const char *const same[] = {"mis_id,first_name,last_name,dob\n7,JO,Made-Up,2015-01-02\n",
                                     "mis_id,first_name,last_name,dob\n7,Jo,Sampleton,2015-01-03\n",
                                     "mis_id,first_name,last_name,dob\n7,Josephine,Sampleton,2015-01-02\n",
                                     "mis_id,first_name\n7,Jo\n"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    assert_int_equal(desk_read(d, "learners", same[i]), 0);
}

/* Before there were numbers of their own a school's list had them as references. */
static void a_learner_whose_reference_is_the_schools_number_is_the_same_at_that_school(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n100002,Hill Top\n");
  desk_apply(d, "learners", "ref,first_name,school_urn\n7,Jo,100001\n8,Bo,\n");
  desk_apply(d, "learners",
             "mis_id,first_name,school_urn\n7,Li,100002\n7,Jo,100001\n8,Bo,100001\n8,Mo,100002\n");
  assert_int_equal(d->run.inserted, 2);
  assert_int_equal(d->run.changed, 2);
  assert_true(says(&numbers(d, "7").values[COL(learner_key, mis_id)], "7"));
  assert_true(says(&desk_learner(d, "8").values[COL(learner, first_name)], "Bo"));
  assert_true(says(&desk_learner(d, "100002/8").values[COL(learner, first_name)], "Mo"));
  desk_apply(d, "learners", "ref,first_name\n9,Ed\n10,Al\n");
  assert_int_equal(desk_read(d, "learners", "mis_id,first_name\n9,Ann\n"), 1);
  must_say(d, 2, "mis_id", "Ed");
  desk_apply(d, "learners", "mis_id,first_name,school_urn\n10,Kim,100001\n");
  assert_true(says(&desk_learner(d, "10").values[COL(learner, first_name)], "Al"));
}

/* 64 letters that differ in the last. */
static void a_long_number_is_known_to_its_end(void **state) {
  struct desk *d = *state;
  char text[2 * 300 + 100] = "mis_id,first_name\n";
  for (int row = 0; row < 2; row++) {
    for (int i = 0; i < 63; i++) strcat(text, "\xf0\x9f\x8e\xba");
    strcat(text, row ? "b,Li\n" : "a,Jo\n");
  }
  desk_apply(d, "learners", text);
  assert_int_equal(d->run.inserted, 2);
}

static void a_changed_upn_is_shown_and_can_be_taken_back(void **state) {
  struct desk *d = *state;
  struct run_blocks blocks;
  apply_two(d);
  assert_int_equal(
      desk_read(d, "learners", "ref,first_name,last_name,upn\nL1,Zo\xc3\xab,Testing," UPN_3 "\n"), 0);
  assert_int_equal(d->im.rekey_count, 1);
  assert_int_equal(d->im.rekeys[0].row, 2);
  assert_string_equal(d->im.rekeys[0].column, "upn");
  assert_true(slice_equal(d->im.rekeys[0].before, slice_text(UPN_1)));
  assert_true(slice_equal(d->im.rekeys[0].after, slice_text(UPN_3)));
  struct import_look look = desk_look(d, IMPORT_CHANGED);
  assert_int_equal(look.counts[IMPORT_CHANGED], 1);
  assert_int_equal(look.counts[IMPORT_UNCHANGED], 0);
  assert_int_equal(look.page.line_count, 1);
  assert_int_equal(look.page.lines[0].change_count, 1);
  assert_string_equal(look.page.lines[0].changes[0].column->name, "upn");
  desk_apply(d, "learners", "ref,first_name,last_name,upn\nL1,Zo\xc3\xab,Testing," UPN_3 "\n");
  assert_int_equal(d->run.changed, 1);
  assert_true(has_upn(d, "L1", UPN_3));
  assert_int_equal(desk_undo(d, 2, &blocks), ERR_OK);
  assert_true(has_upn(d, "L1", UPN_1));
  assert_int_equal(d->result.changed, 1);
  assert_int_equal(desk_undo(d, 1, &blocks), ERR_OK);
  assert_int_equal(d->result.changed, 2); /* children */
  assert_int_equal(numbers(d, "L1").values[COL(learner_key, upn)].kind, VALUE_NULL);
  desk_apply(d, "learners", "ref,first_name,upn\nL5,Li," UPN_1 "\n"); /* nobody has it any more */
  assert_true(has_upn(d, "L5", UPN_1));
}

static void a_preview_shows_a_learner_and_their_numbers_as_one_line(void **state) {
  struct desk *d = *state;
  assert_int_equal(desk_read(d, "learners", "ref,first_name,upn\nL1,Jo," UPN_1 "\nL2,Li,\n"), 0);
  struct import_look look = desk_look(d, IMPORT_NEW);
  assert_int_equal(look.counts[IMPORT_NEW], 2);
  assert_int_equal(look.page.line_count, 2);
  assert_string_equal(look.page.lines[0].changes[look.page.lines[0].change_count - 1].column->name, "upn");
  apply_two(d);
  assert_int_equal(desk_read(d, "learners",
                             "ref,first_name,last_name,upn\nL1,Zo\xc3\xab,Testing," UPN_1
                             "\nL2,Jo,Testing," UPN_2 "\n"),
                   0);
  look = desk_look(d, IMPORT_UNCHANGED);
  assert_int_equal(look.counts[IMPORT_UNCHANGED], 2);
  assert_int_equal(look.page.line_count, 2);
}

static void other_lists_may_name_a_learner_by_a_number(void **state) {
  struct desk *d = *state;
  apply_two(d);
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  desk_apply(d, "enrolments",
             "learner_ref,activity_ref,starts\n" UPN_1 ",A1,2026-09-01\n00018,A1,2026-09-01\n");
  assert_int_equal(d->result.inserted, 2);
  desk_apply(d, "enrolments", "learner_ref,activity_ref,starts\nL1,A1,2026-09-01\n");
  assert_int_equal(d->result.inserted + d->result.changed, 0);
  assert_int_equal(desk_read(d, "enrolments", "learner_ref,activity_ref,starts\n" UPN_3 ",A1,2026-09-01\n"),
                   1);
  must_say(d, 2, "learner_ref", "no learner");
}

/* An absence told of a child of whom the hub has never heard must not be that of another school's child. */
static void where_several_schools_have_numbers_other_lists_name_nobody_by_them(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n100002,Hill Top\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id,upn\nL1,Jo,100001,7," UPN_1 "\n");
  static const char absences[] = "learner_ref,starts,ends\n7,2026-11-20,2026-11-20\n";
  assert_int_equal(desk_read(d, "absences", absences), 0); /* of one school alone */
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL2,Li,100002,8\n");
  assert_int_equal(desk_read(d, "absences", absences), 1);
  must_say(d, 2, "learner_ref", "several schools");
  assert_int_equal(desk_read(d, "absences", "learner_ref,starts,ends\n" UPN_1 ",2026-11-20,2026-11-20\n"), 0);
}

/* The record that stands for the child is the one that the office sees, whichever of the two has the number.
 */
static void a_number_of_a_merged_record_is_of_the_one_that_stands(void **state) {
  struct desk *d = *state;
  apply_two(d);
  struct op op = {.table = schema_table(TABLE_learner), .row = desk_learner(d, "L1").id, .units = 1U << 4};
  const struct id jo = desk_learner(d, "L2").id;
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&jo);
  hub_world_put(&d->host, &op);
  desk_apply(d, "learners", "upn,first_name,last_name,year_group\n" UPN_1 ",Jo,Testing,6\n");
  assert_int_equal(d->im.rekey_count, 0);
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "6"));
  assert_true(has_upn(d, "L1", UPN_1) && has_upn(d, "L2", UPN_2)); /* each keeps what it said */
  desk_apply(d, "learners", "mis_id,first_name,last_name,year_group\n00017,Jo,Testing,7\n");
  assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], "7"));
  assert_true(says(&numbers(d, "L2").values[COL(learner_key, mis_id)], "00018"));
}

/* Of two numbers at one school somebody chose one: the school's older lists have the other. */
static void a_number_that_was_set_aside_finds_the_child_as_the_chosen_one_does(void **state) {
  struct desk *d = *state;
  desk_apply(d, "schools", "urn,name\n100001,Riverside\n");
  desk_apply(d, "learners", "ref,first_name,school_urn,mis_id\nL1,Jo,100001,00017\nL2,Jo,100001,00018\n");
  struct op op = {.table = schema_table(TABLE_learner), .row = desk_learner(d, "L1").id, .units = 1U << 4};
  const struct id stands = desk_learner(d, "L2").id;
  op.values[COL(learner, status)] = value_int(ENUM_learner_status_merged);
  op.values[COL(learner, merged_into)] = value_id(&stands);
  hub_world_put(&d->host, &op);
  struct op aside = {
      .table = schema_table(TABLE_learner_key), .row = numbers(d, "L1").id, .units = 1 | 1U << 3};
  aside.values[COL(learner_key, learner)] = value_id(&op.row);
  aside.values[COL(learner_key, mis_aside)] = value_text(slice_text("00017"));
  hub_world_put(&d->host, &aside);
  static const char *const lists[] = {"mis_id,first_name,school_urn,year_group\n17,Jo,100001,6\n",
                                      "mis_id,first_name,school_urn,year_group\n00018,Jo,100001,7\n"};
  for (size_t i = 0; i < 2; i++) {
    desk_apply(d, "learners", lists[i]);
    assert_int_equal(d->run.inserted, 0);
    assert_int_equal(d->im.rekey_count, 0);
    assert_true(says(&desk_learner(d, "L2").values[COL(learner, year_group)], i ? "7" : "6"));
  }
  assert_true(says(&numbers(d, "L1").values[COL(learner_key, mis_id)], "00017"));
  assert_true(says(&numbers(d, "L2").values[COL(learner_key, mis_id)], "00018"));
  desk_apply(d, "activities", "ref,name,mode\nA1,Strings,ensemble\n");
  desk_apply(d, "enrolments", "learner_ref,activity_ref,starts\n00017,A1,2026-09-01\n");
  assert_int_equal(d->result.inserted, 1);
}

static void headings_of_school_systems_go_to_their_numbers(void **state) {
  (void)state;
  const struct slice headings[] = {slice_text("Unique Pupil Number"), slice_text("Adno"),
                                   slice_text("Legal Forename"), slice_text("Legal Surname"),
                                   slice_text("SpeedAdmin ID")};
  struct import_map map;
  const struct import_file *file = import_file_guess(headings, 5);
  static const char *const wanted[] = {"upn", "mis_id", "first_name", "last_name", "ref"};
  assert_string_equal(file->name, "learners");
  import_map_guess(&map, file, headings, 5);
  for (size_t i = 0; i < 5; i++) assert_string_equal(file->cells[map.cells[i] - 1].csv, wanted[i]);
}

static void without_any_number_or_reference_a_list_says_which_is_missing(void **state) {
  struct desk *d = *state;
  assert_int_equal(desk_read(d, "learners", "first_name\nJo\n"), 1);
  must_say(d, 1, "ref", "missing");
  assert_int_equal(desk_read(d, "learners", "first_name,upn\nJo,\n"), 1);
  must_say(d, 2, "ref", "empty");
}

static void a_check_letter_follows_from_the_digits(void **state) {
  (void)state;
  size_t right = 0;
  for (char c = 'A'; c <= 'Z'; c++) {
    char text[] = "?012345678901";
    text[0] = c;
    right += upn_is_right(slice_text(text));
  }
  assert_int_equal(right, 1);
  assert_true(upn_is_right(slice_text(UPN_T)) && upn_is_temporary(slice_text(UPN_T)));
  assert_false(upn_is_temporary(slice_text(UPN_1)));
  assert_true(upn_is_shaped(slice_text("A01234567890A")));
  assert_false(upn_is_shaped(slice_text("I0123456789")));
  assert_int_equal(upn_letter(&UPN_1[1]), UPN_1[0]);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
  const struct CMUnitTest tests[] = {
      CASE(numbers_come_with_their_learner_and_keep_their_zeros),
      CASE(a_upn_is_mended_where_people_slip_and_told_where_it_is_wrong),
      CASE(letters_that_look_like_digits_are_read_as_digits),
      CASE(a_temporary_upn_gives_way_to_the_right_one_and_never_takes_its_place),
      CASE(a_school_number_is_known_without_its_zeros_and_keeps_them),
      CASE(a_number_that_two_of_a_school_have_stops_no_list),
      CASE(an_empty_cell_leaves_the_number),
      CASE(a_row_without_our_reference_is_whom_its_number_says),
      CASE(who_has_a_number_alone_is_called_by_it),
      CASE(a_learner_whose_reference_is_the_upn_is_the_same),
      CASE(two_learners_with_one_upn_are_named_with_both_rows),
      CASE(two_schools_may_use_one_number),
      CASE(children_of_two_schools_with_one_number_and_no_reference_are_two),
      CASE(a_number_of_two_at_one_school_makes_no_third),
      CASE(a_number_without_its_school_is_not_somebody_elses),
      CASE(a_learner_whose_reference_is_the_schools_number_is_the_same_at_that_school),
      CASE(a_long_number_is_known_to_its_end),
      CASE(a_changed_upn_is_shown_and_can_be_taken_back),
      CASE(a_preview_shows_a_learner_and_their_numbers_as_one_line),
      CASE(other_lists_may_name_a_learner_by_a_number),
      CASE(where_several_schools_have_numbers_other_lists_name_nobody_by_them),
      CASE(a_number_of_a_merged_record_is_of_the_one_that_stands),
      CASE(a_number_that_was_set_aside_finds_the_child_as_the_chosen_one_does),
      CASE(headings_of_school_systems_go_to_their_numbers),
      CASE(without_any_number_or_reference_a_list_says_which_is_missing),
      CASE(a_check_letter_follows_from_the_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
