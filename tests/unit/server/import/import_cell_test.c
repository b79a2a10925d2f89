/* import_cell_test.c: cells as spreadsheets write them, and the ones that must not pass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/import/import_cell.h"

static err read_cell(struct value *out, uint8_t table, size_t column, const char *text, bool uk,
                     struct fault *fault) {
  const struct table *t = schema_table(table);
  *fault = (struct fault){0};
  return import_cell(out, t, &t->columns[column], slice_text(text), uk, fault);
}

static void dates_are_iso_or_clearly_british(void **state) {
  (void)state;
  int32_t days;
  struct fault fault;
  assert_int_equal(import_date(&days, slice_text("2026-02-01"), false, &fault), ERR_OK);
  assert_int_equal(days, date_to_days((struct date){2026, 2, 1}));
  assert_int_equal(import_date(&days, slice_text("25/12/2026"), false, &fault), ERR_OK);
  assert_int_equal(days, date_to_days((struct date){2026, 12, 25}));
  static const char *const uk[] = {"1/2/2026", "01/02/26", "1.2.2026", "1-2-2026"};
  for (size_t i = 0; i < sizeof uk / sizeof *uk; i++) {
    assert_int_equal(import_date(&days, slice_text(uk[i]), true, &fault), ERR_OK);
    assert_int_equal(days, date_to_days((struct date){2026, 2, 1}));
  }
}

static void a_month_in_words_and_a_midnight_beside_a_day_are_read(void **state) {
  (void)state;
  static const char *const good[] = {"1 February 2026", "01-Feb-2026",         "1/feb/2026",
                                     "1 FEB 2026",      "2026-02-01 00:00:00", "2026-02-01T00:00:00"};
  static const char *const uk[] = {"01/02/2026 00:00", "01-Feb-26", "1.2.2026 00:00:00"};
  static const char *const bad[] = {"1 Febr 2026", "1-Feb/2026",          "30 February 2026", "Feb 1 2026",
                                    "1 Mayo 2026", "2026-02-01 09:30:00", "1  2026"};
  int32_t days;
  struct fault fault;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_int_equal(import_date(&days, slice_text(good[i]), false, &fault), ERR_OK);
    assert_int_equal(days, date_to_days((struct date){2026, 2, 1}));
  }
  for (size_t i = 0; i < sizeof uk / sizeof *uk; i++) {
    assert_int_equal(import_date(&days, slice_text(uk[i]), false, &fault), ERR_CONFLICT);
    assert_int_equal(import_date(&days, slice_text(uk[i]), true, &fault), ERR_OK);
    assert_int_equal(days, date_to_days((struct date){2026, 2, 1}));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(import_date(&days, slice_text(bad[i]), true, &fault), ERR_INVALID);
}

/* A new school year counts on from these; what is no year of a school is left alone by both. */
static void a_year_group_is_the_hubs_however_it_is_written(void **state) {
  (void)state;
  static const char *const written[][2] = {
      {"Year 6", "6"}, {"Yr 06", "6"},  {"Y6", "6"}, {"6", "6"},   {"year 13", "13"}, {"Reception", "R"},
      {"YR", "R"},     {"Year R", "R"}, {"r", "R"},  {"10", "10"}, {"N1", "N1"},      {"Y", "Y"}};
  struct value v;
  struct fault fault;
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
    assert_int_equal(read_cell(&v, TABLE_learner, COL(learner, year_group), written[i][0], false, &fault),
                     ERR_OK);
    assert_true(slice_equal(v.text, slice_text(written[i][1])));
  }
  assert_int_equal(read_cell(&v, TABLE_learner, COL(learner, first_name), "Year 6", false, &fault), ERR_OK);
  assert_true(slice_equal(v.text, slice_text("Year 6")));
}

static void ambiguous_impossible_and_short_dates_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"1/2/26",     "1/2/2026",   "2026-02-31",
                                    "31/02/2026", "26-01-01",   "yesterday",
                                    "2026-1-1x",  "0000-00-00", ""};
  int32_t days;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct fault fault = {0};
    assert_int_equal(import_date(&days, slice_text(bad[i]), false, &fault),
                     i < 2 ? ERR_CONFLICT : ERR_INVALID);
    assert_true(fault.text[0] != 0);
  }
}

