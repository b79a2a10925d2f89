/* likeness_test.c: which entries are shown as one child, and which are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/likeness.h"
#include "shared/base/now.h"

static const struct id hill = {{1}}, dale = {{2}};
static const struct likeness_links none = {.activity = false};

static int32_t day(const char *text) {
  int32_t days = 0;
  assert_int_equal(date_parse(&days, slice_text(text)), ERR_OK);
  return days;
}

static struct likeness_child child(const char *first, const char *last, const char *born) {
  return (struct likeness_child){
      .first = slice_text(first), .last = slice_text(last), .born = born ? day(born) : 0, .year = -1};
}

static bool one(const struct likeness_child *a, const struct likeness_child *b) {
  int points = likeness_points(a, b, &none);
  assert_int_equal(points, likeness_points(b, a, &none)); /* whoever asks */
  return points >= likeness_threshold;
}

static bool born_together(const char *first, const char *last, const char *other_first,
                          const char *other_last) {
  struct likeness_child a = child(first, last, "2014-05-06"),
                        b = child(other_first, other_last, "2014-05-06");
  return one(&a, &b);
}

static void names_with_one_birthday_may_be_mistaken(void **state) {
  (void)state;
  assert_true(born_together("zoe", "testing", "zoe", "testing"));
  assert_true(born_together("katie", "testing", "catherine", "testing"));
  assert_true(born_together("bill", "testing", "william", "testing"));
  assert_true(born_together("testing", "zoe", "zoe", "testing"));
  assert_true(born_together("imogne", "testing", "imogen", "testing"));
  assert_true(born_together("imogen", "testign", "imogen", "testing"));
  assert_true(born_together("imogen", "sample testing", "imogen", "testing"));
  assert_true(born_together("i", "testing", "imogen", "testing"));
}

/* Whoever is mistyped, a person has to look at it. */
static void one_upn_is_shown_whatever_else_differs(void **state) {
  (void)state;
  struct likeness_child a = child("imogen", "testing", "2014-05-06");
  struct likeness_child b = child("barnaby", "otherwise", "2012-11-19");
  a.school = hill;
  b.school = dale;
  a.year = 5;
  b.year = 7;
  assert_false(one(&a, &b));
  a.upn = b.upn = slice_text("A000000000001");
  assert_true(one(&a, &b));
}

static void another_upn_speaks_against_one_child(void **state) {
  (void)state;
  struct likeness_child a = child("zoe", "testing", "2014-05-06"), b = a;
  a.upn = slice_text("A000000000001");
  assert_true(one(&a, &b));
  b.upn = slice_text("A00000000000A"); /* a school's own, until it knows the right one */
  assert_true(one(&a, &b));
  b.upn = slice_text("A000000000002");
  assert_false(one(&a, &b));
}

static void twins_and_strangers_are_two(void **state) {
  (void)state;
  struct likeness_links all = {.activity = true, .phone = true};
  struct likeness_child a = child("imogen", "testing", "2014-05-06");
  struct likeness_child b = child("barnaby", "testing", "2014-05-06");
  a.school = b.school = hill;
  a.year = b.year = 5;
  assert_true(likeness_points(&a, &b, &all) < likeness_threshold);
  assert_false(born_together("imogen", "testing", "imogen", "otherwise"));
  assert_false(born_together("imogen", "testing", "otto", "testing"));
}

static void a_name_alone_is_not_enough(void **state) {
  (void)state;
  struct likeness_child a = child("zoe", "testing", NULL), b = child("zoe", "testing", NULL);
  assert_false(one(&a, &b));
  a.school = hill;
  b.school = dale;
  assert_false(one(&a, &b));
  b.school = hill;
  assert_true(one(&a, &b));
  a.year = 3;
  b.year = 9;
  assert_false(one(&a, &b));
}

static void a_walk_in_of_no_school_is_asked_about(void **state) {
  (void)state;
  struct likeness_child a = child("zoe", "testing", NULL), b = child("zoe", "testing", "2014-05-06");
  b.school = hill;
  assert_false(one(&a, &b));
  a.walk_in = true;
  assert_true(one(&a, &b));
}

