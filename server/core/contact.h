/* contact.h: private to this folder: when devices were heard of, and what they told of themselves. Nobody
 * waits for that and no promise hangs on it, so it goes with whatever is written next, or with the next
 * housekeeping: a storm of devices costs no sync for each. */
#ifndef TUTTI_SERVER_CONTACT_H
#define TUTTI_SERVER_CONTACT_H

#include "server/core/hub.h"

/* Notes what a JOB_CONTACT says, in memory; false when there is no room, or no memory. */
MUST_USE bool contact_note(struct store *store, const struct job *job, const struct now *now);
/* Inside a write transaction: all that was noted, and after its commit: it need not be written again. */
MUST_USE err contacts_write(struct store *store);
void contacts_written(struct store *store);
bool contacts_wait(const struct store *store);
/* One JOB_CONTACT at once. Inside a write transaction. */
MUST_USE err contact_write(struct store *store, const struct job *job, const struct now *now);

#endif
