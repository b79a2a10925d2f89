/* certificate.h: what a run of the retention schedule removed, signed by the hub. */
#ifndef TUTTI_SERVER_CERTIFICATE_H
#define TUTTI_SERVER_CERTIFICATE_H

#include <jansson.h>

#include "server/core/hub.h"
#include "server/core/retention.h"

/* Of one run, or of several that one command ordered:
 *
 * {"what", "version": 2, "content": a text, "signature": Ed25519 by the hub's key over "tutti.retention" and
 * the content (crypto_sign), "signed_by"}, where the content is JSON again: the hub, and of each run its
 * line, period, days, by whom, and what it removed. It names nobody: whoever knows a learner's id finds the
 * hash. The same runs give the same bytes as long as the hub has the same key. */
MUST_USE err certificate_make(json_t **out, const struct hub *hub, struct store *store,
                              const struct store_retention *runs, size_t count, struct arena *a);

#endif
