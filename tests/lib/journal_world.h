/* journal_world.h: the small hub with a journal beside its database, which is backed up and restored. */
#ifndef TUTTI_TESTS_JOURNAL_WORLD_H
#define TUTTI_TESTS_JOURNAL_WORLD_H

#include "server/core/journal.h"
#include "tests/lib/hub_world.h"

struct journal_world {
  struct hub_host host;
  struct hub_world world;
  struct file_ops files;
  struct journal *journal;
  char journal_path[160], backup_path[160];
};
extern struct journal_world journal_world;
/* cmocka's setup and teardown. */
int journal_world_set_up(void **state);
int journal_world_tear_down(void **state);
void journal_world_must(err e); /* or the test fails with its sentence */
void journal_world_open(void);  /* the journal, for the store */
void journal_world_back_up(void);
/* The hub's process is gone; its database is `path`, or (NULL) stays as it is; then it starts again. How many
 * transactions were replayed. */
size_t journal_world_start(const char *path);
void journal_world_put_back(const char *path); /* the same, but nothing is replayed yet */
uint64_t journal_world_number(enum store_number n);
void journal_world_name_staff(const char *name); /* an office op */

#endif
