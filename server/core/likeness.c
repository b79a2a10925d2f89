/* likeness.c: two entries weighed against each other, name by name and fact by fact. */
#include "server/core/likeness.h"

#include <stdlib.h>
#include <string.h>

#include "server/core/upn.h"
#include "shared/base/now.h"

/* What each finding says, in points. The first of a group that holds counts. */
enum {
  given_same = 12,
  given_nickname = 10,
  given_slip = 8, /* a letter or two */
  given_alike = 4,
  given_initial = 2,
  given_differs = -40, /* twins share everything else */
  last_same = 16,
  last_slip = 12,
  last_part = 9, /* "Smith-Jones" and "Jones" */
  last_alike = 4,
  last_differs = -16, /* people do change it */
  last_missing = 12,  /* neither has one */
  parts_swapped = -2, /* first and last name stand in each other's place */
  born_same = 25,
  born_swapped = 12,  /* 3 April, 4 March */
  born_one_digit = 0, /* neither for nor against: in a county namesakes are often born so */
  born_differs = -30,
  school_same = 5,
  school_differs = -4,
  year_same = 2,
  year_differs = -8, /* by two or more */
  walk_in_nowhere = 3,
  upn_same = 130,    /* whatever else differs: one of the two is mistyped, and a person must look */
  upn_differs = -40, /* a child may have been given a second one by mistake */
  link_activity = 6,
  link_phone = 12,
};
_Static_assert(link_activity + link_phone == likeness_links_max, "what links can add");

enum { slip_bytes_min = 4, alike_min = 900, word_list_bytes_max = 64 };

static struct slice cut(struct slice s) {
  return s.len > likeness_name_bytes_max ? slice_of(s.ptr, likeness_name_bytes_max) : s;
}

static int smaller(int a, int b) { return a < b ? a : b; }
static int larger(int a, int b) { return a > b ? a : b; }

/* ---- measures ---- */

/* Of each byte of `a` in turn, the first free equal one of `b` within reach. */
static int matches(struct slice a, struct slice b, bool *in_a, bool *in_b) {
  int reach = larger(larger((int)a.len, (int)b.len) / 2 - 1, 0), count = 0;
  for (int i = 0; i < (int)a.len; i++) {
    int from = larger(i - reach, 0), to = smaller(i + reach + 1, (int)b.len);
    for (int k = from; k < to && !in_a[i]; k++) {
      if (in_b[k] || a.ptr[i] != b.ptr[k]) continue;
      in_a[i] = in_b[k] = true;
      count++;
    }
  }
  return count;
}

/* Winkler's, for a common beginning. */
static int bonus(int jaro, struct slice a, struct slice b) {
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.len && prefix < b.len && a.ptr[prefix] == b.ptr[prefix]) prefix++;
  return jaro + (int)prefix * (1000 - jaro) / 10;
}

int likeness_jaro_winkler(struct slice a, struct slice b) {
  bool in_a[likeness_name_bytes_max] = {false}, in_b[likeness_name_bytes_max] = {false};
  a = cut(a);
  b = cut(b);
  const int len_a = (int)a.len, len_b = (int)b.len;
  int m = matches(a, b, in_a, in_b), moved = 0;
  if (m == 0 || len_a == 0 || len_b == 0) return 0;
  for (size_t i = 0, k = 0; i < a.len; i++) {
    if (!in_a[i]) continue;
    while (!in_b[k]) k++;
    moved += a.ptr[i] != b.ptr[k++];
  }
  int jaro = (m * 1000 / len_a + m * 1000 / len_b + (2 * m - moved) * 500 / m) / 3;
  return bonus(jaro, a, b);
}

/* Optimal string alignment, three rows of it. */
int likeness_edits(struct slice a, struct slice b, int max) {
  int rows[3][likeness_name_bytes_max + 1], *two = rows[0], *one = rows[1], *now = rows[2];
  a = cut(a);
  b = cut(b);
  for (int k = 0; k <= (int)b.len; k++) one[k] = two[k] = k;
  for (int i = 1; i <= (int)a.len; i++) {
    now[0] = i;
    for (int k = 1; k <= (int)b.len; k++) {
      int other = a.ptr[i - 1] != b.ptr[k - 1];
      now[k] = smaller(smaller(one[k] + 1, now[k - 1] + 1), one[k - 1] + other);
      bool swap = i > 1 && k > 1 && a.ptr[i - 1] == b.ptr[k - 2] && a.ptr[i - 2] == b.ptr[k - 1];
      if (swap) now[k] = smaller(now[k], two[k - 2] + 1);
    }
    int *oldest = two;
    two = one;
    one = now;
    now = oldest;
  }
  return smaller(one[b.len], max + 1);
}

