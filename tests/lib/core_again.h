/* core_again.h: the same device again and again: its files as they stood at one moment, put back as often as
 * a test likes. They stand in memory where the machine has room for that: what a power cut leaves is not the
 * matter here. */
#ifndef TUTTI_TESTS_CORE_AGAIN_H
#define TUTTI_TESTS_CORE_AGAIN_H

#include "tests/lib/core_host.h"

enum { core_again_files_max = 16 };
struct core_again {
  struct core_host *host;
  struct {
    char name[256];
    struct buf bytes;
  } files[core_again_files_max];
  size_t count;
  uint64_t random;
  struct now now;
};
/* Gives a host whose core is stopped a folder in memory, with none of its files. */
void core_host_to_memory(struct core_host *host);
/* Takes a host whose core is stopped as it is, and moves it to memory. */
void core_again_take(struct core_again *again, struct core_host *host);
void core_again_put(struct core_again *again); /* stops the core; starting it is the caller's */
void core_again_finish(struct core_again *again);

#endif
