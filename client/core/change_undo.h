/* change_undo.h: what puts the old values back. */
#ifndef TUTTI_CLIENT_CHANGE_UNDO_H
#define TUTTI_CLIENT_CHANGE_UNDO_H

#include "client/core/change.h"

/* An inverse of this one byte says that no row was there before: what a first mark does, and it is shorter
 * than a changeset, which begins with the schema's version and is never one byte long. */
enum { undo_of_new_rows = 0 };
/* The changeset (without bases) that restores what ch->rows hold before `cs` is merged into them, as bytes. A
 * first mark is taken back as "none", a first register state as "open", for those columns are never empty. */
MUST_USE err undo_encode(struct buf *out, const struct change *ch, const struct changeset *cs);
/* That changeset again; `written` is the one it takes back. */
MUST_USE err undo_decode(struct changeset *out, struct slice inverse, const struct changeset *written,
                         struct arena *a);

#endif
