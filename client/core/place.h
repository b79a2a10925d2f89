/* place.h: which screen somebody was on, kept by this device alone, so that after a power cut it comes back
 * to the same session. It counts for its own day, and is never sent. */
#ifndef TUTTI_CLIENT_PLACE_H
#define TUTTI_CLIENT_PLACE_H

#include "client/core/store.h"

/* Empty: nowhere. */
MUST_USE err place_put(struct store *s, const struct id *staff, int32_t day, struct slice text);
/* Into `a`; empty when none was kept on that day. */
MUST_USE err place_get(struct store *s, const struct id *staff, int32_t day, struct arena *a,
                       struct slice *out);

#endif
