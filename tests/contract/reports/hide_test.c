/* hide_test.c: somebody who sees every table that the hub lead may see, of every term and of the year, and
 * subtracts until nothing more follows, learns no number from 1 to 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

/* cmocka wants its headers before it. */
#include <cmocka.h>

#include "server/core/reports.h"

enum { schools = 9, areas = 3, spans = 3, measures = 2, cells = schools * spans * measures, sums_max = 4096 };

struct sum { /* what an attacker knows: these cells add up to that */
  bool of[cells];
  int64_t value;
};
struct attack {
  int64_t truth[cells];
  bool known[cells];
  struct sum sums[sums_max];
  size_t count;
};
static struct attack attack;

static uint64_t state;
static uint64_t draw(uint64_t n) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (z ^ (z >> 31)) % n;
}

static size_t cell(size_t school, size_t span, size_t measure) {
  return (school * spans + span) * measures + measure;
}
static size_t area_of(size_t school) { return school % areas; }

static void learn(const bool *of, int64_t value) {
  assert_true(attack.count < sums_max);
  struct sum *s = &attack.sums[attack.count++];
  s->value = value;
  for (size_t i = 0; i < cells; i++) s->of[i] = of[i];
}

/* A row of a table of one period: of the schools that `in` says. */
static void learn_row(const struct report_row *row, const bool *in, size_t first, size_t last) {
  if (row->hidden) return;
  for (size_t m = 0; m < measures; m++) {
    bool of[cells] = {false};
    for (size_t s = 0; s < schools; s++)
      for (size_t k = first; in[s] && k <= last; k++) of[cell(s, k, m)] = true;
    learn(of, m == 0 ? row->part : row->whole - row->part);
  }
}

static struct report_line lines[schools * spans];
static struct report_place places[schools];
static const char *const area_names[areas] = {"East", "North", "South"};

static void make_lines(int64_t most) {
  for (size_t s = 0; s < schools; s++) {
    places[s] =
        (struct report_place){.name = slice_text("School"), .area = slice_text(area_names[area_of(s)])};
    places[s].id.b[0] = (uint8_t)(s + 1);
    for (size_t k = 0; k < spans; k++) {
      int64_t part = (int64_t)draw((uint64_t)most), rest = draw(3) ? (int64_t)draw(9) : 0;
      if (draw(6) == 0) part = rest = 0;
      lines[s * spans + k] = (struct report_line){.key = places[s].id,
                                                  .span = 100 * (int32_t)(k + 1),
                                                  .part = part,
                                                  .whole = part + rest,
                                                  .people = part + rest == 0 ? 0 : 3 + (int64_t)draw(20)};
      attack.truth[cell(s, k, 0)] = part;
      attack.truth[cell(s, k, 1)] = rest;
    }
  }
}

static void look_at(enum report_by by, size_t first, size_t last) {
  struct arena a = ARENA_INIT(1 << 22);
  struct report_table t;
  bool all[schools];
  const struct report_ask ask = {.report = REPORT_attendance,
                                 .by = by,
                                 .from = 100 * (int32_t)(first + 1),
                                 .to = 100 * (int32_t)(last + 1)};
  assert_int_equal(report_table_make(&t, &ask, lines, schools * spans, places, schools, true, NULL, &a),
                   ERR_OK);
  for (size_t s = 0; s < schools; s++) all[s] = true;
  learn_row(&t.total, all, first, last);
  for (size_t r = 0; r < t.count; r++) {
    bool in[schools];
    for (size_t s = 0; s < schools; s++)
      in[s] = by == BY_SCHOOL ? id_equal(&places[s].id, &t.rows[r].id)
                              : slice_equal(t.rows[r].name, places[s].area);
    learn_row(&t.rows[r], in, first, last);
  }
  arena_finish(&a);
}