static void a_telephone_may_begin_with_a_plus(void **state) {
  (void)state;
  struct value v;
  struct fault fault;
  assert_int_equal(read_cell(&v, TABLE_contact, COL(contact, phone), "+44 7700 900000", false, &fault),
                   ERR_OK);
  assert_int_equal(read_cell(&v, TABLE_contact, COL(contact, phone), "+44+cmd|'", false, &fault),
                   ERR_INVALID);
  assert_int_equal(read_cell(&v, TABLE_contact, COL(contact, phone), "07700 900000", false, &fault), ERR_OK);
  assert_true(slice_equal(v.text, slice_text("07700 900000")));
}

static void formulas_and_direction_overrides_are_refused(void **state) {
  (void)state;
  /* Spelled out, so that this file itself does not change the direction of writing. */
  static const char override[] = {'A', 'n', 'n', 'a', (char)0xe2, (char)0x80, (char)0xae, 'n', 'A', 0};
  static const char isolate[] = {'a', (char)0xe2, (char)0x81, (char)0xa6, 'b', 0};
  static const char *const bad[] = {"=cmd|'/c calc'!A1", "+1",        "@SUM(A1)", override, isolate,
                                    "tab\there",         "two\nlines"};
  struct value v;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct fault fault;
    assert_int_equal(read_cell(&v, TABLE_learner, COL(learner, first_name), bad[i], false, &fault),
                     ERR_INVALID);
    assert_true(fault.text[0] != 0);
    assert_null(strstr(fault.text, "Anna")); /* a sentence about a cell does not repeat the name in it */
  }
}

static void names_in_any_script_pass_byte_for_byte(void **state) {
  (void)state;
  static const char *const names[] = {"Zo\xc3\xab", "O'Bramble", "\xe3\x81\x95\xe3\x81\x8f\xe3\x82\x89",
                                      "\xd9\x84\xd9\x8a\xd9\x84\xd9\x89", "Fitz-Heron"};
  struct value v;
  struct fault fault;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    assert_int_equal(read_cell(&v, TABLE_learner, COL(learner, first_name), names[i], false, &fault), ERR_OK);
    assert_true(slice_equal(v.text, slice_text(names[i])));
  }
}

static void words_labels_sets_times_and_yes_are_understood(void **state) {
  (void)state;
  struct value v;
  struct fault fault;
  assert_int_equal(read_cell(&v, TABLE_activity, COL(activity, mode), "Whole class", false, &fault), ERR_OK);
  assert_int_equal(v.i, ENUM_mode_whole_class);
  assert_int_equal(read_cell(&v, TABLE_staff, COL(staff, roles), "tutor; leader", false, &fault), ERR_OK);
  assert_int_equal(v.i, 3);
  assert_int_equal(read_cell(&v, TABLE_session, COL(session, starts), "9:05", false, &fault), ERR_OK);
  assert_int_equal(v.i, 545);
  assert_int_equal(read_cell(&v, TABLE_session, COL(session, starts), "09:05:00", false, &fault), ERR_OK);
  assert_int_equal(v.i, 545);
  assert_int_equal(read_cell(&v, TABLE_session, COL(session, starts), "09:05:30", false, &fault),
                   ERR_INVALID);
  assert_int_equal(read_cell(&v, TABLE_school, COL(school, rural), "Yes", false, &fault), ERR_OK);
  assert_int_equal(v.i, 1);
  assert_int_equal(read_cell(&v, TABLE_session, COL(session, starts), "24:00", false, &fault), ERR_INVALID);
  assert_int_equal(read_cell(&v, TABLE_activity, COL(activity, mode), "duet", false, &fault), ERR_INVALID);
  assert_non_null(strstr(fault.text, "individual"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dates_are_iso_or_clearly_british),
      cmocka_unit_test(a_month_in_words_and_a_midnight_beside_a_day_are_read),
      cmocka_unit_test(a_year_group_is_the_hubs_however_it_is_written),
      cmocka_unit_test(ambiguous_impossible_and_short_dates_are_refused),
      cmocka_unit_test(a_telephone_may_begin_with_a_plus),
      cmocka_unit_test(formulas_and_direction_overrides_are_refused),
      cmocka_unit_test(names_in_any_script_pass_byte_for_byte),
      cmocka_unit_test(words_labels_sets_times_and_yes_are_understood),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
