/* sim.h: one simulated world: a hub, its devices, their disks, clocks and lines, what people were told, and
 * what must hold. */
#ifndef TUTTI_TESTS_SIM_H
#define TUTTI_TESTS_SIM_H

#include "tests/lib/core_host.h"
#include "tests/lib/hub_world.h"
#include "tests/sim/disk.h"
#include "tests/sim/sim_random.h"

enum {
  sim_devices_max = 3,
  sim_learners = 4,
  sim_codes = 7,
  sim_bundles_max = 512,
  sim_events_kept = 50,
  sim_event_bytes = 120
};
/* Outlives the run's process, so that a run that aborts still tells its story. */
struct sim_report {
  char events[sim_events_kept][sim_event_bytes];
  size_t event_count;
  uint64_t hash; /* of all events and all bytes carried */
  char oracle[32], text[400];
  bool done;
};
/* How a world differs from the next: chances are per mille. */
struct sim_world_kind {
  const char *name;
  int devices, steps;
  int cut, hub_cut, bad_line, office, clock;
  bool usb, grant_ends, restore;
};
extern const struct sim_world_kind sim_worlds[];
extern const size_t sim_world_count;

struct sim_bundle { /* one the hub was given, by whatever carrier */
  struct buf bytes;
  struct id device;
  uint32_t incarnation;
  uint64_t seq;
  struct now tried; /* when it was given last */
  bool stored;      /* found in the hub's store */
  struct now stored_at;
};
struct sim_said {                     /* what one person was told is saved */
  uint8_t last[sim_learners];         /* the code shown last; 0: none */
  uint8_t doubt[sim_learners];        /* asked for when the power failed: it may or may not be there */
  bool ever[sim_learners][sim_codes]; /* said saved at some time */
  uint32_t tries[sim_learners];       /* changes asked for, said or not */
};
struct sim_device {
  size_t number;
  struct core_host host;
  struct disk disk;
  struct hub_line line;
  bool up, unlocked, retired; /* retired: its grant has ended, it works no more */
  uint32_t link;
  struct id staff;
  struct sim_said said;
  int64_t changes; /* not receipted, as it last said */
  uint64_t entropy;
};
struct sim {
  const struct sim_world_kind *kind;
  uint64_t seed, random;
  struct sim_report *report;
  struct hub_host hub;
  struct hub_world world;
  struct id learners[sim_learners];
  struct disk hub_disk, base_disk; /* base: as it was when all devices were enrolled */
  struct disk *disks[sim_devices_max + 2];
  struct sim_device *devices[sim_devices_max];
  size_t device_count;
  struct sim_bundle bundles[sim_bundles_max];
  size_t bundle_count;
  bool office_wrote; /* after the base was taken */
  bool restoring;    /* when the hub's power is back, its disk is the base */
  bool calm;         /* healing: no more faults */
};

/* sim.c: the clockwork */
void sim_say(struct sim *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void sim_fail(struct sim *s, const char *oracle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool sim_chance(struct sim *s, int per_mille);
void sim_run(struct sim_report *report, const struct sim_world_kind *kind, uint64_t seed);
void sim_pass(struct sim *s, int64_t ms); /* time goes by everywhere */

/* sim_carry.c: lines, power */
bool sim_round(struct sim *s); /* everything that waits is carried once; false when nobody spoke */
void sim_settle(struct sim *s);
void sim_cut_line(struct sim *s, struct sim_device *d);  /* the hub notices */
void sim_line_down(struct sim *s, struct sim_device *d); /* both notice */
void sim_device_start(struct sim *s, struct sim_device *d);
void sim_power(struct sim *s); /* machines without power start again, and what they promised is checked */
void sim_kill_device(struct sim *s, struct sim_device *d);
void sim_kill_hub(struct sim *s);
struct sim_bundle *sim_given(struct sim *s, struct slice bytes);
void sim_find_stored(struct sim *s);

/* sim_setup.c */
void sim_setup(struct sim *s);
bool sim_unlock(struct sim_device *d);
void sim_hub_store(struct sim *s, struct hub_host *h, bool create);

/* sim_act.c */
void sim_act(struct sim *s);
void sim_usb(struct sim *s, struct sim_device *d);

/* sim_check.c: the oracles */
void sim_check_device_kept(struct sim *s, struct sim_device *d);
void sim_check_hub_kept(struct sim *s);
void sim_check_end(struct sim *s);
void sim_check_garbage(struct sim *s);

#endif
