/* duplicates_bench.c: how well second entries of one child are found. A made-up county whose truth is known:
 * children, some of them entered twice with the slips that people make, beside twins, siblings and namesakes.
 * Everything follows from the seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/children.h"
#include "tests/bench/figure.h"

enum {
  children_count = 16000,
  doubled = 800,
  twins = 200,
  people_max = 20000,
  schools = 500,
  surnames = 1500
};
enum { name_max = 40, born_first = 14610 /* 2010-01-01 */, born_days = 4700, seed_default = 1 };

struct person {
  char first[name_max], last[name_max];
  int32_t born;
  unsigned school; /* 0: not known */
  int year;
  unsigned family; /* of its telephone; 0: none given */
  unsigned truth;  /* equal: the same child */
  bool walk_in;
};
struct county {
  uint64_t random;
  struct person people[people_max];
  size_t count;
  char surname[surnames][name_max];
};

/* Each a name and what it is shortened to. */
static const char first_names[][12][name_max] = {
#define NAMES(...) {__VA_ARGS__},
#include "server/core/nicknames.def"
#undef NAMES
};
enum { first_count = sizeof first_names / sizeof *first_names };

static uint64_t next(struct county *c) {
  uint64_t z = c->random += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 (Steele, Lea, Flood 2014) */
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
static size_t below(struct county *c, size_t n) { return (size_t)(next(c) % n); }
static bool chance(struct county *c, unsigned percent) { return below(c, 100) < percent; }
/* A few names are common and many are rare. */
static size_t skewed(struct county *c, size_t n) { return below(c, below(c, n) + 1); }

static void make_surname(struct county *c, char out[name_max]) {
  static const char *const begin[] = {"ash", "birch",   "cop",   "dun",    "elder", "fern", "gold",  "hazel",
                                      "iv",  "lark",    "mar",   "nettle", "oak",   "pen",  "quick", "rook",
                                      "sor", "thistle", "under", "white",  "yar",   "brac", "clo",   "wyn"};
  static const char *const middle[] = {"", "", "er", "en", "y", "a", "ing", "le"};
  static const char *const end[] = {"down",  "field", "worth", "ton", "ley",  "wood", "croft",
                                    "grove", "ford",  "more",  "son", "hill", "beck", "stead"};
  snprintf(out, name_max, "%s%s%s", begin[below(c, sizeof begin / sizeof *begin)],
           middle[below(c, sizeof middle / sizeof *middle)], end[below(c, sizeof end / sizeof *end)]);
}

static struct person *new_child(struct county *c) {
  struct person *p = &c->people[c->count++];
  snprintf(p->first, name_max, "%s", first_names[skewed(c, first_count)][0]);
  bytes_copy(p->last, c->surname[skewed(c, surnames)], name_max);
  p->born = born_first + (int32_t)below(c, born_days);
  p->school = 1 + (unsigned)below(c, schools);
  p->year = 13 - (p->born - born_first) / 365;
  p->family = chance(c, 80) ? (unsigned)c->count : 0;
  p->truth = (unsigned)c->count;
  if (chance(c, 10)) p->born = 0;
  return p;
}

/* ---- slips ---- */

static void misspell(struct county *c, char *name) {
  size_t len = strlen(name), at = 1 + below(c, len - 1);
  char letter = (char)('a' + below(c, 26));
  switch (below(c, 4)) {
  case 0: /* two letters change places */
    if (at + 1 < len) {
      char kept = name[at];
      name[at] = name[at + 1];
      name[at + 1] = kept;
    }
    break;
  case 1: memmove(name + at, name + at + 1, len - at); break;
  case 2: name[at] = letter; break;
  default:
    if (len + 2 > name_max) break;
    memmove(name + at + 1, name + at, len - at + 1);
    name[at] = letter;
  }
}

static void shorten(struct county *c, struct person *p) {
  for (size_t i = 0; i < first_count; i++) {
    if (strcmp(p->first, first_names[i][0]) != 0) continue;
    size_t word = 1 + below(c, 3);
    while (word > 1 && first_names[i][word][0] == 0) word--;
    snprintf(p->first, name_max, "%s", first_names[i][word]);
    return;
  }
}

static void swap_names(struct person *p) {
  char kept[name_max];
  bytes_copy(kept, p->first, name_max);
  bytes_copy(p->first, p->last, name_max);
  bytes_copy(p->last, kept, name_max);
}

static void misdate(struct county *c, struct person *p) {
  char text[date_text_bytes], other[date_text_bytes];
  int32_t born;
  if (p->born == 0) return;
  date_text(text, p->born);
  bytes_copy(other, text, sizeof other);
  if (chance(c, 50)) {
    bytes_copy(other + 5, text + 8, 2);
    bytes_copy(other + 8, text + 5, 2);
  } else {
    other[9] = (char)('0' + (other[9] - '0' + 1 + (int)below(c, 8)) % 10);
  }
  if (date_parse(&born, slice_text(other)) == ERR_OK) p->born = born;
}

static void slip(struct county *c, struct person *p) {
  switch (below(c, 10)) {
  case 0:
  case 1:
  case 2: shorten(c, p); break;
  case 3: misspell(c, p->first); break;
  case 4:
  case 5: misspell(c, p->last); break;
  case 6: swap_names(p); break;
  case 7: misdate(c, p); break;
  case 8: p->born = 0; break;
  default: p->school = chance(c, 50) ? 0 : 1 + (unsigned)below(c, schools); break;
  }
}

static void enter_twice(struct county *c, size_t which) {
  struct person *p = &c->people[c->count++];
  *p = c->people[which];
  if (chance(c, 30)) { /* at a register, by a name alone */
    p->walk_in = true;
    p->school = 0;
    p->born = chance(c, 50) ? p->born : 0;
    p->year = -1;
    if (chance(c, 40)) shorten(c, p);
    return;
  }
  slip(c, p);
  if (chance(c, 25)) slip(c, p);
}

static void add_twin(struct county *c, size_t which) {
  struct person *p = &c->people[c->count++];
  *p = c->people[which];
  p->truth = (unsigned)c->count;
  do snprintf(p->first, name_max, "%s", first_names[below(c, first_count)][0]);
  while (strcmp(p->first, c->people[which].first) == 0);
}

static void make_county(struct county *c, uint64_t seed) {
  c->random = seed;
  for (size_t i = 0; i < surnames; i++) make_surname(c, c->surname[i]);
  for (size_t i = 0; i < children_count; i++) (void)new_child(c);
  for (size_t i = 0; i < doubled; i++) enter_twice(c, below(c, children_count));
  for (size_t i = 0; i < twins; i++) add_twin(c, below(c, children_count));
}

/* ---- what is found ---- */

static void as_child(struct store_child *out, const struct person *p, size_t place) {
  *out = (struct store_child){.child = {.first = slice_text(p->first),
                                        .last = slice_text(p->last),
                                        .born = p->born,
                                        .year = p->year,
                                        .walk_in = p->walk_in}};
  for (size_t i = 0; i < 4; i++) out->id.b[i] = (uint8_t)(place >> (24 - 8 * i));
  out->child.school.b[0] = (uint8_t)p->school;
  out->child.school.b[1] = (uint8_t)(p->school >> 8);
}

struct found {
  size_t right, wrong, pairs;
};

static void look_at(struct found *f, const struct county *c, const struct children *all, size_t place) {
  static const struct store_child *near[children_near_max];
  size_t count;
  err e = children_near(near, &count, NULL, all, &all->list[place]);
  ASSERT(e == ERR_OK);
  for (size_t i = 0; i < count; i++) {
    size_t other = (size_t)(near[i] - all->list);
    const struct person *a = &c->people[place], *b = &c->people[other];
    bool twice = false;
    for (size_t k = 0; k < i; k++) twice = twice || near[k] == near[i];
    if (other < place || twice) continue;
    struct likeness_links links = {.phone = a->family && a->family == b->family};
    f->pairs++;
    if (likeness_points(&near[i]->child, &all->list[place].child, &links) < likeness_threshold) continue;
    bool right = a->truth == b->truth;
    f->right += right;
    f->wrong += !right;
    if (!right && getenv("TUTTI_BENCH_ALL"))
      fprintf(stderr, "bench: taken for one: %s %s %d %u, %s %s %d %u\n", a->first, a->last, a->born,
              a->school, b->first, b->last, b->born, b->school);
  }
}

static size_t true_pairs(const struct county *c) {
  static unsigned entries[people_max + 1];
  size_t pairs = 0;
  for (size_t i = 0; i < c->count; i++) pairs += entries[c->people[i].truth]++;
  return pairs;
}

int main(int argc, char **argv) {
  unsigned long seed = seed_default;
  if (argc > 1 && sscanf(argv[1], "%lu", &seed) != 1) {
    fputs("usage: duplicates_bench [SEED]\n", stderr);
    return 2;
  }
  struct county *c = calloc(1, sizeof *c);
  struct store_child *list = calloc(people_max, sizeof *list);
  struct arena arena = ARENA_INIT(64000000);
  struct found f = {0};
  ASSERT(c && list);
  make_county(c, seed);
  for (size_t i = 0; i < c->count; i++) as_child(&list[i], &c->people[i], i);
  struct children all = {.list = list, .count = c->count};
  double start = bench_now_ms();
  err e = children_index(&all, &arena);
  ASSERT(e == ERR_OK);
  for (size_t i = 0; i < c->count; i++) look_at(&f, c, &all, i);
  const struct figure figures[] = {
      {"duplicates.precision", "%", 100.0 * (double)f.right / (double)(f.right + f.wrong), 0, 95, 0, HIGHER},
      {"duplicates.recall", "%", 100.0 * (double)f.right / (double)true_pairs(c), 0, 90, 0, HIGHER},
      {"duplicates.county", "ms", bench_now_ms() - start, 0, 0, 0, LOWER}};
  for (size_t i = 0; i < 3; i++) figure_print(&figures[i]);
  arena_finish(&arena);
  free(list);
  free(c);
  return 0;
}
