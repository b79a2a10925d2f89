/* views_fleet.h: how the devices stand, for the Today board. Implemented by server/store. */
#ifndef TUTTI_SERVER_VIEWS_FLEET_H
#define TUTTI_SERVER_VIEWS_FLEET_H

#include "server/core/store.h"

struct view_fleet_device {
  struct id id;
  struct slice name, program;
  int64_t last_contact_ms, last_receipt_ms, skew_ms;
  uint64_t behind;          /* bundles it had sealed when it was last here, and that have not come */
  uint32_t waiting;         /* of its bundles and changes: held, or in quarantine */
  int64_t waiting_since_ms; /* the oldest of them; 0 none */
};
/* Every device that is not revoked, by name. */
MUST_USE err views_fleet(struct store *s, struct arena *a, struct view_fleet_device **out, size_t *count);

#endif
