/* change_undo.h: what puts the old values back. */
#ifndef TUTTI_CLIENT_CHANGE_UNDO_H
#define TUTTI_CLIENT_CHANGE_UNDO_H

#include "client/core/change.h"

/* The changeset (without bases) that restores what ch->rows hold before `cs` is merged into them. A first
 * mark is taken back as "none", a first register state as "open", for those columns are never empty. */
MUST_USE err undo_inverse(struct changeset *out, const struct change *ch, const struct changeset *cs);

#endif
