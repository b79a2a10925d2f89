/* audit_says.h: private to this folder: an entry of the audit in words, for whoever knows no table and no id.
 */
#ifndef TUTTI_SERVER_API_AUDIT_SAYS_H
#define TUTTI_SERVER_API_AUDIT_SAYS_H

#include "server/api/words.h"

enum { audit_parts_max = 8 };
/* A piece of the sentence; what it is about has a page of its kind. */
struct audit_part {
  struct slice text;
  const char *kind; /* NULL: about nothing that has a page or a name */
  struct id id;
};
/* "Cancelled a session"; the action itself where it has no words. */
struct slice audit_what(const struct view_audit *a);
/* What the entry's detail comes to, in the order of its words, with names as they are now. What only a
 * machine can use is left out: the extract has it in columns of its own. */
err audit_say(struct words *w, const struct view_audit *a, struct audit_part *out, size_t *count);

#endif
