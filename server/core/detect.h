/* detect.h: private to this folder: what the rows of a transaction mean together with others. */
#ifndef TUTTI_SERVER_DETECT_H
#define TUTTI_SERVER_DETECT_H

#include "server/core/work.h"

/* After the rows are saved: opens and settles items of two rows that may be one (the same child, the same
 * meeting), of children with two marks at one meeting, and of children with two UPNs, or two numbers at one
 * school. Whether such an item is open is a function of the rows alone: whatever it depends on is looked at
 * again when it changes. */
MUST_USE err detect(struct work *w);
/* Which table remembers that two rows of this one are not the same; NULL when none does. */
const struct table *detect_apart_table(const struct table *t);
/* The row of that table for a pair. */
void detect_apart_id(struct id *out, const struct table *t, const struct id *a, const struct id *b);

#endif
