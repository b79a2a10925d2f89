/* pair.h: a field client and the hub joined by memory: what one sends, the other gets, in order, at once. */
#ifndef TUTTI_TESTS_PAIR_H
#define TUTTI_TESTS_PAIR_H

#include "tests/lib/core_host.h"
#include "tests/lib/hub_door.h"

/* One device of the hub. */
struct pair_device {
  struct core_host host;
  struct hub_line line;
  const struct hub_door *door; /* the line was opened by */
  bool up;
  uint32_t link; /* the core's id of the line that is up */
  struct id staff;
  size_t sent_bytes, got_bytes;
  double core_ms; /* its core's own time on what the line brought */
};
enum { pair_devices_max = 50 };
struct pair {
  const struct hub_door *door; /* the build its hub runs; this one at first */
  struct hub_host hub;
  struct hub_world world;
  struct pair_device *devices[pair_devices_max];
  size_t count;
};
void pair_open(struct pair *p, uint64_t seed);
void pair_open_with(struct pair *p, uint64_t seed, const struct hub_door *door);
void pair_close(struct pair *p);
/* A new device for one member of staff: enrolled over the line, PIN set, unlocked, first sync done. */
struct pair_device *pair_add(struct pair *p, const struct id *staff);
/* Everything that waits is carried once; false when nobody had anything to say. */
bool pair_round(struct pair *p);
/* The same for one device and a single frame of it, with everything the hub has for it then. */
bool pair_frame(struct pair *p, struct pair_device *d);
/* Until nobody has anything to say. */
void pair_run(struct pair *p);
/* Time passes everywhere, then pair_run. */
void pair_pass(struct pair *p, int64_t ms);
/* The power fails: the core is gone without a word; then it starts again and its person signs in. */
void pair_power_cut(struct pair *p, struct pair_device *d);
void pair_hold(struct pair *p, struct pair_device *d, bool hold);
void pair_unlock(struct pair_device *d);
/* The hub stops, its lines with it, and starts again as another build on the same file. */
void pair_hub_becomes(struct pair *p, const struct hub_door *door);
/* The device stops without a word and starts again as another build on the same files; its person signs in.
 */
void pair_device_becomes(struct pair *p, struct pair_device *d, const struct core_door *door);
/* A call that must succeed. */
void pair_mark(struct pair *p, struct pair_device *d, const struct id *learner, const char *code);

#endif
