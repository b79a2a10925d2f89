/* score.c: where a section stands in the score. */
#include "shared/schema/score.h"

/* Folded beginnings of section names in score order; of several that fit, the longest counts ("bass
 * clarinet", not "bass"). A choir stands where a choral score puts it, above the strings; a band of drums or
 * pans from the high ones to the low. */
static const char *const score_order[] = {
    "conductor",
    "woodwind",
    "piccolo",
    "flute",
    "alto flute",
    "recorder",
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
    "soprano sax",
    "saxophone",
    "sax",
    "alto sax",
    "tenor sax",
    "baritone sax",
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
    "baritone",
    "trombone",
    "bass trombone",
    "euphonium",
    "tuba",
    "eb bass",
    "bb bass",
    "timpani",
    "percussion",
    "drum",
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
    "xylophone",
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
};
enum { score_sections = sizeof score_order / sizeof score_order[0] };

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

uint32_t score_rank(struct slice folded) {
  uint32_t rank = folded.len ? score_sections : score_sections + 1;
  struct slice name = without_which(folded);
  size_t longest = 0;
  for (uint32_t i = 0; i < score_sections; i += 1) {
    struct slice start = slice_text(score_order[i]);
    if (start.len <= longest || !begins_with(name, start)) continue;
    longest = start.len;
    rank = i;
  }
  return rank;
}