/* A sum of one unknown cell tells it; of several, that they add up to what is left. */
static bool subtract(void) {
  bool more = false;
  for (size_t i = 0; i < attack.count; i++) {
    size_t unknown = 0, at = 0;
    int64_t left = attack.sums[i].value;
    for (size_t c = 0; c < cells; c++) {
      if (!attack.sums[i].of[c]) continue;
      if (attack.known[c])
        left -= attack.truth[c];
      else
        unknown++, at = c;
    }
    if (unknown == 0) continue;
    if (left > 0 && left < report_small) fail_msg("%lld is left over", (long long)left);
    if (unknown > 1 && left > 0) continue;
    for (size_t c = 0; c < cells; c++) more = more || (attack.sums[i].of[c] && !attack.known[c]);
    for (size_t c = 0; unknown > 1 && c < cells; c++)
      attack.known[c] = attack.known[c] || attack.sums[i].of[c];
    attack.known[at] = true;
  }
  return more;
}

/* One sum less another that lies within it is a sum too. */
static void combine(void) {
  size_t count = attack.count;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < count && attack.count < sums_max; k++) {
      bool rest[cells], inside = true, some = false;
      for (size_t c = 0; c < cells; c++) {
        inside = inside && (attack.sums[i].of[c] || !attack.sums[k].of[c]);
        rest[c] = attack.sums[i].of[c] && !attack.sums[k].of[c];
        some = some || rest[c];
      }
      if (i != k && inside && some) learn(rest, attack.sums[i].value - attack.sums[k].value);
    }
}

static size_t shown_rows(void) {
  size_t shown = 0;
  for (size_t c = 0; c < cells; c++) shown += attack.known[c];
  return shown;
}

static void nobody_works_out_a_small_number_by_subtracting(void **ignored) {
  (void)ignored;
  size_t shown = 0;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    state = seed;
    attack.count = 0;
    for (size_t c = 0; c < cells; c++) attack.known[c] = false;
    make_lines(seed % 3 == 0 ? 400 : 40);
    for (size_t first = 0; first < spans; first++)
      for (size_t last = first; last < spans; last++) {
        if (last != first && !(first == 0 && last == spans - 1)) continue; /* a term, or the year */
        look_at(BY_HUB, first, last);
        look_at(BY_AREA, first, last);
        look_at(BY_SCHOOL, first, last);
      }
    combine();
    while (subtract()) continue;
    for (size_t c = 0; c < cells; c++)
      if (attack.known[c] && attack.truth[c] > 0 && attack.truth[c] < report_small)
        fail_msg("seed %llu: a cell of %lld is known", (unsigned long long)seed, (long long)attack.truth[c]);
    shown += shown_rows();
  }
  assert_true(shown > 200); /* hiding everything would be easy */
}

/* ---- by partner: a learner may be with several ---- */

enum { partners = 5, children_max = 120 };
struct crowd {
  struct report_line with[partners], all; /* what is counted with each, and once each */
  size_t count;
};

static void count_child(struct report_line *line, bool part) {
  line->part += part;
  line->whole++;
}

static void make_crowd(struct crowd *c) {
  *c = (struct crowd){.count = 20 + draw(children_max - 20)};
  for (size_t p = 0; p < partners; p++) c->with[p].key.b[0] = (uint8_t)(p + 1);
  for (size_t i = 0; i < c->count; i++) {
    bool part = draw(3) == 0;
    size_t own = draw(partners), other = draw(20) == 0 ? draw(partners) : own;
    count_child(&c->all, part);
    count_child(&c->with[own], part);
    if (other != own) count_child(&c->with[other], part);
  }
}

static bool small(int64_t n) { return n > 0 && n < report_small; }

/* Of one column: what is hidden, less those who are counted twice, is what a reader gets by subtracting. */
static void check_column(const struct crowd *c, const struct report_table *t, bool part, uint64_t seed) {
  int64_t shown = 0, hidden = 0, whole = part ? c->all.part : c->all.whole - c->all.part;
  size_t hidden_rows = 0;
  for (size_t p = 0; p < partners; p++) {
    const struct report_line *line = &c->with[p];
    int64_t n = part ? line->part : line->whole - line->part;
    bool is_shown = false;
    for (size_t r = 0; r < t->count; r++)
      if (id_equal(&t->rows[r].id, &line->key)) is_shown = !t->rows[r].hidden;
    if (is_shown && small(n))
      fail_msg("seed %llu: a row of %lld is shown", (unsigned long long)seed, (long long)n);
    shown += is_shown ? n : 0;
    hidden += is_shown ? 0 : n;
    hidden_rows += !is_shown && line->whole > 0;
  }
  int64_t twice = shown + hidden - whole;
  if (t->total.hidden) return;
  if (hidden_rows == 0 && small(twice))
    fail_msg("seed %llu: %lld are with two partners", (unsigned long long)seed, (long long)twice);
  if (twice == 0 && small(hidden))
    fail_msg("seed %llu: %lld are left over", (unsigned long long)seed, (long long)hidden);
}

