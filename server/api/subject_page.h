/* subject_page.h: what the hub holds about one learner, as a page that anybody can open, read and print. */
#ifndef TUTTI_SERVER_API_SUBJECT_PAGE_H
#define TUTTI_SERVER_API_SUBJECT_PAGE_H

#include <jansson.h>

#include "shared/base/bytes.h"

/* Appends the page to `out`; `all` is what subject_json gives. ERR_TOO_BIG when there is no room for it. */
MUST_USE err subject_page(struct buf *out, const json_t *all);

#endif