/* ---- nicknames ---- */

/* Words stand padded with zeros, so that two of them are compared in one or two steps of the processor. */
enum { nickname_bytes = likeness_word_bytes, nicknames_max = 12 };
struct nickname {
  char text[nickname_bytes];
};
/* A name, and what it is shortened to; an empty word ends the list. */
static const char names[][nicknames_max][nickname_bytes] = {
#define NAMES(...) {__VA_ARGS__},
#include "server/core/nicknames.def"
#undef NAMES
};
enum { names_count = sizeof names / sizeof *names };
_Static_assert(names_count *nicknames_max <= likeness_words_max, "room for all of them");

/* What is longer than any nickname is none. */
static struct nickname nickname_of(struct slice word) {
  struct nickname n = {""};
  if (word.len < nickname_bytes) bytes_copy(n.text, word.ptr, word.len);
  return n;
}

static bool goes_by(const char list[nicknames_max][nickname_bytes], const struct nickname *word) {
  for (size_t i = 0; i < nicknames_max && list[i][0]; i++) {
    if (memcmp(list[i], word->text, nickname_bytes) == 0) return true;
  }
  return false;
}

bool likeness_nickname(struct slice a, struct slice b) {
  struct nickname one = nickname_of(a), other = nickname_of(b);
  if (slice_equal(a, b)) return true;
  for (size_t i = 0; i < names_count; i++) {
    if (goes_by(names[i], &one) && goes_by(names[i], &other)) return true;
  }
  return false;
}

static int compare_words(const void *a, const void *b) {
  const struct likeness_word *x = a, *y = b;
  int order = memcmp(x->text, y->text, nickname_bytes);
  return order ? order : x->list - y->list;
}

void likeness_words_make(struct likeness_words *out) {
  out->count = 0;
  for (uint16_t i = 0; i < names_count; i++) {
    for (size_t k = 0; k < nicknames_max && names[i][k][0]; k++) {
      struct likeness_word *w = &out->list[out->count++];
      bytes_copy(w->text, names[i][k], nickname_bytes);
      w->list = i;
    }
  }
  qsort(out->list, out->count, sizeof *out->list, compare_words);
}

