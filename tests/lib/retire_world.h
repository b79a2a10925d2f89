/* retire_world.h: runs of the retention schedule at the small hub, and what they left of it. What may not be
 * fails the test. */
#ifndef TUTTI_TESTS_RETIRE_WORLD_H
#define TUTTI_TESTS_RETIRE_WORLD_H

#include "server/core/retention.h"
#include "tests/lib/erase_world.h"

struct store *retire_world_store(void);
void retire_world_must(err e, const struct fault *fault); /* `fault` may be NULL */
struct row retire_world_load(uint8_t table, const struct id *id);
struct store_retention retire_world_order(enum retention_line line, uint32_t months);
bool retire_world_piece(void); /* of the run that is under way: is there more? */
struct store_retention retire_world_run(enum retention_line line,
                                        uint32_t months); /* ordered, and to its end */
size_t retire_world_retained(const struct store_retention *r, struct store_retained **out);
/* Everything of a stream can be read, and this row is in it as this kind, or not at all. */
bool retire_world_travels(const struct id *stream, const struct id *row, enum feed_kind kind);
void retire_world_hold_zoe(void);

#endif
