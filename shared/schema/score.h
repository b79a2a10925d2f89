/* score.h: score order: how a register lists its sections, on the device and at the office alike. */
#ifndef TUTTI_SCHEMA_SCORE_H
#define TUTTI_SCHEMA_SCORE_H

#include "shared/base/bytes.h"

/* Where a section stands in the score; unknown ones after all known ones, none last. `folded` is text_fold's.
 */
uint32_t score_rank(struct slice folded);

#endif
