/* next.h: the build of a schema two versions ahead: its doors, and what its sources alone can do, because
 * only they have names for what is new: a mark's stand (a unit of version 2), its code "remote" (a word of
 * version 3), and loans (a table of version 2). */
#ifndef TUTTI_TESTS_NEXT_H
#define TUTTI_TESTS_NEXT_H

#include "shared/base/id.h"
#include "shared/base/now.h"

enum { next_text_bytes = 64 };
struct core;
struct core_door;
struct hub_door;
struct hub_host;

/* Where marks are made. */
struct next_place {
  struct id activity, session;
};
/* On a device whose core is of this build. Each write is one changeset; the next step of the core sees it. */
struct inside_device {
  int schema;
  void (*stand_write)(struct core *c, const struct now *now, const struct next_place *at,
                      const struct id *learner, const char *stand);
  void (*remote_write)(struct core *c, const struct now *now, const struct next_place *at,
                       const struct id *learner);
  bool (*stand_read)(struct core *c, const struct next_place *at, const struct id *learner,
                     char out[next_text_bytes]);
  bool (*is_remote)(struct core *c, const struct next_place *at, const struct id *learner);
  bool (*has_loan)(struct core *c, const struct id *loan);
};
/* At a hub of this build. */
struct inside_hub {
  void (*stand_write)(struct hub_host *h, const struct next_place *at, const struct id *learner,
                      const char *stand);
  bool (*stand_read)(struct hub_host *h, const struct next_place *at, const struct id *learner,
                     char out[next_text_bytes]);
  bool (*is_remote)(struct hub_host *h, const struct next_place *at, const struct id *learner);
  void (*loan_write)(struct hub_host *h, const struct next_place *at, const struct id *loan);
};
extern const struct core_door next_core_door;
extern const struct hub_door next_hub_door;
extern const struct inside_device next_inside_device;
extern const struct inside_hub next_inside_hub;

#endif
