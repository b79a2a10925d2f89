/* score.h: score order: how a register lists its sections, on the device and at the office alike. */
#ifndef TUTTI_SCHEMA_SCORE_H
#define TUTTI_SCHEMA_SCORE_H

#include "shared/base/bytes.h"

/* What an ensemble is, as far as its basses go; where several things are told, the last of these counts. */
enum score_kind { SCORE_UNTOLD, SCORE_BRASS, SCORE_STRINGS, SCORE_CHOIR };

/* Takes in another section of the ensemble. `folded` is text_fold's, here and below. */
void score_meet(enum score_kind *kind, struct slice folded);

/* Where a section stands in the score of such an ensemble; unknown ones after all known ones, none last. */
uint32_t score_rank(enum score_kind kind, struct slice folded);

#endif
