/* engine_sqlite.c: the embedded engine, in a temporary directory. */
#include "tests/contract/store/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/store/sqlite/store_sqlite.h"

static char dir[64], path[80];

static struct store *open_store(bool create, bool read_only) {
  struct store *s = NULL;
  struct store_sqlite_config config = {.path = path, .create = create, .read_only = read_only};
  err e = store_sqlite_open(&s, &config, NULL);
  ASSERT(e == ERR_OK);
  return s;
}

struct store *engine_open(void) {
  (void)snprintf(dir, sizeof dir, "/tmp/tutti-store-XXXXXX");
  ASSERT(mkdtemp(dir));
  (void)snprintf(path, sizeof path, "%s/hub.db", dir);
  return open_store(true, false);
}

struct store *engine_reader(void) {
  return open_store(false, true);
}

struct store *engine_again(void) {
  return open_store(false, false);
}

void engine_remove(void) {
  const char *suffixes[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < 3; i++) {
    char name[96];
    (void)snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    (void)unlink(name);
  }
  (void)rmdir(dir);
}
