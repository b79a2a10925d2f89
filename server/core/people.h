/* people.h: accounts of the office and keys of scripts, changed by somebody: the record as it was read, what
 * it ends, the audit and the journal's entry in one transaction. */
#ifndef TUTTI_SERVER_PEOPLE_H
#define TUTTI_SERVER_PEOPLE_H

#include "server/core/views.h"

/* An account is saved whole. Whoever changes one loads, checks and saves it inside this, so that what another
 * process did to it meanwhile is neither overwritten nor overlooked; what takes long, such as the key of a
 * password, is made before. What `act` answers with an error is taken back. */
typedef err people_act(void *ctx);
MUST_USE err people_within(struct store *s, people_act *act, void *ctx);

struct people_change {
  const struct store_user *user; /* as it is from now on */
  const struct id *activities;   /* all that a partner's account sees from now on; with `gives` */
  size_t activity_count;
  bool gives;            /* false: what it sees stays as it was */
  bool ends_logins;      /* all of theirs, */
  const uint8_t *except; /* but this cookie's; NULL: all */
  struct id actor;
  const char *action, *detail; /* for the audit; detail NULL: the account */
};
/* Inside people_within. */
MUST_USE err people_change(struct store *s, int64_t now_ms, const struct people_change *c);
/* A recovery code was used up by signing in, which the audit says by itself. Inside people_within. */
MUST_USE err people_used_code(struct store *s, const struct store_user *u);
/* A key that is new, or was revoked; in a transaction of its own. */
MUST_USE err people_key(struct store *s, int64_t now_ms, const struct store_key *k, const struct id *actor,
                        const char *action);

#endif
