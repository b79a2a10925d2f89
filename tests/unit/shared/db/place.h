/* place.h: a directory of its own for every database test, and ids made of one letter. */
#ifndef TUTTI_TESTS_DB_PLACE_H
#define TUTTI_TESTS_DB_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "shared/db/rows.h"

struct place {
  char dir[64], path[96], other[96];
};

/* Removes the files first: tests leave a known set of names behind. */
static inline void place_remove(struct place *p) {
  const char *const endings[] = {"", "-wal", "-shm", "-journal"};
  for (size_t i = 0; i < 4; i++) {
    char name[112];
    (void)snprintf(name, sizeof name, "%s%s", p->path, endings[i]);
    (void)unlink(name);
    (void)snprintf(name, sizeof name, "%s%s", p->other, endings[i]);
    (void)unlink(name);
  }
  (void)rmdir(p->dir);
}

static inline int place_setup(void **state) {
  struct place *p = calloc(1, sizeof *p);
  if (!p) return -1;
  (void)snprintf(p->dir, sizeof p->dir, "/tmp/tutti-db-XXXXXX");
  if (!mkdtemp(p->dir)) return -1;
  (void)snprintf(p->path, sizeof p->path, "%s/hub.sqlite", p->dir);
  (void)snprintf(p->other, sizeof p->other, "%s/copy.sqlite", p->dir);
  *state = p;
  return 0;
}

static inline int place_teardown(void **state) {
  place_remove(*state);
  free(*state);
  return 0;
}

static inline struct db *place_open(const struct place *p, const uint8_t *key) {
  const struct db_config config = {.path = p->path, .key = key, .create = true};
  struct db *db = NULL;
  struct fault fault = {0};
  if (db_open(&db, &config, &fault) != ERR_OK) fail_msg("%s", fault.text);
  return db;
}

static inline struct id letter_id(char letter) {
  struct id id;
  (void)memset(id.b, letter, id_bytes);
  return id;
}

#endif