static void another_birthday_speaks_against(void **state) {
  (void)state;
  struct likeness_child a = child("zoe", "testing", "2014-05-06"), b = child("zoe", "testing", "2012-11-19");
  a.school = b.school = hill;
  assert_false(one(&a, &b));
  b.born = day("2014-06-05"); /* day and month changed places */
  assert_true(one(&a, &b));
  b.born = day("2014-05-08"); /* one digit */
  assert_true(one(&a, &b));
  b.school = dale;
  assert_false(one(&a, &b));
}

static void a_shared_number_or_activity_adds_to_it(void **state) {
  (void)state;
  struct likeness_child a = child("zoe", "testing", NULL), b = child("zoe", "testing", NULL);
  const struct likeness_links activity = {.activity = true}, phone = {.phone = true};
  assert_true(likeness_points(&a, &b, &activity) >= likeness_threshold);
  assert_true(likeness_points(&a, &b, &phone) >= likeness_threshold);
}

static void the_known_name_counts_as_the_first(void **state) {
  (void)state;
  struct likeness_child a = child("mohammed", "testing", "2014-05-06");
  struct likeness_child b = child("bartholomew", "testing", "2014-05-06");
  assert_false(one(&a, &b));
  b.known = slice_text("mo");
  assert_true(one(&a, &b));
}

static void likeness_of_words_is_as_published(void **state) {
  (void)state;
  /* Winkler's own examples: 0.961, 0.840, 0.813. */
  assert_in_range(likeness_jaro_winkler(slice_text("martha"), slice_text("marhta")), 959, 962);
  assert_in_range(likeness_jaro_winkler(slice_text("dwayne"), slice_text("duane")), 838, 841);
  assert_in_range(likeness_jaro_winkler(slice_text("dixon"), slice_text("dicksonx")), 810, 814);
  assert_int_equal(likeness_jaro_winkler(slice_text("abc"), slice_text("xyz")), 0);
  assert_int_equal(likeness_jaro_winkler(slice_text(""), slice_text("xyz")), 0);
  assert_int_equal(likeness_edits(slice_text("kitten"), slice_text("sitting"), 5), 3);
  assert_int_equal(likeness_edits(slice_text("smith"), slice_text("smiht"), 5), 1);
  assert_int_equal(likeness_edits(slice_text("smith"), slice_text("brown"), 2), 3);
}

static void a_name_of_any_length_is_compared(void **state) {
  (void)state;
  char text[4 * likeness_name_bytes_max];
  for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i % 7);
  struct slice whole = slice_of(text, sizeof text);
  assert_int_equal(likeness_jaro_winkler(whole, whole), 1000);
  assert_int_equal(likeness_edits(whole, whole, 2), 0);
}

static bool share_a_key(const struct likeness_child *a, const struct likeness_child *b) {
  int64_t x[likeness_keys_max], y[likeness_keys_max];
  static struct likeness_words words;
  likeness_words_make(&words);
  size_t n = likeness_keys(x, &words, a), m = likeness_keys(y, &words, b);
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < m; k++) {
      if (x[i] == y[k]) return true;
    }
  }
  return false;
}

