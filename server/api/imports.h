/* imports.h: private to this folder: a list of changes shown as a difference, and what was brought in so far.
 */
#ifndef TUTTI_SERVER_API_IMPORTS_H
#define TUTTI_SERVER_API_IMPORTS_H

#include "server/api/call.h"
#include "server/api/words.h"
#include "server/import/import_look.h"

enum { import_page_rows = 50 };
/* "new", "changed", "unchanged" or "gone" (and "", which is new); ERR_INVALID. */
err imports_kind(enum import_kind *out, struct slice word);
/* Adds "counts", "shown", "lines" and "next" to an object. */
err imports_put_look(struct words *w, json_t *object, const struct import_look *look);
/* The same ops, applied as a run and answered: on the writer's thread. */
err imports_apply(struct api_call *c, struct slice what, struct slice name, const struct op *ops,
                  size_t count, json_t **out);

#endif