/* The first of the word's places, in the order of the lists; NULL when it is in none. */
static const struct likeness_word *find_word(const struct likeness_words *words,
                                             const struct nickname *word) {
  size_t low = 0, high = words->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (memcmp(words->list[middle].text, word->text, nickname_bytes) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  const struct likeness_word *found = &words->list[low];
  return low < words->count && memcmp(found->text, word->text, nickname_bytes) == 0 ? found : NULL;
}

static bool is_nickname(const struct likeness_words *words, struct slice a, struct slice b) {
  if (!words) return likeness_nickname(a, b);
  if (slice_equal(a, b)) return true;
  struct nickname one = nickname_of(a), other = nickname_of(b);
  const struct likeness_word *at = find_word(words, &one), *end = words->list + words->count;
  for (; at && at < end && memcmp(at->text, one.text, nickname_bytes) == 0; at++) {
    if (goes_by(names[at->list], &other)) return true;
  }
  return false;
}

/* ---- names ---- */

static bool has_part(struct slice whole, struct slice part) {
  for (size_t i = 0; i + part.len <= whole.len; i++) {
    bool begins = i == 0 || whole.ptr[i - 1] == ' ', ends = i + part.len == whole.len;
    if (begins && (ends || whole.ptr[i + part.len] == ' ') &&
        slice_equal(slice_of(whole.ptr + i, part.len), part))
      return true;
  }
  return false;
}

/* The first word: "mary ann" is called Mary, too. */
static struct slice first_word(struct slice s) {
  size_t end = 0;
  while (end < s.len && s.ptr[end] != ' ') end++;
  return slice_of(s.ptr, end);
}

/* Most pairs of names have little in common, which their letters tell before anything is measured. */
struct letters {
  uint32_t a, b; /* those that occur in each, as bits; some share one */
};

static uint32_t letter_bit(uint8_t byte) {
  return UINT32_C(1) << (byte >= 'a' && byte <= 'z' ? byte - 'a' : 26 + byte % 6);
}

static uint32_t letters_of(struct slice s) {
  uint32_t bits = 0;
  for (size_t i = 0; i < s.len; i++) bits |= letter_bit(s.ptr[i]);
  return bits;
}

static struct letters letters(struct slice a, struct slice b) {
  return (struct letters){letters_of(cut(a)), letters_of(cut(b))};
}

/* One edit brings one letter in and takes one away, at most. */
static bool slip(struct slice a, struct slice b, struct letters l) {
  size_t shorter = a.len < b.len ? a.len : b.len;
  int edits = shorter >= 2 * slip_bytes_min ? 2 : 1;
  if (shorter < slip_bytes_min || __builtin_popcount(l.a ^ l.b) > 2 * edits) return false;
  return likeness_edits(a, b, edits) <= edits;
}

static int known_letters(struct slice s, uint32_t bits) {
  int count = 0;
  for (size_t i = 0; i < s.len; i++) count += (letter_bit(s.ptr[i]) & bits) != 0;
  return count;
}

/* What Jaro's measure would come to if every letter that the other has anywhere matched, and in its order. */
static bool alike(struct slice a, struct slice b, struct letters l) {
  a = cut(a);
  b = cut(b);
  int m = smaller(known_letters(a, l.b), known_letters(b, l.a));
  if (m == 0 || bonus((m * 1000 / (int)a.len + m * 1000 / (int)b.len + 1000) / 3, a, b) < alike_min)
    return false;
  return likeness_jaro_winkler(a, b) >= alike_min;
}

static int given_points(const struct likeness_words *words, struct slice a, struct slice b) {
  if (a.len == 0 || b.len == 0) return 0;
  if (slice_equal(a, b)) return given_same;
  if (is_nickname(words, first_word(a), first_word(b))) return given_nickname;
  struct letters l = letters(a, b);
  if (slip(a, b, l)) return given_slip;
  if ((a.len == 1 || b.len == 1) && a.ptr[0] == b.ptr[0]) return given_initial;
  return alike(a, b, l) ? given_alike : given_differs;
}

static int last_points(struct slice a, struct slice b) {
  if (a.len == 0 && b.len == 0) return last_missing;
  if (a.len == 0 || b.len == 0) return 0;
  if (slice_equal(a, b)) return last_same;
  struct letters l = letters(a, b);
  if (slip(a, b, l)) return last_slip;
  if (has_part(a, b) || has_part(b, a)) return last_part;
  return alike(a, b, l) ? last_alike : last_differs;
}

/* By whichever name each goes. */
static int best_given(const struct likeness_child *a, const struct likeness_child *b) {
  const struct slice ours[] = {a->first, a->known}, theirs[] = {b->first, b->known};
  int best = given_differs;
  bool any = false;
  for (size_t i = 0; i < 2; i++) {
    for (size_t k = 0; k < 2; k++) {
      if (ours[i].len == 0 || theirs[k].len == 0) continue;
      best = larger(best, given_points(a->words, ours[i], theirs[k]));
      any = true;
    }
  }
  return any ? best : 0;
}

/* Swapped names are weighed only where the last name is like the other's first: seldom. */
static int name_points(const struct likeness_child *a, const struct likeness_child *b) {
  int straight = best_given(a, b) + last_points(a->last, b->last);
  if (a->last.len == 0 || b->last.len == 0) return straight;
  int crossed = last_points(a->last, b->first);
  if (crossed == last_differs) return straight;
  return larger(straight, crossed + given_points(a->words, a->first, b->last) + parts_swapped);
}

/* ---- facts ---- */

/* Of two whole numbers, digits that differ; the shorter one is thought to begin with zeros. */
static int digits_apart(int a, int b) {
  int count = 0;
  for (; a || b; a /= 10, b /= 10) count += a % 10 != b % 10;
  return count;
}

static bool is_swapped(struct date x, struct date y) {
  return x.year == y.year && x.month == y.day && x.day == y.month;
}

static bool is_one_digit(struct date x, struct date y) {
  return digits_apart(x.year, y.year) + digits_apart(x.month, y.month) + digits_apart(x.day, y.day) == 1;
}

bool likeness_swapped(int32_t a, int32_t b) { return is_swapped(date_from_days(a), date_from_days(b)); }

bool likeness_one_digit(int32_t a, int32_t b) { return is_one_digit(date_from_days(a), date_from_days(b)); }

static int born_points(int32_t a, int32_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == b) return born_same;
  struct date x = date_from_days(a), y = date_from_days(b);
  if (is_swapped(x, y)) return born_swapped;
  return is_one_digit(x, y) ? born_one_digit : born_differs;
}

