/* audit_raw.h: a hand in the hub's database that is not Tutti's. */
#ifndef TUTTI_TESTS_API_AUDIT_RAW_H
#define TUTTI_TESTS_API_AUDIT_RAW_H

#include "server/core/store.h"

void audit_raw(struct store *store, const char *sql);

#endif
