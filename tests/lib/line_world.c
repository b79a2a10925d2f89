/* line_world.c: a hub and one device. */
#include "tests/lib/line_world.h"

struct line_world line_world;

int line_world_open(void **state) {
  (void)state;
  hub_host_open(&line_world.host, 2);
  hub_world_make(&line_world.world, &line_world.host);
  test_device_enrol(&line_world.device, &line_world.host, &line_world.world.ada, NULL);
  return 0;
}

int line_world_close(void **state) {
  (void)state;
  test_device_finish(&line_world.device);
  hub_host_close(&line_world.host);
  return 0;
}
