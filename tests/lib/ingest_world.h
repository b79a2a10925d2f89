/* ingest_world.h: the small hub with two devices, and the few things that tests of ingest do again and again.
 */
#ifndef TUTTI_TESTS_INGEST_WORLD_H
#define TUTTI_TESTS_INGEST_WORLD_H

#include "tests/lib/hub_world.h"

struct ingest_world {
  struct hub_host host;
  struct hub_world world;
  struct test_device device, other; /* of Ada (and Cam), and of Ben */
  struct arena arena;
  struct buf last; /* the bundle that ingest_bring brought */
};
extern struct ingest_world ingest_world;
/* cmocka's setup and teardown. */
int ingest_world_open(void **state);
int ingest_world_close(void **state);
struct changeset *ingest_mark(struct test_device *d, const struct id *author, const struct id *learner,
                              int code); /* in Strings today */
/* Seals what the device wrote, brings it, and returns the receipt. */
struct receipt ingest_bring(struct test_device *d);
/* The bundle is refused with this error, and nothing changes. */
void ingest_refused(struct slice bundle, err expected);
struct row ingest_load_mark(const struct id *learner);

#endif
