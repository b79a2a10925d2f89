/* api_state.h: what a request may leave behind: a hash of everything the hub's database holds. */
#ifndef TUTTI_TESTS_FUZZ_API_STATE_H
#define TUTTI_TESTS_FUZZ_API_STATE_H

#include "server/core/store.h"

enum { state_tables_max = 128 };
struct state {
  char names[state_tables_max][48];
  uint8_t hashes[state_tables_max][hash_bytes];
  size_t count;
};
/* Rows that this connection wrote since it was opened, taken back or not: when it is as it was, so is
 * everything. */
int64_t state_writes(struct store *s);
void state_take(struct state *out, struct store *s);
/* The first table in which two differ, but for those of a list that ends with NULL; or NULL. */
const char *state_difference(const struct state *a, const struct state *b, const char *const *but);
bool state_in_transaction(struct store *s);

#endif
