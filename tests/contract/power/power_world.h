/* power_world.h: a field client of the scripted hub on a virtual disk, whose power fails where a test wants
 * it. */
#ifndef TUTTI_TESTS_POWER_WORLD_H
#define TUTTI_TESTS_POWER_WORLD_H

#include "tests/lib/field_world.h"
#include "tests/sim/disk.h"

/* One at a time in a process: SQLite keeps the disk as a file layer. */
extern struct disk disk;
extern struct field_world world;
int power_open(void **state); /* cmocka's setup and teardown of a group */
int power_close(void **state);
/* Enrolled, Ann signed in, fed, the line held; three players in Strings. */
void power_begin(uint64_t seed);
void power_end(void);
bool power_has_failed(void);
void power_is_back(void); /* the core has started, the line is held, nobody is signed in */

#endif
