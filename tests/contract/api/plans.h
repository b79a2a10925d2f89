/* plans.h: what every test of the office's API looks at when it is over: no statement that the store ran has
 * to look through a table that grows with the years. */
#ifndef TUTTI_TESTS_API_PLANS_H
#define TUTTI_TESTS_API_PLANS_H

#include "server/core/store.h"

void plans_check(struct store *store);
#endif