static bool nowhere(const struct likeness_child *c) { return c->walk_in && id_is_zero(&c->school); }

static int place_points(const struct likeness_child *a, const struct likeness_child *b) {
  int points = nowhere(a) || nowhere(b) ? walk_in_nowhere : 0;
  if (!id_is_zero(&a->school) && !id_is_zero(&b->school))
    points += id_equal(&a->school, &b->school) ? school_same : school_differs;
  if (a->year < 0 || b->year < 0) return points;
  int apart = larger(a->year - b->year, b->year - a->year);
  return points + (apart == 0 ? year_same : apart > 1 ? year_differs : 0);
}

static int upn_points(struct slice a, struct slice b) {
  if (a.len && slice_equal(a, b)) return upn_same;
  return upns_differ(a, b) ? upn_differs : 0;
}

/* Names are weighed last, and only where they can make the difference: most pairs of a hub are namesakes of
 * different ages. */
int likeness_points(const struct likeness_child *a, const struct likeness_child *b,
                    const struct likeness_links *links) {
  int points = born_points(a->born, b->born) + place_points(a, b) + upn_points(a->upn, b->upn),
      names_max = given_same + last_same;
  if (points + names_max + likeness_links_max < likeness_threshold) return points + names_max;
  points += name_points(a, b);
  return points + (links->activity ? link_activity : 0) + (links->phone ? link_phone : 0);
}

/* ---- keys ---- */

/* Russell and Odell's Soundex, without the first letter's privilege: a slip may stand there, too. */
enum { silent = '0', foreign = 1 };
static uint8_t sound(uint8_t letter) {
  static const uint8_t code[] = "01230120022455012623010202"; /* a to z */
  return letter >= 'a' && letter <= 'z' ? code[letter - 'a'] : silent;
}

static uint64_t mix(uint64_t hash, uint8_t byte) { return (hash ^ byte) * UINT64_C(0x100000001b3); }

enum { sounds_max = 4 };
static uint64_t sound_hash(struct slice word) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  size_t count = 0;
  uint8_t before = silent;
  for (size_t i = 0; i < word.len && count < sounds_max; i++) {
    bool letter = word.ptr[i] < 0x80;
    uint8_t s = letter ? sound(word.ptr[i]) : foreign;
    if (!letter) hash = mix(hash, word.ptr[i]); /* another script is compared as it is written */
    if (s != silent && (s != before || !letter)) {
      hash = mix(hash, s);
      count++;
    }
    before = s;
  }
  return count ? hash : mix(hash, word.len ? word.ptr[0] : 0);
}

/* The name that short forms stand for: the first that lists it, so that all who may be meant meet. */
static struct slice root(const struct likeness_words *words, struct slice word) {
  struct nickname short_form = nickname_of(word);
  const struct likeness_word *found = find_word(words, &short_form);
  return found ? slice_text(names[found->list][0]) : word;
}

static int64_t pair_key(uint64_t a, uint64_t b) {
  uint64_t low = a < b ? a : b, high = a < b ? b : a;
  uint64_t key = (low ^ (high >> 29)) * UINT64_C(0x9E3779B97F4A7C15) ^ high;
  return (int64_t)(key >> 1);
}

static void add_key(int64_t out[likeness_keys_max], size_t *count, int64_t key) {
  for (size_t i = 0; i < *count; i++) {
    if (out[i] == key) return;
  }
  if (*count < likeness_keys_max) out[(*count)++] = key;
}

size_t likeness_keys(int64_t out[likeness_keys_max], const struct likeness_words *words,
                     const struct likeness_child *c) {
  const struct slice given[] = {c->first, c->known};
  uint64_t last = sound_hash(root(words, first_word(c->last)));
  size_t count = 0;
  for (size_t i = 0; i < 2; i++) {
    struct slice word = first_word(given[i]);
    if (word.len == 0) continue;
    add_key(out, &count, pair_key(sound_hash(root(words, word)), last));
    add_key(out, &count, pair_key(sound_hash(word), last));
  }
  return count;
}
