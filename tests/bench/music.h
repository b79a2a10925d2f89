/* music.h: ten ensembles of thirty and their sessions, on the real hub core and real client cores joined by
 * memory. A failure ends the program: figures after it would mean nothing. */
#ifndef TUTTI_TESTS_BENCH_MUSIC_H
#define TUTTI_TESTS_BENCH_MUSIC_H

#include "tests/contract/sync/pair.h"

enum { ensembles = 10, players = 30, sessions = 334, marks = sessions * players };
struct music {
  struct pair pair;
  struct id activity[ensembles], learner[ensembles * players], session[sessions];
  char last_name[ensembles * players][16];
};
/* Ada and Ben lead every ensemble. pair_close ends it. */
void music_open(struct music *b, uint64_t seed);
/* The `i`th of all marks: thirty a session. */
void music_mark(struct music *b, struct pair_device *d, size_t i, const char *code);
void music_rest(struct music *b, struct pair_device *d, size_t session, const char *code);
/* Works offline, or no longer; nothing is carried. */
void music_hold(struct pair_device *d, bool hold);
/* Changesets without a verified receipt. */
size_t music_unsent(struct pair_device *d);

#endif
