/* proto_fuzz.c: a parser of the protocol as a fuzz target; FUZZ_KIND names the row of tests/vectors/kinds.c.
 */
#include "tests/vectors/kinds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct fixture fixture;
  static bool made;
  if (!made) {
    ASSERT(crypto_init() == ERR_OK);
    fixture_make(&fixture);
    made = true;
  }
  kind_survives(kind_named(FUZZ_KIND), slice_of(data, size), &fixture);
  return 0;
}
