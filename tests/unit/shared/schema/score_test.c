/* score_test.c: sections stand as a conductor reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shared/schema/score.h"

static uint32_t rank(const char *text) { return score_rank(slice_text(text)); }

static void sections_stand_in_score_order(void **state) {
  (void)state;
  static const char *const order[] = {"flute 1", "oboe",       "clarinet",    "bass clarinet", "alto sax",
                                      "bassoon", "horn in f",  "trumpet",     "trombone",      "tuba",
                                      "timpani", "percussion", "harp",        "piano",         "guitar",
                                      "soprano", "alto",       "tenor",       "bass",          "violin ii",
                                      "viola",   "cello",      "double bass", "kazoo",         ""};
  for (size_t i = 1; i < sizeof order / sizeof order[0]; i += 1) {
    if (rank(order[i - 1]) >= rank(order[i])) fail_msg("%s does not stand before %s", order[i - 1], order[i]);
  }
  assert_int_equal(rank("violin i"), rank("violin ii"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sections_stand_in_score_order)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
