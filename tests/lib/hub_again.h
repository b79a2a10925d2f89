/* hub_again.h: the same hub again and again: its database as it stood at one moment, put back as often as a
 * test likes. It stands in memory where the machine has room for that: what a power cut leaves is not the
 * matter here. */
#ifndef TUTTI_TESTS_HUB_AGAIN_H
#define TUTTI_TESTS_HUB_AGAIN_H

#include "tests/lib/hub_host.h"

struct hub_again {
  struct hub_host *host;
  struct buf file;
  uint64_t random;
  struct now now;
  char first_dir[sizeof((struct hub_host *)0)->dir];
};
/* Takes the host as it is; nothing else may have its database open. */
void hub_again_take(struct hub_again *again, struct hub_host *host);
void hub_again_put(struct hub_again *again);    /* likewise */
void hub_again_finish(struct hub_again *again); /* before hub_host_close */

#endif
