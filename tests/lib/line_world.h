/* line_world.h: the small hub, and the line of one device, for tests of what is said on it. */
#ifndef TUTTI_TESTS_LINE_WORLD_H
#define TUTTI_TESTS_LINE_WORLD_H

#include "tests/lib/hub_world.h"

struct line_world {
  struct hub_host host;
  struct hub_world world;
  struct test_device device; /* Ada's */
  struct test_line line;     /* nobody has opened it yet */
};
extern struct line_world line_world;
/* cmocka's setup and teardown. */
int line_world_open(void **state);
int line_world_close(void **state);

#endif
