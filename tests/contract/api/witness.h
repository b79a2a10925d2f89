/* witness.h: looks on at every question a test asks at the desk: what was changed, and what was told that the
 * lead may not see, is in the audit when the answer goes out. */
#ifndef TUTTI_TESTS_API_WITNESS_H
#define TUTTI_TESTS_API_WITNESS_H

#include "server/core/http.h"
#include "server/core/store.h"

enum { witness_addresses_max = 256 };
struct witness {
  uint64_t before;                      /* the audit's last entry */
  uint8_t asked[witness_addresses_max]; /* who has looked there already, as bits: their next look may be the
                                         * same entry */
};
/* Before a question, and after its answer: fails the test that asked. `person` is any number below 8. */
void witness_begin(struct witness *w, struct store *store);
void witness_end(struct witness *w, struct store *store, enum http_method method, struct slice path,
                 unsigned person, unsigned status);
/* What is not audited names an address there is; for the test of the matrix. */
void witness_check_exceptions(void);

#endif
