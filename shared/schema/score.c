/* score.c: where a section stands in the score. */
#include "shared/schema/score.h"

/* Folded beginnings of section names in score order; of several that fit, the longest counts ("bass
 * clarinet", not "bass"). A choir stands where a choral score puts it, above the strings; a band of drums or
 * pans from the high ones to the low. "Basses" alone is a choir's, unless the company says otherwise. */
static const char *const score_order[] = {
    "conductor",
    "woodwind",
    "piccolo",
    "flute",
    "alto flute",
    "bass flute",
    "recorder",
    "descant recorder",
    "treble recorder",
    "alto recorder",
    "tenor recorder",
    "bass recorder",
    "whistle",
    "tin whistle",
    "penny whistle",
    "fife",
    "oboe",
    "cor anglais",
    "english horn",
    "e flat clarinet",
    "clarinet",
    "alto clarinet",
    "bass clarinet",
    "contrabass clarinet",
    "soprano sax",
    "saxophone",
    "sax",
    "alto sax",
    "tenor sax",
    "baritone sax",
    "bass sax",
    "bassoon",
    "contrabassoon",
    "brass",
    "horn",
    "french horn",
    "trumpet",
    "soprano cornet",
    "cornet",
    "repiano",
    "flugel",
    "tenor horn",
    "alto horn",
    "baritone",
    "trombone",
    "tenor trombone",
    "bass trombone",
    "euphonium",
    "tuba",
    "eb bass",
    "bb bass",
    "sousaphone",
    "timpani",
    "percussion",
    "drum",
    "snare drum",
    "side drum",
    "tenor drum",
    "bass drum",
    "kit",
    "samba",
    "agogo",
    "tamborim",
    "chocalho",
    "ganza",
    "repinique",
    "caixa",
    "surdo",
    "djembe",
    "dhol",
    "tabla",
    "steel pan",
    "tenor pan",
    "double second",
    "seconds",
    "guitar pan",
    "cello pan",
    "bass pan",
    "tuned percussion",
    "mallet",
    "glockenspiel",
    "soprano glockenspiel",
    "alto glockenspiel",
    "xylophone",
    "soprano xylophone",
    "alto xylophone",
    "bass xylophone",
    "metallophone",
    "soprano metallophone",
    "alto metallophone",
    "bass metallophone",
    "marimba",
    "vibraphone",
    "harp",
    "keyboard",
    "piano",
    "celesta",
    "organ",
    "accordion",
    "concertina",
    "electric guitar",
    "guitar",
    "mandolin",
    "banjo",
    "ukulele",
    "bass guitar",
    "electric bass",
    "technology",
    "voice",
    "vocal",
    "singer",
    "treble",
    "soprano",
    "mezzo",
    "alto",
    "countertenor",
    "tenor",
    "bass",
    "strings",
    "violin",
    "fiddle",
    "viola",
    "cello",
    "violoncello",
    "double bass",
    "contrabass",
    "string bass",
};
enum { score_sections = sizeof score_order / sizeof score_order[0] };

/* Sections that tell what an ensemble is, and so where those stand that are called basses and nothing more.
 */
static const struct {
  const char *section;
  enum score_kind kind;
} told_by[] = {
    {"voice", SCORE_CHOIR},     {"treble", SCORE_CHOIR},         {"soprano", SCORE_CHOIR},
    {"mezzo", SCORE_CHOIR},     {"alto", SCORE_CHOIR},           {"countertenor", SCORE_CHOIR},
    {"tenor", SCORE_CHOIR},     {"strings", SCORE_STRINGS},      {"violin", SCORE_STRINGS},
    {"viola", SCORE_STRINGS},   {"cello", SCORE_STRINGS},        {"violoncello", SCORE_STRINGS},
    {"horn", SCORE_BRASS},      {"soprano cornet", SCORE_BRASS}, {"cornet", SCORE_BRASS},
    {"flugel", SCORE_BRASS},    {"tenor horn", SCORE_BRASS},     {"baritone", SCORE_BRASS},
    {"euphonium", SCORE_BRASS}, {"tuba", SCORE_BRASS},
};
static const char *const basses_of[] = {
    [SCORE_UNTOLD] = "bass", [SCORE_BRASS] = "tuba", [SCORE_STRINGS] = "double bass", [SCORE_CHOIR] = "bass"};

/* Which of several like it: "1st violins", "solo cornets". It says nothing about where they stand. */
static const char *const which_words[] = {"1st",    "2nd",   "3rd",    "4th",  "first",
                                          "second", "third", "fourth", "solo", "principal"};
enum { which_count = sizeof which_words / sizeof which_words[0] };

static bool begins_with(struct slice folded, struct slice start) {
  return start.len <= folded.len && slice_equal(slice_of(folded.ptr, start.len), start);
}

static struct slice without_which(struct slice folded) {
  for (size_t i = 0; i < which_count; i += 1) {
    struct slice word = slice_text(which_words[i]);
    if (word.len >= folded.len || folded.ptr[word.len] != ' ' || !begins_with(folded, word)) continue;
    return slice_of(folded.ptr + word.len + 1, folded.len - word.len - 1);
  }
  return folded;
}

static uint32_t rank_of(struct slice name) {
  uint32_t rank = name.len ? score_sections : score_sections + 1;
  size_t longest = 0;
  for (uint32_t i = 0; i < score_sections; i += 1) {
    struct slice start = slice_text(score_order[i]);
    if (start.len <= longest || !begins_with(name, start)) continue;
    longest = start.len;
    rank = i;
  }
  return rank;
}

/* "bass", "basses" and "bass 2"; a bass drum has a name of its own. */
static bool says_only_bass(struct slice name) {
  static const char *const words[] = {"basses", "bass"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i += 1) {
    struct slice word = slice_text(words[i]);
    if (begins_with(name, word)) return name.len == word.len || name.ptr[word.len] == ' ';
  }
  return false;
}

static bool is_section(uint32_t rank, const char *section) {
  return rank < score_sections && slice_equal(slice_text(score_order[rank]), slice_text(section));
}

void score_meet(enum score_kind *kind, struct slice folded) {
  uint32_t rank = rank_of(without_which(folded));
  for (size_t i = 0; i < sizeof told_by / sizeof told_by[0]; i += 1) {
    if (told_by[i].kind > *kind && is_section(rank, told_by[i].section)) *kind = told_by[i].kind;
  }
}

uint32_t score_rank(enum score_kind kind, struct slice folded) {
  struct slice name = without_which(folded);
  uint32_t rank = rank_of(name);
  bool untold = is_section(rank, basses_of[SCORE_UNTOLD]) && says_only_bass(name);
  return untold ? rank_of(slice_text(basses_of[kind])) : rank;
}
