/* memory_dir.h: a new folder in memory, where the machine has room for that; else where temporary files are.
 * For tests that write the same files again and again, and to which a power cut does not matter. */
#ifndef TUTTI_TESTS_LIB_MEMORY_DIR_H
#define TUTTI_TESTS_LIB_MEMORY_DIR_H

#include <stdio.h>
#include <stdlib.h>

#include "shared/base/bytes.h"

enum { memory_dir_bytes = 64 };

static inline void memory_dir(char out[memory_dir_bytes]) {
  (void)snprintf(out, memory_dir_bytes, "/dev/shm/tutti-test-XXXXXX");
  if (mkdtemp(out)) return;
  (void)snprintf(out, memory_dir_bytes, "/tmp/tutti-test-XXXXXX");
  ASSERT(mkdtemp(out));
}

#endif
