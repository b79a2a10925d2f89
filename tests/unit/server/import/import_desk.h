/* import_desk.h: the office's desk at an empty hub: lists are read, looked at, applied as runs and taken
 * back. */
#ifndef TUTTI_TESTS_IMPORT_DESK_H
#define TUTTI_TESTS_IMPORT_DESK_H

#include "server/core/run.h"
#include "server/import/import_look.h"
#include "tests/lib/hub_world.h"

struct desk_told { /* how far it was when somebody was told, and how often */
  size_t times, done, of;
};
struct desk {
  struct hub_host host;
  struct import im;
  struct arena arena;
  struct store_run run;
  struct office_result result;
  struct fault fault;
  uint8_t runs;
  struct desk_told read, looked, applied;
};

/* cmocka's setup and teardown: *state is a struct desk. */
int desk_open(void **state);
int desk_close(void **state);
/* How many mistakes the list has. */
size_t desk_read(struct desk *d, const char *name, const char *text);
/* Of what was read last. */
struct import_look desk_look(struct desk *d, enum import_kind kind);
/* A list without a mistake, as a run of its own. */
void desk_apply(struct desk *d, const char *name, const char *text);
err desk_undo(struct desk *d, uint8_t run, struct run_blocks *blocks);
struct row desk_learner(struct desk *d, const char *ref);
int32_t desk_day(const char *text);

#endif
