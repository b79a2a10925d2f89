/* admit.h: private to this folder: may this author write this changeset from this device? */
#ifndef TUTTI_SERVER_ADMIT_H
#define TUTTI_SERVER_ADMIT_H

#include "server/core/work.h"

enum { admit_authors_max = 16 };
/* Rights looked up once a group; the oldest is forgotten when there are more authors. */
struct admit {
  struct work *work;
  struct arena arena;
  struct admit_author {
    struct id device, author;
    struct store_rights rights;
  } authors[admit_authors_max];
  size_t count, next;
};
void admit_init(struct admit *a, struct work *w);
void admit_finish(struct admit *a);
/* *reason: ERR_OK when it is admitted; ERR_FORBIDDEN when the author may not; ERR_NOT_FOUND when it names a
 * session or row the hub does not have. */
/* Only tables a field device may write at all. */
bool admit_is_of_the_field(const struct changeset *cs);
MUST_USE err admit_changeset(struct admit *a, const struct id *device, const struct changeset *cs,
                             err *reason);

#endif
