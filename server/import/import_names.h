/* import_names.h: private to this folder: schools, activities, partners and staff by the name that a list has
 * where their reference should stand; and children whose name stands in one column. */
#ifndef TUTTI_SERVER_IMPORT_NAMES_H
#define TUTTI_SERVER_IMPORT_NAMES_H

#include "server/import/import_check.h"

struct import_name {
  struct id row;
  struct slice reference; /* what its row is called by in a reference to it */
  bool several;           /* have that name */
};
/* Who of that kind goes by a name, written in whatever case, or by an email address; NULL: nobody, or a kind
 * that has no names. */
MUST_USE err import_names_find(struct import *im, const char *kind, struct slice text,
                               const struct import_name **out);
bool import_names_have(const char *kind);
void import_names_finish(struct import_names *n);

/* "Sampleton, Jo" and "Jo Sampleton" as first and last name; who has one word has a first name. */
void import_name_split(struct slice whole, struct slice *first, struct slice *last);

#endif
