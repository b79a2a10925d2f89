/* field_world.h: a device of the scripted hub, ready to take registers: what most tests of the field client
 * begin with. */
#ifndef TUTTI_TESTS_FIELD_WORLD_H
#define TUTTI_TESTS_FIELD_WORLD_H

#include "tests/lib/fake_hub.h"

struct field_world {
  struct core_host host;
  struct fake_hub hub;
};
/* cmocka's setup and teardown: enrolled, Ann signed in, fed, the line held; twelve players in Strings. */
int field_world_open(void **state);
/* The same, but only started: nobody enrolled. */
int field_world_open_bare(void **state);
int field_world_close(void **state);
/* Each fails the test when the call does. */
const item *field_mark(struct field_world *w, const struct id *learner,
                       const char *code);                               /* in Strings today */
const item *field_get(struct field_world *w, const struct id *session); /* register.get */
const item *field_status(struct field_world *w);                        /* sync.status */
void field_online(struct field_world *w);                               /* lets the line go and answers it */
void field_hold(struct field_world *w);
void field_restart(struct field_world *w); /* a power cut, and Ann signs in again */
void field_pause(struct field_world *w);   /* long enough for sealing */
/* The last call failed with this code and a sentence. */
void field_refused(const struct field_world *w, const char *code);
const item *field_row_of(const item *reg, const struct id *learner); /* of a register; NULL when absent */
int64_t field_total(const item *reply, const char *name);

#endif
