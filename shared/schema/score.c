/* score.c: where a section stands in the score. */
#include "shared/schema/score.h"

/* Folded beginnings of section names in score order; of several that fit, the longest counts ("bass
 * clarinet", not "bass"). A choir stands where a choral score puts it, above the strings. */
static const char *const score_order[] = {
    "conductor",
    "woodwind",
    "piccolo",
    "flute",
    "alto flute",
    "recorder",
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
    "steel pan",
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
    "electric guitar",
    "guitar",
    "ukulele",
    "bass guitar",
    "technology",
    "voice",
    "treble",
    "soprano",
    "mezzo",
    "alto",
    "countertenor",
    "tenor",
    "bass",
    "strings",
    "violin",
    "viola",
    "cello",
    "violoncello",
    "double bass",
};
enum { score_sections = sizeof score_order / sizeof score_order[0] };

uint32_t score_rank(struct slice folded) {
  uint32_t rank = folded.len ? score_sections : score_sections + 1;
  size_t longest = 0;
  for (uint32_t i = 0; i < score_sections; i += 1) {
    struct slice start = slice_text(score_order[i]);
    if (start.len <= longest || start.len > folded.len ||
        !slice_equal(slice_of(folded.ptr, start.len), start))
      continue;
    longest = start.len;
    rank = i;
  }
  return rank;
}
