/* fold_test.c: folding names for searching and sorting. */
#include "shared/base/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cmocka wants its four headers in this order. */
#include <cmocka.h>

static void folds_to(const char *text, const char *expected) {
  struct buf out = BUF_INIT(1024);
  assert_int_equal(text_fold(&out, slice_text(text)), ERR_OK);
  if (!slice_equal(buf_slice(&out), slice_text(expected)))
    fail_msg("%s folds to %.*s, not %s", text, (int)out.len, out.ptr, expected);
  buf_finish(&out);
}

static void case_and_accents_do_not_count(void **state) {
  (void)state;
  folds_to("Zo\xc3\xab", "zoe");
  folds_to("Zoe\xcc\x88", "zoe");
  folds_to("\xc3\x98rjan", "orjan");
  folds_to("\xc5\x81ukasz \xc5\xbb\xc3\xb3\xc5\x82\xc4\x87", "lukasz zolc");
  folds_to("\xc3\x86thelred", "aethelred");
  folds_to("Stra\xc3\x9f"
           "e",
           "strasse");
  folds_to("\xef\xac\x81ona", "fiona");
}

static void punctuation_is_a_gap_and_apostrophes_are_nothing(void **state) {
  (void)state;
  folds_to("O'Brien", "obrien");
  folds_to("O\xe2\x80\x99"
           "Brien",
           "obrien");
  folds_to("  Anne-Marie  Smith ", "anne marie smith");
  folds_to("Violin I (2nd desk)", "violin i 2nd desk");
  folds_to("", "");
  folds_to("--", "");
}

static void other_scripts_keep_their_letters(void **state) {
  (void)state;
  folds_to("\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", "\xd0\xb0\xd0\xbd\xd0\xbd\xd0\xb0");
  folds_to("\xe6\x9d\x8e", "\xe6\x9d\x8e");
}

static void bytes_that_are_no_text_are_refused(void **state) {
  (void)state;
  struct buf out = BUF_INIT(1024);
  assert_int_equal(text_fold(&out, slice_text("a\xff")), ERR_INVALID);
  buf_finish(&out);
}

static bool matches(const char *text, const char *wanted) {
  return text_fold_matches(slice_text(text), slice_text(wanted));
}

static void every_wanted_word_begins_a_word(void **state) {
  (void)state;
  assert_true(matches("zoe van der berg", "zo"));
  assert_true(matches("zoe van der berg", "ber zoe"));
  assert_false(matches("zoe van der berg", "zoe x"));
  assert_false(matches("zoe van der berg", "oe"));
  assert_false(matches("zoe", "zoey"));
  assert_false(matches("zoe", ""));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(case_and_accents_do_not_count),
      cmocka_unit_test(punctuation_is_a_gap_and_apostrophes_are_nothing),
      cmocka_unit_test(other_scripts_keep_their_letters),
      cmocka_unit_test(bytes_that_are_no_text_are_refused),
      cmocka_unit_test(every_wanted_word_begins_a_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
