/* cuts_test.c: somebody has the same report by school and by kind, and knows which kinds are taught where:
 * what one of the tables hides does not follow from the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reports.h"

/* Two schools have lessons, and a third place is the only one that has ensembles: its row is that of a kind.
 */
enum {
  places = 3,
  kinds = 2,
  shows = places + kinds + 1, /* and the whole hub */
  most = 14,                  /* children at a place, as far as whoever looks can think */
  sizes = most + 1,
  states = sizes * sizes * sizes,
  not_shown = -1
};
struct shown {
  int number[shows];
};
static struct shown exact[states];
static const int step[places] = {1, sizes, sizes *sizes};
static const uint8_t key[key_bytes] = {7};

static int count_at(int state, int place) { return state / step[place] % sizes; }
static int kind_of(int place) { return place == 2; }

static struct report_line line_of(int n) {
  return (struct report_line){.part = n, .whole = n, .people = n ? report_small : 0};
}

static const struct report_ask by_school = {.report = REPORT_attendance, .by = BY_SCHOOL, .to = 365},
                               by_kind = {.report = REPORT_attendance, .by = BY_KIND, .to = 365};

static void make_schools(int state, struct report_table *out, struct arena *a) {
  struct report_line lines[places];
  struct report_place named[places];
  for (int p = 0; p < places; p++) {
    lines[p] = line_of(count_at(state, p));
    lines[p].key.b[0] = (uint8_t)(p + 1);
    named[p] = (struct report_place){.id = lines[p].key, .name = slice_text("School")};
  }
  assert_int_equal(report_table_make(out, &by_school, lines, places, named, places, true, NULL, a), ERR_OK);
}

static void make_kinds(int state, struct report_table *out, struct arena *a) {
  struct report_line lines[kinds];
  for (int k = 0; k < kinds; k++) {
    int sum = 0;
    for (int p = 0; p < places; p++) sum += kind_of(p) == k ? count_at(state, p) : 0;
    lines[k] = line_of(sum);
    lines[k].kind = report_kind((uint8_t)(k + 1), ENUM_setting_in_school);
  }
  assert_int_equal(report_table_make(out, &by_kind, lines, kinds, NULL, 0, true, NULL, a), ERR_OK);
}

/* A row that says nothing is left out: it is shown as none. */
static void take(struct shown *out, int at, const struct report_row *row) {
  out->number[at] = row->hidden ? not_shown : (int)row->whole;
}

static struct shown look(int state, bool rounded, struct arena *a) {
  struct report_table schools, all_kinds;
  struct shown out = {{0}};
  const char *lesson = schema_enum_label(schema_enum("mode"), 1);
  arena_clear(a);
  make_schools(state, &schools, a);
  make_kinds(state, &all_kinds, a);
  bool sum_by_school = !schools.total.hidden;
  report_table_agree(&schools, &all_kinds);
  if (sum_by_school == !schools.total.hidden) report_table_agree(&all_kinds, &schools);
  assert_int_equal(schools.total.hidden, all_kinds.total.hidden);
  if (rounded) report_table_round(&schools, &by_school, key);
  if (rounded) report_table_round(&all_kinds, &by_kind, key);
  for (size_t r = 0; r < schools.count; r++) take(&out, schools.rows[r].id.b[0] - 1, &schools.rows[r]);
  for (size_t r = 0; r < all_kinds.count; r++) {
    struct slice name = all_kinds.rows[r].name, head = slice_text(lesson);
    bool first = name.len >= head.len && slice_equal(slice_of(name.ptr, head.len), head);
    take(&out, places + !first, &all_kinds.rows[r]);
  }
  take(&out, shows - 1, &schools.total);
  return out;
}

/* Could an exact number show as that, with some offset that nobody knows? */
static bool goes(int seen, int truth, bool rounded) {
  if (seen == not_shown || truth == not_shown) return seen == truth;
  for (int offset = 0; offset < report_small; offset++)
    if (seen == (rounded ? (truth + offset) / report_small * report_small : truth)) return true;
  return false;
}

/* How many at a place go with what both tables show, as a set. */
static uint32_t possible(const struct shown *seen, int place, bool rounded) {
  uint32_t set = 0;
  for (int state = 0; state < states; state++) {
    bool all = true;
    for (int i = 0; i < shows && all; i++) all = goes(seen->number[i], exact[state].number[i], rounded);
    if (all) set |= 1U << count_at(state, place);
  }
  return set;
}

/* How many small numbers somebody works out. */
static int worked_out(bool rounded) {
  struct arena a = ARENA_INIT(1 << 20);
  int found = 0;
  for (int state = 0; state < states; state++) exact[state] = look(state, false, &a);
  for (int state = 0; state < states; state += 7) {
    const struct shown seen = look(state, rounded, &a);
    for (int place = 0; place < places; place++) {
      int truth = count_at(state, place);
      if (truth > 0 && truth < report_small) found += possible(&seen, place, rounded) == 1U << truth;
    }
  }
  arena_finish(&a);
  return found;
}

static void what_one_cut_hides_does_not_follow_from_another(void **state) {
  (void)state;
  assert_int_equal(worked_out(true), 0);
}

/* The same attack finds numbers where they are not rounded, so it is one. */
static void without_rounding_it_would(void **state) {
  (void)state;
  assert_true(worked_out(false) > 0);
}

/* Where one cut cannot show the sum, no other shows it, or the rows that add up to it. */
static void a_sum_that_one_cut_hides_is_in_none(void **state) {
  (void)state;
  struct report_row rows[] = {{.part = 20, .whole = 30}, {.part = 10, .whole = 12}};
  struct report_table shown = {.rows = rows, .count = 2, .total = {.part = 30, .whole = 42}},
                      hidden = {.total = {.hidden = true}};
  report_table_agree(&shown, &shown);
  assert_false(shown.total.hidden);
  report_table_agree(&shown, &hidden);
  assert_true(shown.total.hidden && rows[0].hidden && rows[1].hidden);
  assert_int_equal(shown.total.whole + rows[0].whole + rows[1].part, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_one_cut_hides_does_not_follow_from_another),
      cmocka_unit_test(without_rounding_it_would),
      cmocka_unit_test(a_sum_that_one_cut_hides_is_in_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
