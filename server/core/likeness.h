/* likeness.h: are two entries one child? Pure: folded names, dates and links in, points out. Nothing is ever
 * merged by it: a pair above the threshold becomes a card that a person decides.
 *
 * Points are tenths of a decade of odds, added up as Fellegi and Sunter do ("A Theory for Record Linkage",
 * 1969): what agrees speaks for one child by how seldom it agrees by chance, what differs against. */
#ifndef TUTTI_SERVER_LIKENESS_H
#define TUTTI_SERVER_LIKENESS_H

#include "shared/base/id.h"

enum {
  likeness_threshold = 30,      /* points from which a pair is shown to a person */
  likeness_links_max = 18,      /* what links can add: below threshold less this, nobody need ask for them */
  likeness_name_bytes_max = 96, /* of a folded name; what is longer is compared by its beginning */
  likeness_keys_max = 4,
  namesakes_max = 256, /* of one key or birthday that one learner is compared with */
};
struct likeness_words;
struct likeness_child {
  const struct likeness_words *words; /* nicknames in order; NULL: their list is gone through */
  struct slice first, known, last;    /* folded (shared/base/fold.h); empty when not given */
  struct slice upn;                   /* empty: not known */
  int32_t born;                       /* as date_parse counts; 0: not known */
  struct id school;                   /* zero: not known */
  int year;                           /* 0 reception to 13; -1 not known */
  bool walk_in;                       /* entered at a register, by nobody who has a list */
};
struct likeness_links { /* between the two */
  bool activity;        /* one meets in an activity of the other */
  bool phone;           /* a contact's number stands with both */
};
/* Below the threshold it may be more than the findings come to. */
int likeness_points(const struct likeness_child *a, const struct likeness_child *b,
                    const struct likeness_links *links);

/* How alike two folded names are: 0 to 1000. Jaro's measure with Winkler's bonus for a common beginning. */
int likeness_jaro_winkler(struct slice a, struct slice b);
/* Letters to change, drop, add or swap with their neighbour; `max` + 1 when there are more. */
int likeness_edits(struct slice a, struct slice b, int max);
/* One name, or short for the other. */
bool likeness_nickname(struct slice a, struct slice b);
/* Two birth dates, day and month swapped or one digit mistaken. */
bool likeness_swapped(int32_t a, int32_t b);
bool likeness_one_digit(int32_t a, int32_t b);

/* Every nickname in the order of the alphabet, so that a word is found in a few steps. It is made once and
 * lent to whoever asks for the keys of many. */
enum { likeness_words_max = 2048, likeness_word_bytes = 12 };
struct likeness_words {
  struct likeness_word {
    char text[likeness_word_bytes];
    uint16_t list; /* a name and its short forms */
  } list[likeness_words_max];
  size_t count;
};
void likeness_words_make(struct likeness_words *out);

/* Numbers that children with like names have in common: two who share none are compared only when they were
 * born on the same day. Sound alone counts, and no order, so a slip of the pen, a nickname and names in each
 * other's columns keep theirs. */
size_t likeness_keys(int64_t out[likeness_keys_max], const struct likeness_words *words,
                     const struct likeness_child *c);

#endif