static void what_is_mistaken_meets_by_a_key(void **state) {
  (void)state;
  static const char *const pairs[][4] = {
      {"zoe", "testing", "testing", "zoe"},
      {"katie", "testing", "catherine", "testing"},
      {"imogen", "testing", "imogne", "testing"},
      {"imogen", "testing", "imogen", "tesstin"},
      {"mikey", "sample", "michael", "sample"},
      {"\xe7\xbe\x8e", "\xe6\x9d\xbe", "\xe7\xbe\x8e", "\xe6\x9d\xbe"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    struct likeness_child a = child(pairs[i][0], pairs[i][1], NULL),
                          b = child(pairs[i][2], pairs[i][3], NULL);
    assert_true(share_a_key(&a, &b));
  }
  struct likeness_child a = child("zoe", "testing", NULL), b = child("barnaby", "otherwise", NULL);
  assert_false(share_a_key(&a, &b));
}

static void nicknames_are_the_same_in_order_and_in_their_list(void **state) {
  (void)state;
  static const char *const some[] = {"alexander", "sandy", "alex",      "sasha", "margaret",
                                     "peggy",     "meg",   "bill",      "will",  "william",
                                     "liam",      "zoe",   "catherine", "katie", "bartholomew-james",
                                     "",          "a",     "zebedee"};
  static struct likeness_words words;
  enum { count = sizeof some / sizeof *some };
  size_t alike = 0;
  likeness_words_make(&words);
  for (size_t i = 0; i < count * count; i++) {
    struct likeness_child a = child(some[i / count], "testing", "2014-05-06"),
                          b = child(some[i % count], "testing", "2014-05-06");
    int gone_through = likeness_points(&a, &b, &none);
    a.words = b.words = &words;
    assert_int_equal(likeness_points(&a, &b, &none), gone_through);
    alike += gone_through >= likeness_threshold;
  }
  assert_true(alike > count && alike < count * count / 2);
}

static uint32_t random_state;
static uint32_t below(uint32_t n) {
  random_state = random_state * 1664525 + 1013904223;
  return (random_state >> 8) % n;
}

/* Some letters, and a byte that is no letter. */
static char some_letter(void) { return "aabcdeyz\xc3"[below(9)]; }

static size_t change(char *text, size_t len) {
  size_t at = below((uint32_t)len);
  switch (below(3)) {
  case 0: text[at] = some_letter(); break;
  case 1:
    if (len == 1) break;
    for (size_t i = at; i + 1 < len; i++) text[i] = text[i + 1];
    return len - 1;
  default: text[len] = some_letter(); return len + 1;
  }
  return len;
}

/* By the measures themselves: what a last name adds where it is the same, less, or nothing like it. */
static int by_measure(struct slice a, struct slice b) {
  size_t shorter = a.len < b.len ? a.len : b.len;
  if (slice_equal(a, b)) return 16;
  if (shorter >= 4 && likeness_edits(a, b, 2) <= (shorter >= 8 ? 2 : 1)) return 12;
  return likeness_jaro_winkler(a, b) >= 900 ? 4 : -16;
}

static void a_glance_at_the_letters_decides_nothing_that_the_measures_would_not(void **state) {
  (void)state;
  struct likeness_child a = child("quorn", "x", "2014-05-06"), b = a;
  size_t seen[3] = {0};
  int same = likeness_points(&a, &b, &none);
  for (size_t i = 0; i < 50000; i++) {
    char x[24], y[24];
    size_t len = 1 + below(12), other = len;
    for (size_t k = 0; k < len; k++) x[k] = y[k] = some_letter();
    for (uint32_t edits = below(7); edits > 0; edits--) other = change(y, other);
    a.last = slice_of(x, len);
    b.last = slice_of(y, other);
    int wanted = by_measure(a.last, b.last);
    assert_int_equal(likeness_points(&a, &b, &none), same - 16 + wanted);
    seen[wanted == 12 ? 0 : wanted == 4 ? 1 : 2]++;
  }
  assert_true(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_with_one_birthday_may_be_mistaken),
      cmocka_unit_test(one_upn_is_shown_whatever_else_differs),
      cmocka_unit_test(another_upn_speaks_against_one_child),
      cmocka_unit_test(twins_and_strangers_are_two),
      cmocka_unit_test(a_name_alone_is_not_enough),
      cmocka_unit_test(a_walk_in_of_no_school_is_asked_about),
      cmocka_unit_test(another_birthday_speaks_against),
      cmocka_unit_test(a_shared_number_or_activity_adds_to_it),
      cmocka_unit_test(the_known_name_counts_as_the_first),
      cmocka_unit_test(likeness_of_words_is_as_published),
      cmocka_unit_test(a_name_of_any_length_is_compared),
      cmocka_unit_test(what_is_mistaken_meets_by_a_key),
      cmocka_unit_test(nicknames_are_the_same_in_order_and_in_their_list),
      cmocka_unit_test(a_glance_at_the_letters_decides_nothing_that_the_measures_would_not),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
