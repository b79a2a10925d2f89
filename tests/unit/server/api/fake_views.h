/* fake_views.h: a store of the office's views in memory: what it holds is set by the test, what was written
 * to it is there to look at. */
#ifndef TUTTI_TESTS_API_FAKE_VIEWS_H
#define TUTTI_TESTS_API_FAKE_VIEWS_H

#include "server/core/retention.h"
#include "server/core/safeguarding.h"
#include "server/core/views.h"
#include "server/core/views_fleet.h"

enum { fake_users_max = 8, fake_logins_max = 16, fake_audit_max = 256, fake_keys_max = 4 };
struct fake_audit {
  int64_t now_ms;
  struct id actor;
  char action[32], detail[64];
};
struct fake_store {
  struct store store; /* first, so that a pointer to one is a pointer to the other */
  struct store_user users[fake_users_max];
  size_t user_count;
  struct store_login logins[fake_logins_max];
  size_t login_count;
  struct store_key keys[fake_keys_max];
  size_t key_count;
  struct fake_audit audit[fake_audit_max];
  size_t audit_count;
  unsigned commits; /* of transactions, which are what the journal hears of */
  bool writable;    /* set while a writer's step runs: writing elsewhere is a mistake of the API's */
  /* An account is saved in the transaction in which it was read: what another process did to it between would
   * be lost. */
  bool inside, user_read;
  /* what the views give */
  struct view_register_detail registers[2];
  size_t register_count;
  struct view_learner_detail learner;
  struct view_device devices[2];
  size_t device_count;
  struct id partners; /* the one activity of every partner */
  struct view_counts counts;
  struct slice next; /* of a page of learners */
  uint64_t learner_total;
  /* what was asked for last */
  int32_t date;
  char text[512], after[512];
  size_t text_len, after_len, limit;
  /* every view and every write fails with these, unless they are ERR_OK */
  err read_error, write_error;
};
void fake_store_init(struct fake_store *f);

#endif