static void by_partner_nobody_works_out_how_few_are_with_two(void **ignored) {
  (void)ignored;
  size_t shown = 0;
  for (uint64_t seed = 1; seed <= 400; seed++) {
    struct arena a = ARENA_INIT(1 << 22);
    struct crowd c;
    struct report_table hub, t;
    struct report_ask ask = {.report = REPORT_out_of_school, .by = BY_HUB};
    state = seed;
    make_crowd(&c);
    assert_int_equal(report_table_make(&hub, &ask, &c.all, 1, NULL, 0, true, NULL, &a), ERR_OK);
    ask.by = BY_PARTNER;
    assert_int_equal(report_table_make(&t, &ask, c.with, partners, NULL, 0, true, &hub, &a), ERR_OK);
    check_column(&c, &t, true, seed);
    check_column(&c, &t, false, seed);
    for (size_t r = 0; r < t.count; r++) shown += !t.rows[r].hidden;
    arena_finish(&a);
  }
  assert_true(shown > 200);
}

static bool group_is_hidden(int64_t part, int64_t whole, int64_t unknown, int64_t differs) {
  struct arena a = ARENA_INIT(1 << 20);
  struct report_table t;
  const struct report_ask ask = {.report = REPORT_parity, .by = BY_PEOPLE};
  const struct report_line line = {.kind = ENUM_people_fsm,
                                   .part = part,
                                   .whole = whole,
                                   .people = 5,
                                   .beside = 100,
                                   .of = 1000,
                                   .near = {unknown, differs, 0}};
  assert_int_equal(report_table_make(&t, &ask, &line, 1, NULL, 0, true, NULL, &a), ERR_OK);
  assert_int_equal(t.count, 1);
  bool hidden = t.rows[0].hidden;
  assert_true(!hidden || (t.rows[0].part == 0 && t.rows[0].beside == 0));
  arena_finish(&a);
  return hidden;
}

/* Whoever knows how many are disadvantaged subtracts those with free meals, and has those with another sign
 * alone. */
static void a_group_is_hidden_where_what_it_lacks_is_few(void **ignored) {
  (void)ignored;
  assert_false(group_is_hidden(50, 200, 20, 30));
  assert_true(group_is_hidden(4, 200, 20, 30));
  assert_true(group_is_hidden(198, 200, 20, 30));
  assert_true(group_is_hidden(50, 200, 3, 30));
  assert_true(group_is_hidden(50, 200, 20, 2));
  assert_false(group_is_hidden(50, 200, 0, 0));
}

static void a_row_alone_hides_its_sum_and_large_ones_hide_nothing(void **ignored) {
  (void)ignored;
  const int64_t one[] = {3, 90}, two[] = {50, 60, 70, 80};
  const size_t groups[] = {0, 0};
  bool hidden[2] = {false}, group[1];
  report_hide(hidden, group, one, groups, 1, 2, 1);
  assert_true(hidden[0] && group[0]);
  hidden[0] = false;
  report_hide(hidden, group, two, groups, 2, 2, 1);
  assert_true(!hidden[0] && !hidden[1] && !group[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nobody_works_out_a_small_number_by_subtracting),
      cmocka_unit_test(by_partner_nobody_works_out_how_few_are_with_two),
      cmocka_unit_test(a_group_is_hidden_where_what_it_lacks_is_few),
      cmocka_unit_test(a_row_alone_hides_its_sum_and_large_ones_hide_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
