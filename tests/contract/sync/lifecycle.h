/* lifecycle.h: a device and the hub through what happens to both over the years: what the tests of keys,
 * revocation and restores have in common. */
#ifndef TUTTI_TESTS_LIFECYCLE_H
#define TUTTI_TESTS_LIFECYCLE_H

#include "tests/contract/sync/pair.h"

extern struct pair pair;
static const int64_t day_ms = 86400000;

/* cmocka's setup and teardown. */
int life_open(void **state);
int life_close(void **state);
void must(err e);
/* One round trip with a stick, as the office's page and `tutti-server import-bundle` make it; how many
 * bundles went out. */
size_t carry(struct pair_device *d);
/* Ada's: one mark is receipted under the first keys, another waits on a device that is off the line. */
struct pair_device *away_with_a_mark(void);
struct id id_of(struct pair_device *d);
/* The first of what it exports. */
struct slice first_bundle(struct pair_device *d, struct arena *a);
struct key_need need_of(uint32_t number);

#endif
