/* days_test.c: somebody keeps the tables of two days and knows that in between children came at one school
 * alone: what was hidden on the first day does not follow from the second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reports.h"

enum {
  schools = 3,
  shows = schools + 1, /* and the hub */
  most = 14,           /* children at a school, as far as whoever looks can think */
  begin_most = 9,      /* and in truth, on the first day */
  came_most = 3,
  sizes = most + 1,
  states = sizes * sizes * sizes,
  not_shown = -1
};
struct shown { /* all that the tables by school and of the hub say of a day, the hub last */
  int number[shows];
};
static struct shown exact[states];
static const int step[schools] = {1, sizes, sizes *sizes};
static const uint8_t key[key_bytes] = {7};

static int count_at(int state, int school) { return state / step[school] % sizes; }

static struct shown look(int state, bool rounded, struct arena *a) {
  struct report_line lines[schools];
  struct report_place places[schools];
  struct report_table t;
  struct shown out;
  const struct report_ask ask = {.report = REPORT_tuition, .by = BY_SCHOOL, .to = 365};
  for (int s = 0; s < schools; s++) {
    lines[s] = (struct report_line){.part = count_at(state, s), .whole = count_at(state, s), .people = 5};
    lines[s].key.b[0] = (uint8_t)(s + 1);
    places[s] = (struct report_place){.id = lines[s].key, .name = slice_text("School")};
  }
  arena_clear(a);
  assert_int_equal(report_table_make(&t, &ask, lines, schools, places, schools, true, NULL, a), ERR_OK);
  if (rounded) report_table_round(&t, &ask, key);
  for (int i = 0; i < shows; i++) out.number[i] = not_shown;
  for (size_t r = 0; r < t.count; r++)
    if (!t.rows[r].hidden) out.number[t.rows[r].id.b[0] - 1] = (int)t.rows[r].whole;
  if (!t.total.hidden) out.number[schools] = (int)t.total.whole;
  return out;
}

/* Could exact numbers show as they did, with some offset that is the same on both days? */
static bool goes(const int seen[2], const int truth[2], bool rounded) {
  for (int day = 0; day < 2; day++)
    if ((seen[day] == not_shown) != (truth[day] == not_shown)) return false;
  for (int offset = 0; offset < report_small; offset++) {
    bool fits = true;
    for (int day = 0; day < 2; day++) {
      int n = rounded ? (truth[day] + offset) / report_small * report_small : truth[day];
      fits = fits && (seen[day] == not_shown || n == seen[day]);
    }
    if (fits) return true;
  }
  return false;
}

static bool all_go(const struct shown seen[2], int first, int second, bool rounded) {
  for (int i = 0; i < shows; i++) {
    const int numbers[2] = {seen[0].number[i], seen[1].number[i]},
              truth[2] = {exact[first].number[i], exact[second].number[i]};
    if (!goes(numbers, truth, rounded)) return false;
  }
  return true;
}

/* The numbers of a school on the first day, as a set, that go with what both days showed. */
static uint32_t possible(const struct shown seen[2], int school, bool rounded) {
  uint32_t set = 0;
  for (int state = 0; state < states; state++)
    for (int s = 0; s < schools; s++)
      for (int n = 1; n <= came_most && count_at(state, s) + n <= most; n++)
        if (all_go(seen, state, state + n * step[s], rounded)) set |= 1U << count_at(state, school);
  return set;
}

static bool is_likely(int state) {
  for (int s = 0; s < schools; s++)
    if (count_at(state, s) > begin_most) return false;
  return true;
}

/* How many small numbers somebody works out, over a sample of all pairs of days. */
static int worked_out(bool rounded) {
  struct arena a = ARENA_INIT(1 << 20);
  int found = 0;
  for (int state = 0; state < states; state++) exact[state] = look(state, false, &a);
  for (int first = 0; first < states; first += 11) {
    int s = first % schools, n = 1 + first / schools % came_most;
    if (!is_likely(first)) continue;
    const struct shown seen[2] = {look(first, rounded, &a), look(first + n * step[s], rounded, &a)};
    for (int school = 0; school < schools; school++) {
      int truth = count_at(first, school);
      if (truth > 0 && truth < report_small) found += possible(seen, school, rounded) == 1U << truth;
    }
  }
  arena_finish(&a);
  return found;
}

static void what_was_hidden_does_not_follow_from_the_next_day(void **state) {
  (void)state;
  assert_int_equal(worked_out(true), 0);
}

/* The same attack finds numbers where they are not rounded, so it is one. */
static void without_rounding_it_would(void **state) {
  (void)state;
  assert_true(worked_out(false) > 0);
}

static void numbers_of_children_are_rounded_and_others_are_not(void **state) {
  (void)state;
  struct report_ask ask = {.report = REPORT_completeness, .by = BY_SCHOOL};
  struct report_row rows[] = {{.part = 7, .whole = 8, .beside = 12}};
  struct report_table t = {.rows = rows, .count = 1, .total = {.part = 0, .whole = 1098}};
  report_table_round(&t, &ask, key);
  assert_false(t.rounded);
  assert_int_equal(t.rows[0].part, 7);
  ask.report = REPORT_moving_up;
  report_table_round(&t, &ask, key);
  assert_true(t.rounded);
  const int64_t numbers[] = {t.rows[0].part, t.rows[0].whole, t.rows[0].beside, t.total.whole},
                truth[] = {7, 8, 12, 1098};
  for (size_t i = 0; i < sizeof truth / sizeof *truth; i++) {
    assert_int_equal(numbers[i] % report_small, 0);
    assert_in_range(numbers[i] + report_small - truth[i], 1, 2 * report_small - 1);
  }
  assert_int_equal(t.total.part, 0);
}

/* However often it is asked for: who asks often does not learn more. */
static void a_part_is_never_more_than_its_whole_and_a_number_stays(void **state) {
  (void)state;
  const struct report_ask ask = {.report = REPORT_tuition, .by = BY_SCHOOL};
  int ups = 0;
  for (int i = 0; i < 200; i++) {
    struct report_row rows[2] = {{.part = 5 + i, .whole = 6 + i}, {.part = 5 + i, .whole = 6 + i}};
    rows[0].id.b[0] = rows[1].id.b[0] = (uint8_t)(i + 1);
    struct report_table t = {.rows = rows, .count = 2};
    report_table_round(&t, &ask, key);
    assert_true(rows[0].part <= rows[0].whole && rows[0].part >= report_small);
    assert_int_equal(rows[0].part, rows[1].part);
    ups += rows[0].whole > 6 + i;
  }
  assert_in_range(ups, 40, 120); /* up or down by a key, and not all the same way */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_hidden_does_not_follow_from_the_next_day),
      cmocka_unit_test(without_rounding_it_would),
      cmocka_unit_test(numbers_of_children_are_rounded_and_others_are_not),
      cmocka_unit_test(a_part_is_never_more_than_its_whole_and_a_number_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
